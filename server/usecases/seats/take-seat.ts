/** Giving a machine a seat, or saying who holds them all. */
import type { Refusal } from '../../../shared/problems.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import { isoDay } from '../../../shared/time.ts';
import type { LicenseDoc } from '../../domain/documents.ts';
import { machineKey } from '../../domain/index-keys.ts';
import { refuseInvalid } from '../../domain/license-status.ts';
import { hasFreeSeat, keyHoldsSeat, refuseLimit } from '../../domain/seats.ts';
import type { Deps, LicetReader } from '../deps.ts';
import { countSeats, heldKeys, heldSeats } from './seats.ts';

const resolversShown = 5;

/** The e-mails of the people who may free a seat: the owner, then users with `manage` who can sign in. */
const resolvers = async (reader: LicetReader, license: LicenseDoc): Promise<readonly string[]> => {
  const owner = await reader.accounts.get(license.ownerId);
  const emails = owner ? [owner.email] : [];
  for (const membership of await reader.memberships.by('license', license.id)) {
    if (emails.length >= resolversShown) break;
    if (!membership.manage || membership.status !== 'active') continue;
    const account = await reader.accounts.get(membership.accountId);
    if (account && !account.disabled) emails.push(account.email);
  }
  return emails;
};

/** The refusal of one more machine, with the holders; null when a seat is free. */
export const refuseWithoutSeat = async (
  deps: Deps,
  reader: LicetReader,
  license: LicenseDoc,
): Promise<Refusal | null> => {
  const counter = await countSeats(deps, reader, license);
  if (hasFreeSeat(license, counter)) return null;
  const holders = {
    seats: await heldSeats(deps, reader, license),
    keys: await heldKeys(deps, reader, license),
    resolvers: await resolvers(reader, license),
  };
  return refuseLimit(license, holders, deps.now(), deps.settings().support);
};

/** Whether this machine, which holds no seat online, may take one now. */
export const mayTakeSeat = async (
  deps: Deps,
  reader: LicetReader,
  license: LicenseDoc,
  fingerprint: string,
): Promise<Result<null, Refusal>> => {
  const invalid = refuseInvalid(license, deps.now(), deps.settings().support);
  if (invalid) return fail(invalid);
  const keys = await reader.offlineKeys.by('machine', machineKey(license.id, fingerprint));
  const key = keys.find((held) => keyHoldsSeat(held, deps.now()));
  if (key) {
    return fail({
      code: 'conflict',
      detail: `This machine (${key.hostname}) runs on an offline key until ${isoDay(key.expiresAt)}. Give the key back with “licet offline-key deactivate”, then activate.`,
    });
  }
  const full = await refuseWithoutSeat(deps, reader, license);
  return full ? fail(full) : ok(null);
};
