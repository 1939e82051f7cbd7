/** How far a transfer is: its rate and the time left, from the bytes seen lately. */

/** Bytes moved so far, of all. */
export interface Moved {
  readonly done: number;
  readonly total: number;
}

export interface Meter {
  readonly moved: Moved;
  /** What was moved at which time (milliseconds), oldest first, over the last few seconds. */
  readonly seen: readonly (readonly [at: number, done: number])[];
}

/** The rate is that of so many milliseconds: long enough to be calm, short enough to be true. */
const span = 5000;

export const startMeter = (total: number, done: number, now: number): Meter => ({
  moved: { done, total },
  seen: [[now, done]],
});

/** The meter after more was moved. One entry older than the span stays, so that there is a rate. */
export const measure = (meter: Meter, moved: Moved, now: number): Meter => {
  const fresh = meter.seen.findLastIndex(([at]) => at <= now - span);
  return { moved, seen: [...meter.seen.slice(Math.max(0, fresh)), [now, moved.done]] };
};

/** Bytes a second; null while unknown. */
export const rateOf = ({ seen }: Meter): number | null => {
  const [first, last] = [seen[0], seen.at(-1)];
  if (!first || !last || last[0] <= first[0]) return null;
  return ((last[1] - first[1]) * 1000) / (last[0] - first[0]);
};

/** Seconds left; null while unknown or standing still. */
export const leftOf = (meter: Meter): number | null => {
  const rate = rateOf(meter);
  if (rate === null || rate <= 0) return null;
  return Math.ceil((meter.moved.total - meter.moved.done) / rate);
};

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `1.4 GB`: powers of 1,000, three digits. */
export const sizeText = (bytes: number): string => {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[unit] ?? ''}`;
};

/** `45 s`, `3 min 20 s`, `2 h 5 min`. */
export const durationText = (seconds: number): string => {
  const [hours, minutes, rest] = [
    Math.floor(seconds / 3600),
    Math.floor((seconds % 3600) / 60),
    Math.floor(seconds % 60),
  ];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${rest} s` : `${rest} s`;
};

export const percentOf = ({ done, total }: Moved): number =>
  total === 0 ? 100 : Math.floor((done / total) * 100);

/** `42% of 1.40 GB, 12.3 MB/s, 1 min 5 s left`. */
export const meterText = (meter: Meter): string => {
  const { done, total } = meter.moved;
  const parts = [`${percentOf(meter.moved)}% of ${sizeText(total)}`];
  const [rate, left] = [rateOf(meter), leftOf(meter)];
  if (rate !== null) parts.push(`${sizeText(rate)}/s`);
  if (left !== null && done < total) parts.push(`${durationText(left)} left`);
  return parts.join(', ');
};
