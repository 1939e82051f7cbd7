/** Offline keys: how long they last, whose place they take, and how often a machine may be re-imaged. */
import type { Refusal } from '../../shared/problems.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import type { LicenseDoc, OfflineKeyDoc } from './documents.ts';
import { graceEnd } from './license-status.ts';

const day = 86_400_000;
const year = 365 * day;
const reimagesPerYear = 3;
const clockTolerance = 600_000;

/** When a key made now ends: after so many days, and never after the license with its grace. */
export const keyEnd = (
  license: LicenseDoc,
  days: number | undefined,
  now: number,
): Result<number, Refusal> => {
  const most = license.policy.offlineDays;
  if (days !== undefined && days > most) {
    return fail({
      code: 'invalid-request',
      detail: `Offline keys of this license last at most ${most} days. Ask for ${most} or fewer.`,
      extra: { errors: [{ field: 'days', message: `at most ${most}` }] },
    });
  }
  const end = now + (days ?? most) * day;
  return ok(Math.min(end, graceEnd(license) ?? end));
};

/** What to look at before carrying a key. `clock`: the machine's, when it made the request. */
export const keyWarnings = (
  license: LicenseDoc,
  end: number,
  clock: number,
  now: number,
): readonly string[] => {
  const warnings: string[] = [];
  // A request may be carried for days: only a clock that is ahead is surely wrong.
  if (clock > now + clockTolerance) {
    const ahead = Math.round((clock - now) / 60_000);
    warnings.push(
      `The clock of the machine is ${ahead} minutes ahead of this server's. Set it right, or the key may be refused.`,
    );
  }
  if (clock < now - 30 * day) {
    warnings.push(
      'The request is more than 30 days old by the clock of the machine. If it was made lately, set that clock right first.',
    );
  }
  if (end === graceEnd(license)) {
    warnings.push('The key ends with the license. Renew the license, then the key.');
  }
  return warnings;
};

/** Machines with a new key of their own in the place of one that is held: re-imaged, three times a year. */
export const mayReimage = (
  keys: readonly OfflineKeyDoc[],
  held: OfflineKeyDoc | undefined,
  newMachineKey: string,
  now: number,
): Result<null, Refusal> => {
  if (!held || held.machineKey === newMachineKey) return ok(null);
  const lately = new Set(
    keys.filter((key) => key.issuedAt > now - year).map((key) => key.machineKey),
  );
  if (lately.size <= reimagesPerYear) return ok(null);
  return fail({
    code: 'conflict',
    detail: `This machine was set up anew ${reimagesPerYear} times within a year already. Ask the operator to write the old key off first.`,
  });
};
