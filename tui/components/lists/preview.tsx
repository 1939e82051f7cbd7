/** Below a list, where the screen has room: what is known of the marked row, without opening it. */
import { Box } from 'ink';
import { inert } from '../../state/cells.ts';
import type { Size } from '../../state/screen-size.ts';
import { useContentSize } from '../layout/frame.tsx';
import { factLines, type Fact } from '../lines.tsx';
import { Text } from '../text.tsx';

/** A row in full: what it is called, and its facts, those first that tell the most. */
export interface Details {
  readonly title: string;
  readonly facts: readonly Fact[];
}

const mostFacts = 8;
const fewestFacts = 5;
/** The rule, and the title. */
const head = 2;

/**
 * Rows that a preview takes beside a list that wants so many: none on a low screen that the list fills.
 * A tall one has it always.
 */
export const previewRows = ({ rows, columns }: Size, wanted: number): number => {
  if (columns < 60) return 0;
  const spare = rows >= 30 ? mostFacts : rows - wanted - head;
  return spare < fewestFacts ? 0 : Math.min(mostFacts, spare) + head;
};

export interface PreviewProps {
  readonly details: Details;
  readonly rows: number;
}

/** A rule, the title, and as many facts as fit. The rule stays as it is from row to row: it costs no key a byte. */
export const Preview = ({ details, rows }: PreviewProps) => {
  const { columns } = useContentSize();
  return (
    <Box height={rows} flexDirection="column" flexShrink={0} overflowY="hidden">
      <Text tone="dim">{'─'.repeat(columns)}</Text>
      <Text tone="strong" wrap="truncate-end">
        {inert(details.title)}
      </Text>
      {factLines(details.facts, columns).slice(0, rows - head)}
    </Box>
  );
};
