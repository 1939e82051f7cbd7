/** Usage of a license by day: what is kept of a month, and how a span of days is read from it. */
import type { UsageDay } from '../../shared/api/usage.ts';
import { day, isoDay } from '../../shared/time.ts';
import type { UsageDoc } from './documents.ts';

const monthOf = (day: string): string => day.slice(0, 7);

/** Days of usage that are kept, and that can be asked for. */
export const usageKeptDays = 400;

/** One document for each license and month. */
export const usageId = (licenseId: string, day: string): string =>
  `use_${licenseId}_${monthOf(day)}`;

/**
 * Which of these documents are over, of ids in their order: those of months that ended `usageKeptDays`
 * ago, but for the newest of them of each license: it says how many seats were held since.
 */
export const usageOver = (ids: readonly string[], now: number): readonly string[] => {
  const oldest = monthOf(isoDay(now - usageKeptDays * day));
  const monthIn = (id: string): string => id.slice(-oldest.length);
  const licenseIn = (id: string): string => id.slice(0, -oldest.length);
  return ids.filter((id, at) => {
    const next = ids[at + 1];
    return next !== undefined && licenseIn(next) === licenseIn(id) && monthIn(next) < oldest;
  });
};

/** What was seen of a license on a day. */
export interface Seen {
  readonly used: number;
  readonly peak: number;
  readonly refused: number;
}

/** The month's document with a day's figures merged in: peaks only rise, refusals add up. */
export const withDay = (
  document: UsageDoc | undefined,
  licenseId: string,
  day: string,
  seen: Seen,
): UsageDoc => {
  const before = document?.days[day];
  return {
    id: usageId(licenseId, day),
    licenseId,
    days: {
      ...document?.days,
      [day]: {
        used: seen.used,
        peak: Math.max(seen.peak, before?.peak ?? 0),
        refused: seen.refused + (before?.refused ?? 0),
      },
    },
  };
};

/** Whether a day's figures say more than what is kept already. */
export const saysMore = (before: Seen | undefined, seen: Seen): boolean =>
  before === undefined || seen.refused > 0 || seen.used !== before.used || seen.peak > before.peak;

/** The days from one to the other, both included, at most so many: the latest of them. */
export const daysBetween = (from: string, to: string, most: number): readonly string[] => {
  const [first, last] = [Date.parse(from), Date.parse(to)];
  const count = Math.min(most, Math.floor((last - first) / day) + 1);
  return Array.from({ length: Math.max(0, count) }, (_, i) => isoDay(last - (count - 1 - i) * day));
};

/**
 * A figure for each day. A day without one was as the day before ended: nothing had changed. Before
 * the first figure nothing was held.
 */
export const fillDays = (
  days: readonly string[],
  documents: readonly UsageDoc[],
): readonly UsageDay[] => {
  const kept = new Map(documents.flatMap(({ days }) => Object.entries(days)));
  const known = [...kept.keys()].sort();
  const [start] = days;
  const before = start === undefined ? undefined : known.findLast((day) => day < start);
  let used = before === undefined ? 0 : (kept.get(before)?.used ?? 0);
  return days.map((day) => {
    const seen = kept.get(day) ?? { used, peak: used, refused: 0 };
    // The day began with what the one before ended with.
    const peak = Math.max(seen.peak, used);
    used = seen.used;
    return { day, used, peak, refused: seen.refused };
  });
};
