/** Seats used of how many, as a bar and in words. */
import { cut, fit } from '../state/cells.ts';
import type { Tone } from '../theme.ts';
import { Text } from './text.tsx';

export interface SeatBarProps {
  readonly used: number;
  /** Undefined or null: unlimited. */
  readonly limit: number | null | undefined;
  /** Cells for the bar and the words together. */
  readonly width: number;
}

/** All seats taken is bad, more than four of five are soon, else good. */
export const seatTone = (used: number, limit: number | null | undefined): Tone => {
  if (limit === null || limit === undefined) return 'good';
  if (used >= limit) return 'bad';
  return used * 5 > limit * 4 ? 'soon' : 'good';
};

/** "2 of 3 used", "5 used, unlimited", "4 of 3 used" after a limit was lowered. */
export const seatWords = (used: number, limit: number | null | undefined): string =>
  limit === null || limit === undefined ? `${used} used, unlimited` : `${used} of ${limit} used`;

/** One square a seat where they fit, else a bar of eighths. `cells` is the length to fill. */
export const barCells = (used: number, limit: number, cells: number): readonly [string, string] => {
  if (limit * 2 <= cells) {
    const full = Math.min(used, limit);
    return ['■ '.repeat(full), '□ '.repeat(limit - full)];
  }
  const filled = limit === 0 ? cells : Math.round((Math.min(used, limit) / limit) * cells);
  // A seat that is held is seen, and so is one that is free, however many there are.
  const shown = Math.max(used > 0 ? 1 : 0, used < limit ? Math.min(filled, cells - 1) : filled);
  return ['━'.repeat(shown), '─'.repeat(cells - shown)];
};

/** The bar with its words behind it, never wider than `width`. */
export const SeatBar = ({ used, limit, width }: SeatBarProps) => {
  const words = seatWords(used, limit);
  const room = Math.min(24, width - words.length - 2);
  if (limit === null || limit === undefined || room < 4) {
    return <Text tone={seatTone(used, limit)}>{cut(words, width)}</Text>;
  }
  const [full, rest] = barCells(used, limit, room);
  return (
    <Text wrap="truncate-end">
      <Text tone={seatTone(used, limit)}>{full}</Text>
      <Text tone="dim">{rest}</Text>
      {fit('', Math.max(1, 2 - (rest.endsWith(' ') || full.endsWith(' ') ? 1 : 0)))}
      {words}
    </Text>
  );
};
