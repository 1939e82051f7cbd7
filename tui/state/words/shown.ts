/** Values of an action's result as text. */
import { inWords, type Shown } from '../../client/actions/done.ts';
import { exactTime, relativeTime } from '../../client/relative-time.ts';

/** A value in words; times exact, with the distance from now. */
export const showValue = (value: Shown, now: number): string =>
  inWords(value, (at) => `${exactTime(at)} (${relativeTime(at, now)})`);

/** The same for a column: times only by their distance. */
export const showShort = (value: Shown, now: number): string =>
  inWords(value, (at) => relativeTime(at, now));
