/** Giving a machine a seat, or saying who holds them all. */
import type { Refusal } from '../../../shared/problems.ts';
import { isoDay } from '../../../shared/time.ts';
import type { LicenseDoc, OfflineKeyDoc } from '../../domain/documents.ts';
import { refuseInvalid } from '../../domain/license-status.ts';
import { hasFreeSeat, refuseLimit } from '../../domain/seats.ts';
import type { Deps, LicetReader, LicetTransaction } from '../deps.ts';
import { countWritten, heldKeys, heldSeats, holdOfMachine, writeOffSpent } from './seats.ts';

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

/**
 * The refusal of one more machine, with the holders; null when a seat is free. Seats count as they are written
 * down, and those that have ended are written off first: so no clock that is set back revives one.
 */
export const refuseWithoutSeat = async (
  deps: Deps,
  tx: LicetTransaction,
  license: LicenseDoc,
): Promise<Refusal | null> => {
  if (license.maxActivations === null) return null;
  if (hasFreeSeat(license, await countWritten(tx, license))) return null;
  await writeOffSpent(deps, tx, license);
  if (hasFreeSeat(license, await countWritten(tx, license))) return null;
  const keys = await heldKeys(deps, tx, license);
  const seats = await heldSeats(deps, tx, license);
  const holders = { seats, keys, resolvers: await resolvers(tx, license) };
  return refuseLimit(license, holders, deps.now(), deps.settings().support);
};

/** A machine has one seat of a license: an offline key of it that can still run is in the way of another. */
const runsOffline = ({ hostname, expiresAt, status }: OfflineKeyDoc): Refusal => ({
  code: 'conflict',
  detail:
    status === 'superseded'
      ? `An offline key that this machine (${hostname}) had before it was set up again can run until ${isoDay(expiresAt)}. Return it with its own proof, or report it as lost and ask the operator to write it off; then activate.`
      : `This machine (${hostname}) runs on an offline key until ${isoDay(expiresAt)}. Return the key with “licet offline-key deactivate”, then activate.`,
});

/** Why this machine, which holds no seat online, may take none now; null when it may. */
export const refuseSeat = async (
  deps: Deps,
  tx: LicetTransaction,
  license: LicenseDoc,
  fingerprint: string,
): Promise<Refusal | null> => {
  const invalid = refuseInvalid(license, deps.now(), deps.settings().support);
  if (invalid) return invalid;
  const hold = await holdOfMachine(deps, tx, license, fingerprint);
  if (hold) return runsOffline(hold.key);
  return refuseWithoutSeat(deps, tx, license);
};
