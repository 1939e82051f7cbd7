/** A running product renews its lease, takes its seat again after a reset, or gives it up. */
import type { CheckedIn, CheckInRequest } from '../../../shared/api/activations.ts';
import type { Refusal } from '../../../shared/problems.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import { refuseInvalid } from '../../domain/license-status.ts';
import { holdsSeat } from '../../domain/seats.ts';
import type { ActivationDoc, LicenseDoc } from '../../domain/documents.ts';
import { actorOf, type ActivationCaller } from '../caller.ts';
import type { Deps, LicetReader } from '../deps.ts';
import { leaseUntil, signLeaseAside } from './machine-lease.ts';
import { mayLeave, seatOf, withoutSeat } from './seats.ts';
import { refuseSeat } from './take-seat.ts';
import { viewProductLicense } from '../views.ts';

const unknownToken: Refusal = {
  code: 'unauthenticated',
  detail:
    'This activation token is not valid: the machine was activated again or deactivated. Activate it once more.',
};

/** The activation that a token belongs to, by its hash. */
export const authenticateActivation = async (
  deps: Deps,
  token: string,
  from: string,
): Promise<Result<ActivationCaller, Refusal>> => {
  const hash = deps.digest(token);
  const activation = await deps.store.read((reader) => reader.activations.first('token', hash));
  return activation ? ok({ activation, from }) : fail(unknownToken);
};

const otherActivation = (caller: ActivationCaller, id: string): Refusal | null =>
  caller.activation.id === id
    ? null
    : { code: 'forbidden', detail: 'This token belongs to another activation: use its own id.' };

interface Found {
  readonly activation: ActivationDoc;
  readonly license: LicenseDoc;
}

const find = async (
  reader: LicetReader,
  caller: ActivationCaller,
): Promise<Result<Found, Refusal>> => {
  const activation = await reader.activations.get(caller.activation.id);
  const license = activation && (await reader.licenses.get(activation.licenseId));
  if (!license || activation.tokenHash !== caller.activation.tokenHash) return fail(unknownToken);
  return ok({ activation, license });
};

/** Signs the lease, and notes that the machine was seen and until when it runs. */
const answer = async (
  deps: Deps,
  { activation, license }: Found,
  input: CheckInRequest,
): Promise<CheckedIn> => {
  const lease = signLeaseAside(deps, license, activation);
  // While the lease is being signed: its seat is held until its end from now on.
  deps.store.marks.set(activation.id, {
    at: deps.now(),
    until: leaseUntil(deps, license, activation),
    version: input.version ?? activation.version,
  });
  deps.live.seen(license.id, activation.id);
  return {
    lease: await lease,
    license: viewProductLicense(license, deps.now()),
    checkInMinutes: license.policy.checkInMinutes,
  };
};

/**
 * Whether a check-in needs no write: the machine holds its seat, and its lease runs still. So a release that
 * came since it was loaded has counted it as running, and so does one after a crash that loses its mark.
 */
const runsOnSeat = (deps: Deps, { activation, license }: Found): boolean => {
  const seat = seatOf(deps, license, activation);
  return holdsSeat(license, seat, deps.now()) && seat.leaseUntil > deps.now();
};

const refuseNow = (deps: Deps, license: LicenseDoc): Refusal | null =>
  refuseInvalid(license, deps.now(), deps.settings().support);

/**
 * Renews the lease. A machine that runs on its seat costs no write; one that lost it takes a seat
 * again if one is free. Errors: `activation-limit-exceeded`, `license-expired|suspended|revoked`.
 */
export const checkIn = async (
  deps: Deps,
  caller: ActivationCaller,
  id: string,
  input: CheckInRequest,
): Promise<Result<CheckedIn, Refusal>> => {
  const other = otherActivation(caller, id);
  if (other) return fail(other);
  const found = await deps.store.read((reader) => find(reader, caller));
  if (!found.ok) return found;
  if (runsOnSeat(deps, found.value)) {
    const refusal = refuseNow(deps, found.value.license);
    return refusal ? fail(refusal) : ok(await answer(deps, found.value, input));
  }
  const seated = await takeAgain(deps, caller);
  return seated.ok ? ok(await answer(deps, seated.value, input)) : seated;
};

const takeAgain = (deps: Deps, caller: ActivationCaller): Promise<Result<Found, Refusal>> =>
  deps.store.transact(actorOf(caller), async (tx) => {
    const found = await find(tx, caller);
    if (!found.ok) return found;
    const { license, activation } = found.value;
    const holds = holdsSeat(license, seatOf(deps, license, activation), deps.now());
    const refusal = holds
      ? refuseNow(deps, license)
      : await refuseSeat(deps, tx, license, activation.fingerprint);
    // Another check-in of the same machine may have taken the seat meanwhile.
    if (!refusal && runsOnSeat(deps, found.value)) return found;
    const act = { action: 'activation.check-in', target: activation.id };
    const details = { license: license.id, hostname: activation.hostname };
    if (refusal) {
      tx.record({ ...act, outcome: refusal.code, details });
      return fail(refusal);
    }
    const seated: ActivationDoc = {
      ...activation,
      seat: license.generation,
      seatSince: holds ? activation.seatSince : deps.now(),
      leaseUntil: leaseUntil(deps, license, activation),
    };
    tx.activations.put(seated);
    tx.record({ ...act, outcome: 'ok', details });
    return ok({ license, activation: seated });
  });

/** The machine gives its seat up for good; its token ends. Error: `reset-limit-exceeded`. */
export const deactivate = (
  deps: Deps,
  caller: ActivationCaller,
  id: string,
): Promise<Result<null, Refusal>> => {
  const other = otherActivation(caller, id);
  if (other) return Promise.resolve(fail(other));
  return deps.store.transact(actorOf(caller), async (tx) => {
    const found = await find(tx, caller);
    if (!found.ok) return found;
    const { license, activation } = found.value;
    const act = { action: 'activation.deactivate', target: activation.id };
    const details = { license: license.id, hostname: activation.hostname };
    const seat = seatOf(deps, license, activation);
    // One without a seat is counted among those that run on already.
    const holds = activation.seat === license.generation;
    const may = holds ? await mayLeave(deps, tx, license, [seat.leaseUntil]) : ok(null);
    if (!may.ok) {
      tx.record({ ...act, outcome: may.error.code, details });
      return may;
    }
    tx.activations.put({ ...withoutSeat(seat), tokenHash: null });
    tx.record({ ...act, outcome: 'ok', details });
    return ok(null);
  });
};
