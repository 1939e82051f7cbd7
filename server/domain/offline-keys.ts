/** Offline keys: how long they last, whose place they take, and how often a machine may be re-imaged. */
import type { OfflineKeyStatus } from '../../shared/api/offline-keys.ts';
import type { Refusal } from '../../shared/problems.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import { day, iso, year } from '../../shared/time.ts';
import type { LicenseDoc, OfflineKeyDoc } from './documents.ts';
import { graceEnd } from './license-status.ts';

const reimagesPerYear = 3;
const clockTolerance = 600_000;

/** What has become of a key: the stored status, or `expired` when its time is over. */
export const keyStatus = (key: OfflineKeyDoc, now: number): OfflineKeyStatus =>
  (key.status === 'active' || key.status === 'lost') && (key.expiresAt <= now || key.ended)
    ? 'expired'
    : key.status;

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

const span = (milliseconds: number): string => {
  const hours = Math.round(milliseconds / 3_600_000);
  if (hours < 2) return `${Math.round(milliseconds / 60_000)} minutes`;
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
};

/** Why the clock of a machine, by its request, should be looked at; undefined when it may be right. */
const clockWarning = (clock: number, now: number): string | undefined => {
  if (clock > now + clockTolerance) {
    return `The clock of the machine was ${span(clock - now)} ahead of this server's when it made the request. Set it right, or the key may be refused there.`;
  }
  // A request may be carried for days, and a key begins a day before it is made: behind by less does no harm.
  return clock < now - day
    ? `By the clock of the machine this request was made ${span(now - clock)} ago. If it was made later than that, set that clock right first, or the key is refused there.`
    : undefined;
};

/** What to look at before carrying a key. `clock`: the machine's, when it made the request; unknown for a renewal. */
export const keyWarnings = (
  license: LicenseDoc,
  end: number,
  clock: number | undefined,
  now: number,
): readonly string[] => {
  const ofClock = clock === undefined ? undefined : clockWarning(clock, now);
  return [
    ...(ofClock === undefined ? [] : [ofClock]),
    ...(end === graceEnd(license)
      ? ['The key ends with the license. Renew the license, then the key.']
      : []),
  ];
};

/** How often a machine came with another key of its own in the place of one that it held, since then. */
const reimagesSince = (keys: readonly OfflineKeyDoc[], since: number): number => {
  const inOrder = keys.toSorted((a, b) => a.issuedAt - b.issuedAt);
  return inOrder.filter((key, index) => {
    const before = inOrder[index - 1];
    // What was given back or written off made room: that is no re-imaging.
    return (
      before?.status === 'superseded' &&
      before.machineKey !== key.machineKey &&
      key.issuedAt > since
    );
  }).length;
};

/** Machines with a new key of their own in the place of one that is held: re-imaged, three times a year. */
export const mayReimage = (
  keys: readonly OfflineKeyDoc[],
  held: OfflineKeyDoc | undefined,
  newMachineKey: string,
  now: number,
): Result<null, Refusal> => {
  if (!held || held.machineKey === newMachineKey) return ok(null);
  if (reimagesSince(keys, now - year) < reimagesPerYear) return ok(null);
  return fail({
    code: 'conflict',
    detail: `The machine ${held.hostname} was set up anew ${reimagesPerYear} times within a year already, so this key is refused. Report its key as lost, and ask the operator to write it off; then make this one.`,
  });
};

/** Whether a proof may be taken that was signed at `at` (seconds): one from the future could end keys that are yet to be made. */
export const mayTakeProof = (
  { hostname }: OfflineKeyDoc,
  at: number,
  now: number,
): Result<null, Refusal> => {
  if (at * 1000 <= now + clockTolerance) return ok(null);
  const detail = `By the clock of ${hostname} this proof was made ${span(at * 1000 - now)} from now. Enter it after ${iso(at * 1000)}, or report the machine as lost.`;
  return fail({
    code: 'proof-invalid',
    detail,
    extra: { errors: [{ field: 'proof', message: detail }] },
  });
};

/**
 * Whether a proof about one key of a machine, signed at `at` (seconds), gives up another that it holds: the
 * same one, or the one that replaced it before the proof was made and that the machine therefore refuses.
 */
export const returnedBy = (
  about: OfflineKeyDoc,
  held: OfflineKeyDoc,
  at: number,
): Result<null, Refusal> => {
  const gaveUp = about.machineKey === held.machineKey && Math.floor(held.issuedAt / 1000) <= at;
  if (about.id === held.id || gaveUp) return ok(null);
  const detail = `This proof is for an older key of ${held.hostname}, and was made before the key that it has now. Enter that key there, give it back, and use its proof. If the machine refuses it, report it as lost.`;
  return fail({
    code: 'proof-invalid',
    detail,
    extra: { errors: [{ field: 'proof', message: detail }] },
  });
};
