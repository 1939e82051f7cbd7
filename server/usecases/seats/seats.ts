/** Reads seats from the store: counts by index, and the machines with their marks. */
import type { Refusal } from '../../../shared/problems.ts';
import { ok, type Result } from '../../../shared/result.ts';
import { hour } from '../../../shared/time.ts';
import type { ActivationDoc, LicenseDoc, OfflineKeyDoc } from '../../domain/documents.ts';
import { machineKey, seatKey } from '../../domain/index-keys.ts';
import { graceEnd } from '../../domain/license-status.ts';
import { offlineHold, type OfflineHold } from '../../domain/offline-holds.ts';
import { mayLeaveRunning } from '../../domain/release-seats.ts';
import { holdsSeat, type Counter, type Seat } from '../../domain/seats.ts';
import type { Mark } from '../../store/store.ts';
import type { Deps, LicetReader, LicetTransaction } from '../deps.ts';

/** What counting seats needs: the marks of machines, and the clock. */
export type SeatDeps = Pick<Deps, 'store' | 'now'>;

const promised = (license: LicenseDoc, mark: Mark | undefined): number => {
  if (mark === undefined) return 0;
  // A mark of a version that kept no end: the lease that the license gives now is the best guess.
  return mark.until ?? mark.at + license.policy.leaseHours * hour;
};

/**
 * Until when a machine may run whose last check-in was lost with the mark of it, where the server ended without
 * closing: it ran then, and may have been given a lease at any moment until the server began again. 0 for none.
 */
const maybePromised = (
  deps: SeatDeps,
  license: LicenseDoc,
  { lastSeen, leaseUntil }: Pick<Seat, 'lastSeen' | 'leaseUntil'>,
): number => {
  const lost = deps.store.marks.lost();
  if (lost === null || leaseUntil <= lost.from || lastSeen >= lost.until) return 0;
  const longest = Math.max(license.policy.leaseHours * hour, leaseUntil - lastSeen);
  return Math.min(lost.until + longest, graceEnd(license) ?? Infinity);
};

/**
 * An activation with its mark: a check-in since the seat was taken extends the lease. Its end is the latest
 * that was ever signed, whatever the license says of leases since: somebody runs by it.
 */
export const seatOf = (deps: SeatDeps, license: LicenseDoc, activation: ActivationDoc): Seat => {
  const mark = deps.store.marks.get(activation.id);
  const lastSeen = Math.max(activation.seatSince, mark?.at ?? 0);
  const known = Math.max(activation.leaseUntil, promised(license, mark));
  return {
    activation: mark?.version ? { ...activation, version: mark.version } : activation,
    lastSeen,
    leaseUntil: Math.max(known, maybePromised(deps, license, { lastSeen, leaseUntil: known })),
  };
};

/** All keys that a machine ever had of a license. */
export const keysOfMachine = (
  reader: LicetReader,
  license: LicenseDoc,
  fingerprint: string,
): Promise<readonly OfflineKeyDoc[]> =>
  reader.offlineKeys.by('machine', machineKey(license.id, fingerprint));

/** The seat that offline keys of this machine hold; null for none. */
export const holdOfMachine = async (
  deps: SeatDeps,
  reader: LicetReader,
  license: LicenseDoc,
  fingerprint: string,
): Promise<OfflineHold | null> => {
  return offlineHold(await keysOfMachine(reader, license, fingerprint), deps.now());
};

/** The seats that offline keys hold at a time, one for each machine. */
const offlineHolds = async (
  reader: LicetReader,
  license: LicenseDoc,
  now: number,
): Promise<readonly OfflineHold[]> => {
  const byMachine = new Map<string, OfflineKeyDoc[]>();
  for (const key of await reader.offlineKeys.by('holding', license.id)) {
    if (key.expiresAt <= now) continue;
    const others = byMachine.get(key.fingerprint);
    if (others) others.push(key);
    else byMachine.set(key.fingerprint, [key]);
  }
  const holds: OfflineHold[] = [];
  for (const [fingerprint, keys] of byMachine) {
    // What ended a replaced key is known only by all keys of its machine.
    const hold = keys.some(({ status }) => status === 'superseded')
      ? offlineHold(await keysOfMachine(reader, license, fingerprint), now)
      : offlineHold(keys, now);
    if (hold) holds.push(hold);
  }
  return holds;
};

/** The offline keys that hold a seat now, one for each machine. */
export const heldKeys = async (
  deps: SeatDeps,
  reader: LicetReader,
  license: LicenseDoc,
): Promise<readonly OfflineKeyDoc[]> =>
  (await offlineHolds(reader, license, deps.now())).map(({ key }) => key);

