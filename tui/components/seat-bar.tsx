/** Seats used of how many, as a bar and in words. */
import { cut, width as cellsOf } from '../state/cells.ts';
import type { Tone } from '../state/theme.ts';
import { Text } from './text.tsx';

export interface SeatBarProps {
  readonly used: number;
  /** Undefined or null: unlimited. */
  readonly limit: number | null | undefined;
  /** Cells for the bar and the words together. */
  readonly width: number;
  /** Said behind the words where there is room. */
  readonly note?: string | undefined;
  /** Pads to the full width, for columns. */
  readonly fill?: boolean;
}

/** All seats taken is bad, more than four of five are soon, else good. */
export const seatTone = (used: number, limit: number | null | undefined): Tone => {
  if (limit === null || limit === undefined) return 'good';
  if (used >= limit) return 'bad';
  return used * 5 > limit * 4 ? 'soon' : 'good';
};

const number = (value: number): string => value.toLocaleString('en-US');

/** "2 of 3 used", "5 used, unlimited", "4 of 3 used" after a limit was lowered. */
export const seatWords = (used: number, limit: number | null | undefined): string =>
  limit === null || limit === undefined
    ? `${number(used)} used, unlimited`
    : `${number(used)} of ${number(limit)} used`;

/** One square a seat where they fit, else a bar. `cells` is the length to fill. */
export const barCells = (used: number, limit: number, cells: number): readonly [string, string] => {
  if (limit * 2 - 1 <= cells) {
    const full = Math.min(used, limit);
    return ['■ '.repeat(full), '□ '.repeat(limit - full).trimEnd()];
  }
  const filled = limit === 0 ? cells : Math.round((Math.min(used, limit) / limit) * cells);
  // A seat that is held is seen, and so is one that is free, however many there are.
  const shown = Math.max(used > 0 ? 1 : 0, used < limit ? Math.min(filled, cells - 1) : filled);
  return ['━'.repeat(shown), '─'.repeat(cells - shown)];
};

/** Bars of one column line up: all of this length, the screen permitting. */
const longestBar = 20;

/** The bar with its words behind it, never wider than `width`. */
export const SeatBar = ({ used, limit, width, note, fill = false }: SeatBarProps) => {
  const words = seatWords(used, limit);
  const noted = note === undefined ? words : `${words}, ${note}`;
  const room = Math.min(longestBar, width - words.length - 2);
  const tone = seatTone(used, limit);
  if (limit === null || limit === undefined || room < 4) {
    const text = cut(noted, width);
    return <Text tone={tone}>{fill ? text.padEnd(width) : text}</Text>;
  }
  const [full, rest] = barCells(used, limit, room);
  const bar = (full + rest).trimEnd();
  const pad = ' '.repeat((fill ? room : cellsOf(bar)) - cellsOf(bar));
  const text = cut(noted, width - cellsOf(bar) - pad.length - 2);
  return (
    <Text wrap="truncate-end">
      <Text tone={tone}>{rest === '' ? full.trimEnd() : full}</Text>
      <Text tone="dim">{rest}</Text>
      {`${pad}  ${fill ? text.padEnd(Math.max(0, width - room - 2)) : text}`}
    </Text>
  );
};
