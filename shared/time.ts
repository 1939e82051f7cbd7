/** Spans of time in milliseconds, and days as people write them. */
export const hour = 3_600_000;
export const day = 24 * hour;
export const year = 365 * day;

/** The day of a moment (milliseconds since the epoch) in UTC: `2026-11-24`. */
export const isoDay = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** "24 Nov 2026", in UTC as all of licet's dates. */
export const date = (at: number): string =>
  new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(at);

/** "24 Nov 2026 03:50 UTC": exact, for people. */
export const exactTime = (at: number): string =>
  `${date(at)} ${new Date(at).toISOString().slice(11, 16)} UTC`;

/** Moments that were written lately: the end of one license is asked for with each check-in. */
const written = new Map<number, string>();
const writtenAtMost = 1000;

/** A moment (milliseconds since the epoch) as RFC 3339 in UTC: `2026-11-24T09:30:00.000Z`. */
export const iso = (at: number): string => {
  const before = written.get(at);
  if (before !== undefined) return before;
  const text = new Date(at).toISOString();
  if (written.size >= writtenAtMost) written.clear();
  written.set(at, text);
  return text;
};
