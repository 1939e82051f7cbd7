/** Lowering the seats of a license: who would be hit, said before it is done. */
import type { Counter, Seat } from './seats.ts';

/**
 * How many machines keep their seat when the license is lowered to `max` (null: all). Offline keys can't be
 * taken back from here, so they come off the number that is left for others.
 */
export const seatsLeft = ({ offline }: Counter, max: number | null): number =>
  max === null ? Infinity : Math.max(0, max - offline);

/** The machines that lose their seat where so many keep theirs: the longest unseen first. */
export const hitByLowering = (seats: readonly Seat[], left: number): readonly Seat[] =>
  seats.toSorted((a, b) => b.lastSeen - a.lastSeen).slice(left);
