/** Below a list, where the screen is tall: what is known of the marked row, without opening it. */
import { Box } from 'ink';
import { inert } from '../state/cells.ts';
import type { Size } from '../state/screen-size.ts';
import { useContentSize } from './frame.tsx';
import { factLines, type Fact } from './lines.tsx';
import { Text } from './text.tsx';

/** A row in full: what it is called, and its facts, those first that tell the most. */
export interface Details {
  readonly title: string;
  readonly facts: readonly Fact[];
}

const shownLines = 8;

/** Rows that a preview takes on a content area of that size: none where the list needs them. */
export const previewRows = ({ rows, columns }: Size): number =>
  rows >= 30 && columns >= 60 ? shownLines + 2 : 0;

/** A rule, the title, and as many facts as fit. The rule stays as it is from row to row: it costs no key a byte. */
export const Preview = ({ details }: { details: Details | undefined }) => {
  const size = useContentSize();
  return (
    <Box height={previewRows(size)} flexDirection="column" flexShrink={0} overflowY="hidden">
      <Text tone="dim">{'─'.repeat(size.columns)}</Text>
      <Text tone="strong" wrap="truncate-end">
        {details ? inert(details.title) : ' '}
      </Text>
      {details ? factLines(details.facts, size.columns).slice(0, shownLines) : null}
    </Box>
  );
};