/** The seats that are written down: held ones, and those that the clock has ended since. */
export const countWritten = async (reader: LicetReader, license: LicenseDoc): Promise<Counter> => ({
  online: await reader.activations.count('seat', seatKey(license.id, license.generation)),
  offline: (await offlineHolds(reader, license, 0)).length,
});

/** Writes off the seats that the clock has ended, so that they are free whatever the clock does next. */
export const writeOffSpent = async (
  deps: SeatDeps,
  tx: LicetTransaction,
  license: LicenseDoc,
): Promise<void> => {
  const now = deps.now();
  for (const key of await tx.offlineKeys.by('holding', license.id))
    if (key.expiresAt <= now) tx.offlineKeys.put({ ...key, ended: true });
  if (!license.policy.floating) return;
  for (const seat of await spentSeats(deps, tx, license)) tx.activations.put(withoutSeat(seat));
};

/** The machines whose seat is written down, held or ended by the clock. */
const writtenSeats = async (
  deps: SeatDeps,
  reader: LicetReader,
  license: LicenseDoc,
): Promise<readonly Seat[]> =>
  (await reader.activations.by('seat', seatKey(license.id, license.generation))).map((activation) =>
    seatOf(deps, license, activation),
  );

/** The machines that hold a seat now. */
export const heldSeats = async (
  deps: SeatDeps,
  reader: LicetReader,
  license: LicenseDoc,
): Promise<readonly Seat[]> =>
  (await writtenSeats(deps, reader, license)).filter((seat) =>
    holdsSeat(license, seat, deps.now()),
  );

/** Whether a seat is still written down and has ended: a floating one, since only the clock ends it. */
export const isSpent = (deps: SeatDeps, license: LicenseDoc, seat: Seat): boolean =>
  seat.activation.seat === license.generation && !holdsSeat(license, seat, deps.now());

/** Those of a license. Where seats are bound to machines from then on, they would be held again. */
export const spentSeats = async (
  deps: SeatDeps,
  reader: LicetReader,
  license: LicenseDoc,
): Promise<readonly Seat[]> =>
  (await writtenSeats(deps, reader, license)).filter((seat) => isSpent(deps, license, seat));

/** How many machines once had a seat and may still run without one: at most, since some have ended. */
const countLeft = async (reader: LicetReader, license: LicenseDoc): Promise<number> => {
  let count = await reader.activations.count('seat', seatKey(license.id, null));
  for (let before = 1; before < license.generation; before += 1)
    count += await reader.activations.count('seat', seatKey(license.id, before));
  return count;
};

/** When the leases of machines without a seat end; in the current generation only the clock ends a seat, with its lease. */
const leasesLeft = async (
  deps: SeatDeps,
  reader: LicetReader,
  license: LicenseDoc,
): Promise<readonly number[]> => {
  const ends: number[] = [];
  const add = async (generation: number | null): Promise<void> => {
    const machines = await reader.activations.by('seat', seatKey(license.id, generation));
    for (const machine of machines) ends.push(seatOf(deps, license, machine).leaseUntil);
  };
  await add(null);
  for (let before = 1; before < license.generation; before += 1) await add(before);
  return ends;
};

/**
 * Whether machines may be left running without a seat until `ends` (see `mayLeaveRunning`). The others that
 * run so are looked at only where there may be too many.
 */
export const mayLeave = async (
  deps: SeatDeps,
  reader: LicetReader,
  license: LicenseDoc,
  ends: readonly number[],
): Promise<Result<null, Refusal>> => {
  if (license.maxActivations === null) return ok(null);
  const keys = (await offlineHolds(reader, license, deps.now())).flatMap(({ beside }) => beside);
  const atMost = keys.length + ends.length + (await countLeft(reader, license));
  if (atMost <= license.maxActivations) return ok(null);
  const left = [...(await leasesLeft(deps, reader, license)), ...keys];
  return mayLeaveRunning(license, left, ends, deps.now());
};

/** A machine without its seat, which keeps in mind until when its last lease runs. */
export const withoutSeat = ({ activation, leaseUntil }: Seat): ActivationDoc => ({
  ...activation,
  seat: null,
  leaseUntil,
});

/** The counter: by index alone where seats don't end by the clock. */
export const countSeats = async (
  deps: SeatDeps,
  reader: LicetReader,
  license: LicenseDoc,
): Promise<Counter> => ({
  online: license.policy.floating
    ? (await heldSeats(deps, reader, license)).length
    : await reader.activations.count('seat', seatKey(license.id, license.generation)),
  offline: (await heldKeys(deps, reader, license)).length,
});
