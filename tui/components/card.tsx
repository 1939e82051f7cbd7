/** A card to hand over: what a new person needs, shown whole and copied whole. */
import { Box } from 'ink';
import { useKeys } from '../hooks/use-keys.ts';
import { useNotify, useTerminal } from '../hooks/use-terminal.ts';
import { width as cellsOf, wrapWords } from '../state/cells.ts';
import { copySequence } from '../terminal/clipboard.ts';
import { heading, Lines, paragraph } from './lines.tsx';
import { Panel } from './layout/panel.tsx';
import { Text } from './text.tsx';

export interface CardProps {
  readonly title: string;
  /** Label and value, a line each. */
  readonly entries: readonly (readonly [string, string])[];
  /** What to do with it, below the card. */
  readonly note: string;
  readonly width: number;
  /** Rows that it may take; where they are too few, it is read line by line without its border. */
  readonly height: number;
  readonly onClose: () => void;
  /** It is shown only now: Enter, which may be one too many, does not close it. */
  readonly once: boolean;
}

/** The card as text, as it is copied, saved and printed by the command line. */
export const cardText = (entries: CardProps['entries']): string => {
  const labelWidth = Math.max(...entries.map(([label]) => label.length));
  return entries
    .map(([label, value]) => `${`${label}:`.padEnd(labelWidth + 2)}${value}`)
    .join('\n');
};

/** Draws the card; `c` copies it, Esc or Enter closes it. Values are never cut: long ones go on below. */
export const Card = ({ title, entries, note, width, height, onClose, once }: CardProps) => {
  const { send } = useTerminal();
  const notify = useNotify();
  useKeys({
    copy: () => {
      send(copySequence(`${cardText(entries)}\n`));
      notify('Copied. If your terminal does not allow that, mark the text above instead.');
    },
    back: { run: onClose, does: 'Close the card', hint: 'done' },
    choose: once ? undefined : { run: onClose, does: 'Close the card', hint: '' },
  });
  const outer = Math.min(width, 76);
  const labelWidth = Math.max(...entries.map(([label]) => label.length));
  // A code that is broken in two is read and typed wrongly.
  const longest = Math.max(...entries.flatMap(([, value]) => value.split(' ')).map(cellsOf));
  const stacked = outer - 4 - labelWidth - 2 < Math.max(20, longest);
  const room = stacked ? outer - 4 : outer - 4 - labelWidth - 2;
  const lines = entries.flatMap(([label, value]) => {
    const parts = wrapWords(value, room);
    if (stacked)
      return [{ label, value: '' }, ...parts.map((part) => ({ label: '', value: part }))];
    return parts.map((part, index) => ({ label: index === 0 ? label : '', value: part }));
  });
  const drawn = lines.map(({ label, value }, index) => (
    // oxlint-disable-next-line react/no-array-index-key -- lines have no other identity
    <Text key={index}>
      <Text tone="dim">{stacked ? label : `${label.padEnd(labelWidth)}  `}</Text>
      <Text tone="strong">{value}</Text>
    </Text>
  ));
  const below = note.split('\n').flatMap((line) => paragraph(line, outer, 'dim'));
  if (drawn.length + 2 + below.length > height) {
    return <Lines lines={[...heading(title, true), ...drawn, ...below]} height={height} />;
  }
  return (
    <Box flexDirection="column">
      <Panel title={title} width={outer} height={drawn.length + 2}>
        {drawn}
      </Panel>
      {below}
    </Box>
  );
};
