/** Values of an action's result as text. */
import type { Shown } from '../../client/actions/done.ts';
import { exactTime, relativeTime } from '../../client/relative-time.ts';

/** A value in words; times exact, with the distance from now. */
export const showValue = (value: Shown, now: number): string => {
  if (value === null) return '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value === '' ? '-' : value;
  if (typeof value === 'number') return String(value);
  if (value.time === null) return 'never';
  const at = Date.parse(value.time);
  return `${exactTime(at)} (${relativeTime(at, now)})`;
};

/** The same for a column: times only by their distance. */
export const showShort = (value: Shown, now: number): string => {
  if (typeof value === 'object' && value !== null) {
    return value.time === null ? 'never' : relativeTime(Date.parse(value.time), now);
  }
  return showValue(value, now);
};
