/**
 * Releasing and resetting, so that nobody can farm seats: never more than `maxActivations` machines
 * running without a seat, which bounds overuse by twice the license.
 */
import type { Refusal } from '../../shared/problems.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import { exactTime, isoDay, year } from '../../shared/time.ts';
import type { LicenseDoc } from './documents.ts';
import { contactName, supportMember, type SupportSettings } from './support.ts';

/** The resets of the last year. */
export const recentResets = (license: LicenseDoc, now: number): readonly number[] =>
  license.resets.filter((at) => at > now - year);

/**
 * Whether machines may be left running without a seat. `left`: when those end that run without one already,
 * on a lease or an offline key; `more`: when those end that would run on. Milliseconds since the epoch.
 */
export const mayLeaveRunning = (
  license: LicenseDoc,
  left: readonly number[],
  more: readonly number[],
  now: number,
): Result<null, Refusal> => {
  const { maxActivations } = license;
  const isLive = (end: number): boolean => end > now;
  // Dead machines free their seat without a question: the rule looks at those that would run on.
  if (maxActivations === null || !more.some(isLive)) return ok(null);
  const ends = [...left, ...more].filter(isLive).sort((a, b) => a - b);
  if (ends.length <= maxActivations) return ok(null);
  const enough = ends[ends.length - maxActivations - 1] ?? now;
  return fail({
    code: 'reset-limit-exceeded',
    detail:
      `This would leave ${ends.length} machines running without a seat; ` +
      `the license allows ${maxActivations}. It may be done from ${exactTime(enough)}, ` +
      'when enough of them have ended, or release machines that no longer run.',
    extra: { limit: maxActivations, running: ends.length },
    retryAfter: Math.max(1, Math.ceil((enough - now) / 1000)),
  });
};

/** Whether one more reset fits the cap that the operator set. */
export const mayReset = (
  license: LicenseDoc,
  now: number,
  support: SupportSettings,
): Result<null, Refusal> => {
  const ask = `ask ${contactName(support)}`;
  const { resetsPerYear } = license.policy;
  const resets = recentResets(license, now);
  if (resetsPerYear === null || resets.length < resetsPerYear) return ok(null);
  const next = resetsPerYear === 0 ? null : (resets[resets.length - resetsPerYear] ?? now) + year;
  return fail({
    code: 'reset-limit-exceeded',
    detail:
      next === null
        ? `This license allows no resets. Release single machines instead, or ${ask}.`
        : `This license allows ${resetsPerYear} resets a year and all are used. The next is possible on ${isoDay(next)}. Release single machines instead, or ${ask}.`,
    extra: { resetsPerYear, ...supportMember(support) },
    ...(next === null ? {} : { retryAfter: Math.max(1, Math.ceil((next - now) / 1000)) }),
  });
};
