/**
 * Releasing and resetting, so that nobody can farm seats: never more than `maxActivations` machines
 * without a seat but with a live lease, which bounds overuse by twice the license.
 */
import type { Refusal } from '../../shared/problems.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import { isoDay, year } from '../../shared/time.ts';
import type { LicenseDoc } from './documents.ts';
import { holdsSeat, type Seat } from './seats.ts';
import { contactName, supportMember, type SupportSettings } from './support.ts';

/** The resets of the last year. */
export const recentResets = (license: LicenseDoc, now: number): readonly number[] =>
  license.resets.filter((at) => at > now - year);

/**
 * Whether these seats may be given back. `machines` are all activations of the license, `released`
 * those among them that would lose their seat.
 */
export const mayRelease = (
  license: LicenseDoc,
  machines: readonly Seat[],
  released: ReadonlySet<string>,
  now: number,
): Result<null, Refusal> => {
  if (license.maxActivations === null) return ok(null);
  const stillLive = (seat: Seat): boolean => seat.leaseUntil > now;
  // Dead machines free their seat without a question: the rule looks at those that would run on.
  if (!machines.some((seat) => released.has(seat.activation.id) && stillLive(seat)))
    return ok(null);
  const unseated = machines.filter(
    (seat) =>
      stillLive(seat) && (released.has(seat.activation.id) || !holdsSeat(license, seat, now)),
  );
  if (unseated.length <= license.maxActivations) return ok(null);
  const ends = unseated.map((seat) => seat.leaseUntil).sort((a, b) => a - b);
  const enough = ends[unseated.length - license.maxActivations - 1] ?? now;
  return fail({
    code: 'reset-limit-exceeded',
    detail:
      `This would leave ${unseated.length} machines without a seat that still run on a lease; ` +
      `the license allows ${license.maxActivations}. Try again after ${new Date(enough).toISOString()}, ` +
      'when enough leases have ended, or release machines that no longer run.',
    extra: { limit: license.maxActivations, running: unseated.length },
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
