/** Times as people say them. All inputs are milliseconds since the epoch. */

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const units = [
  [365 * day, 'year'],
  [30 * day, 'month'],
  [day, 'day'],
  [hour, 'hour'],
  [minute, 'minute'],
] as const;

const count = (amount: number, unit: string): string =>
  `${amount} ${unit}${amount === 1 ? '' : 's'}`;

/** A length of time in its largest unit, rounded down: "3 days", "less than a minute". */
export const duration = (milliseconds: number): string => {
  const length = Math.abs(milliseconds);
  const found = units.find(([size]) => length >= size);
  return found ? count(Math.floor(length / found[0]), found[1]) : 'less than a minute';
};

/** "3 minutes ago", "in 12 days", "just now". */
export const relativeTime = (at: number, now: number): string => {
  const difference = at - now;
  if (Math.abs(difference) < minute) return 'just now';
  return difference < 0 ? `${duration(difference)} ago` : `in ${duration(difference)}`;
};

/** Short for columns: "now", "5m", "3h", "12d", "2y". */
export const shortAge = (at: number, now: number): string => {
  const age = Math.abs(now - at);
  if (age < minute) return 'now';
  if (age < hour) return `${Math.floor(age / minute)}m`;
  if (age < day) return `${Math.floor(age / hour)}h`;
  if (age < 365 * day) return `${Math.floor(age / day)}d`;
  return `${Math.floor(age / (365 * day))}y`;
};

export { date, exactTime } from '../../shared/time.ts';

/**
 * Whole days until then, rounded up; 0 when it is over. The time on a screen may be a minute old: what
 * was just made for 14 days must not show 15.
 */
export const daysLeft = (at: number, now: number): number =>
  Math.max(0, Math.ceil((at - now - minute) / day));

/** How urgent an end is: its tone changes 30 and 7 days before and when it is over. */
export const urgency = (at: number | undefined, now: number): 'good' | 'soon' | 'bad' => {
  if (at === undefined) return 'good';
  const days = daysLeft(at, now);
  return days > 30 ? 'good' : days > 7 ? 'soon' : 'bad';
};
