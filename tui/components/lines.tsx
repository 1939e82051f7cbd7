/** Content as lines of one row each, scrolled when they don't fit. */
import { Box } from 'ink';
import { Fragment, useState, type ReactNode } from 'react';
import { useKeys } from '../hooks/use-keys.ts';
import { fit, inert, widest, wrapWords } from '../state/cells.ts';
import type { Tone } from '../state/theme.ts';
import { Text } from './text.tsx';

/** A line, and where the mark can stand on it, at which stop. */
export interface MarkedLine {
  readonly node: ReactNode;
  readonly stop?: number;
}

/** Places where the mark can stand, among lines that are only read. */
export interface Stops {
  readonly count: number;
  /** Where it stands. */
  readonly marked: number;
  readonly mark: (stop: number) => void;
  /** The line of a stop; -1 for one that is drawn only while the mark is near. */
  readonly lineOf: (stop: number) => number;
}

export interface LinesProps {
  readonly lines: readonly ReactNode[];
  /** Rows that they may take. */
  readonly height: number;
  readonly stops?: Stops;
}

/** The lines that fit; up and down move the mark while it is in sight, else the lines. */
export const Lines = ({ lines, height, stops }: LinesProps) => {
  const [wanted, setWanted] = useState(0);
  const overflow = lines.length > height;
  // One row says that there is more, so that nobody misses it.
  const room = overflow ? Math.max(1, height - 1) : height;
  const lowest = Math.max(0, lines.length - room);
  const top = Math.min(wanted, lowest);
  const go = (to: number): void => setWanted(Math.max(0, Math.min(lowest, to)));
  /** The stop in that direction, once the marked one is not further away than the screen's edge. */
  const nextStop = (by: number): number | undefined => {
    if (!stops) return undefined;
    const next = stops.marked + by;
    const at = stops.lineOf(stops.marked);
    const away = by > 0 ? at >= top + room : at < top;
    return away || next < 0 || next >= stops.count ? undefined : next;
  };
  const step = (by: number): void => {
    const next = nextStop(by);
    if (next === undefined) {
      go(top + by);
      return;
    }
    stops?.mark(next);
    const at = stops?.lineOf(next) ?? -1;
    if (at !== -1) go(at < top ? at : Math.max(top, at - room + 1));
  };
  useKeys(
    {
      up: () => step(-1),
      down: () => step(1),
      pageUp: () => go(top - room),
      pageDown: () => go(top + room),
      first: () => go(0),
      last: () => go(lowest),
    },
    { level: 'widget', active: overflow || (stops?.count ?? 0) > 1 },
  );
  const below = lines.length - top - room;
  return (
    <Box flexDirection="column">
      {lines.slice(top, top + room).map((line, row) => (
        // oxlint-disable-next-line react/no-array-index-key -- a line is its place
        <Fragment key={row}>{line}</Fragment>
      ))}
      {overflow ? (
        <Text tone="dim" wrap="truncate-end">
          {below > 0 ? `↓ ${below} more` : '↑ the end'}
        </Text>
      ) : null}
    </Box>
  );
};

export interface Fact {
  readonly label: string;
  /** A text, wrapped; or a node of one row. */
  readonly value: string | ReactNode;
  readonly tone?: Tone | undefined;
}

/** Facts as lines: labels in a column, long values going on below. All labels share one width. */
export const factLines = (facts: readonly Fact[], width: number): ReactNode[] => {
  const longest = widest(facts.map(({ label }) => label));
  const labelWidth = Math.min(longest, Math.floor(width / 3));
  const room = Math.max(8, width - labelWidth - 2);
  return facts.flatMap(({ label, value, tone = 'plain' }) => {
    const head = <Text tone="dim">{`${fit(label, labelWidth)}  `}</Text>;
    if (typeof value !== 'string') {
      return [
        <Box key={label}>
          {head}
          {value}
        </Box>,
      ];
    }
    return wrapWords(inert(value), room).map((line, row) => (
      <Text key={label + String(row)} wrap="truncate-end">
        {row === 0 ? head : ' '.repeat(labelWidth + 2)}
        <Text tone={tone}>{line}</Text>
      </Text>
    ));
  });
};

/** A heading with an empty line above it, but at the top. */
export const heading = (title: string, first = false): ReactNode[] => [
  ...(first ? [] : [<Text key={`${title} above`}> </Text>]),
  <Text key={title} tone="strong">
    {title}
  </Text>,
];

/** A paragraph as lines. */
export const paragraph = (text: string, width: number, tone: Tone = 'plain'): ReactNode[] =>
  wrapWords(inert(text), Math.max(8, width)).map((line, row) => (
    <Text key={line + String(row)} tone={tone}>
      {line === '' ? ' ' : line}
    </Text>
  ));
