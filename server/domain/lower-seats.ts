/** Lowering the seats of a license: who would be hit, said before it is done. */
import type { Counter, Seat } from './seats.ts';

/**
 * The machines that lose their seat when the license is lowered to `max`: the longest unseen first.
 * Offline keys can't be taken back from here, so they come off the number that is left for others.
 */
export const hitByLowering = (
  seats: readonly Seat[],
  counter: Counter,
  max: number | null,
): readonly Seat[] => {
  if (max === null) return [];
  const left = Math.max(0, max - counter.offline);
  return [...seats].sort((a, b) => b.lastSeen - a.lastSeen).slice(left);
};
