/** Reads seats from the store: counts by index, and the machines with their marks. */
import type { Refusal } from '../../../shared/problems.ts';
import type { Result } from '../../../shared/result.ts';
import { hour } from '../../../shared/time.ts';
import type { ActivationDoc, LicenseDoc, OfflineKeyDoc } from '../../domain/documents.ts';
import { seatKey } from '../../domain/index-keys.ts';
import { mayRelease } from '../../domain/release-seats.ts';
import { holdsSeat, keyHoldsSeat, type Counter, type Seat } from '../../domain/seats.ts';
import type { Mark } from '../../store/store.ts';
import type { Deps, LicetReader } from '../deps.ts';

/** What counting seats needs: the marks of machines, and the clock. */
export type SeatDeps = Pick<Deps, 'store' | 'now'>;

const promised = (license: LicenseDoc, mark: Mark | undefined): number => {
  if (mark === undefined) return 0;
  // A mark of a version that kept no end: the lease that the license gives now is the best guess.
  return mark.until ?? mark.at + license.policy.leaseHours * hour;
};

/**
 * An activation with its mark: a check-in since the seat was taken extends the lease. Its end is the latest
 * that was ever signed, whatever the license says of leases since: somebody runs by it.
 */
export const seatOf = (deps: SeatDeps, license: LicenseDoc, activation: ActivationDoc): Seat => {
  const mark = deps.store.marks.get(activation.id);
  const lastSeen = Math.max(activation.seatSince, mark?.at ?? 0);
  return {
    activation: mark?.version ? { ...activation, version: mark.version } : activation,
    lastSeen,
    leaseUntil: Math.max(activation.leaseUntil, promised(license, mark)),
  };
};

/** The offline keys that hold a seat now. */
export const heldKeys = async (
  deps: SeatDeps,
  reader: LicetReader,
  license: LicenseDoc,
): Promise<readonly OfflineKeyDoc[]> => {
  const keys = await reader.offlineKeys.by('holding', license.id);
  return keys.filter((key) => keyHoldsSeat(key, deps.now()));
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

/** Every machine that the license knows, with a seat or without. */
export const allMachines = async (
  deps: SeatDeps,
  reader: LicetReader,
  license: LicenseDoc,
): Promise<readonly Seat[]> =>
  (await reader.activations.by('license', license.id)).map((activation) =>
    seatOf(deps, license, activation),
  );

/** Whether one machine may give its seat back (see `mayRelease`); the others are looked at only where seats are limited. */
export const mayGiveBack = async (
  deps: SeatDeps,
  reader: LicetReader,
  license: LicenseDoc,
  activationId: string,
): Promise<Result<null, Refusal>> => {
  const machines = license.maxActivations === null ? [] : await allMachines(deps, reader, license);
  return mayRelease(license, machines, new Set([activationId]), deps.now());
};

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
