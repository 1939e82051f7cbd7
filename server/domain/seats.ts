/** Seats: who holds one, whether one is free, and what is said when none is. */
import type { LimitExceeded } from '../../shared/api/activations.ts';
import type { Refusal } from '../../shared/problems.ts';
import { day, iso } from '../../shared/time.ts';
import { contactSentence, supportMember, type SupportSettings } from './support.ts';
import type { ActivationDoc, LicenseDoc, OfflineKeyDoc } from './documents.ts';

/** An activation together with when it was last seen and how long its lease runs. Milliseconds. */
export interface Seat {
  readonly activation: ActivationDoc;
  readonly lastSeen: number;
  readonly leaseUntil: number;
}

export interface Counter {
  readonly online: number;
  readonly offline: number;
}

/** Holds a seat by the clock: a floating one ends with its lease. */
export const holdsSeat = (license: LicenseDoc, seat: Seat, now: number): boolean =>
  seat.activation.seat === license.generation &&
  (!license.policy.floating || seat.leaseUntil > now);

/** Whether an offline key still holds its seat. */
export const keyHoldsSeat = (key: OfflineKeyDoc, now: number): boolean =>
  (key.status === 'active' || key.status === 'lost') && key.expiresAt > now && !key.ended;

/** Whether one more machine may have a seat. */
export const hasFreeSeat = (license: LicenseDoc, counter: Counter): boolean =>
  license.maxActivations === null || counter.online + counter.offline < license.maxActivations;

/** When a seat comes free by itself: a floating lease or an offline key ends. Null: never. */
export const nextFree = (
  license: LicenseDoc,
  seats: readonly Seat[],
  keys: readonly OfflineKeyDoc[],
): number | null => {
  const ends = keys.map((key) => key.expiresAt);
  if (license.policy.floating) ends.push(...seats.map((seat) => seat.leaseUntil));
  return ends.length === 0 ? null : Math.min(...ends);
};

/**
 * The machines that are the likeliest to be gone come first, by whole days; those of one day by name, so
 * that a list of running machines doesn't change its order with each check-in.
 */
export const longestUnseenFirst = (seats: readonly Seat[], now: number): readonly Seat[] => {
  const days = ({ lastSeen }: Seat): number => Math.floor((now - lastSeen) / day);
  return seats.toSorted(
    (a, b) => days(b) - days(a) || (a.activation.hostname < b.activation.hostname ? -1 : 1),
  );
};

/** So many holders are named at most. */
export const holdersShown = 50;

/** Who holds the seats of a license that has none left, and the e-mails of the people who may free one. */
export interface Holders {
  readonly seats: readonly Seat[];
  readonly keys: readonly OfflineKeyDoc[];
  readonly resolvers: readonly string[];
}

/** The refusal that brings people here; the longest unseen holders come first. */
export const refuseLimit = (
  license: LicenseDoc,
  { seats, keys, resolvers }: Holders,
  now: number,
  support: SupportSettings,
): Refusal => {
  const used = seats.length + keys.length;
  const limit = license.maxActivations ?? used;
  const free = nextFree(license, seats, keys);
  const holders: LimitExceeded['holders'] = [
    ...longestUnseenFirst(seats, now).map(({ activation, lastSeen }) => ({
      hostname: activation.hostname,
      lastSeenAt: iso(lastSeen),
      activatedBy: activation.activatedBy,
      kind: 'online' as const,
    })),
    ...keys.map((key) => ({
      hostname: key.hostname,
      lastSeenAt: null,
      activatedBy: key.issuedBy,
      kind: 'offline' as const,
    })),
  ].slice(0, holdersShown);
  const who = resolvers.join(', ');
  const command = `licet activations reset ${license.id}`;
  const extra: LimitExceeded = {
    limit,
    used,
    holders,
    nextFreeAt: free === null ? null : iso(free),
    resolve: {
      command,
      who,
      text: `${who} can sign in with “licet” and release a machine or reset the activations, or run “${command}”. ${contactSentence(support, 'For more seats, contact')}`,
    },
    ...supportMember(support),
  };
  return {
    code: 'activation-limit-exceeded',
    detail: `Your license has exceeded its user limit: ${used} of ${limit} activations are in use.`,
    extra,
  };
};
