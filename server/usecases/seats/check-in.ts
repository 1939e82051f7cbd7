/** A running product renews its lease, takes its seat again after a reset, or gives it up. */
import type { CheckedIn, CheckInRequest } from '../../../shared/api/activations.ts';
import type { Refusal } from '../../../shared/problems.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import { refuseInvalid } from '../../domain/license-status.ts';
import { holdsSeat } from '../../domain/seats.ts';
import type { ActivationDoc, LicenseDoc } from '../../domain/documents.ts';
import { actorOf, type ActivationCaller } from '../caller.ts';
import type { Deps, LicetReader } from '../deps.ts';
import { leaseUntil, signLease, signLeaseAside } from './machine-lease.ts';
import { mayGiveBack, seatOf } from './seats.ts';
import { mayTakeSeat } from './take-seat.ts';
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

interface Renewal {
  /** All but the lease. */
  readonly answer: Omit<CheckedIn, 'lease'>;
  /** Notes that the machine was seen, and until when its new lease runs; call it when the answer counts. */
  readonly note: () => void;
}

const renew = (deps: Deps, { activation, license }: Found, input: CheckInRequest): Renewal => {
  const mark = {
    at: deps.now(),
    until: leaseUntil(deps, license, activation),
    version: input.version ?? activation.version,
  };
  return {
    answer: {
      license: viewProductLicense(license, deps.now()),
      checkInMinutes: license.policy.checkInMinutes,
    },
    note: () => {
      deps.store.marks.set(activation.id, mark);
      deps.live.seen(license.id, activation.id);
    },
  };
};

/**
 * Renews the lease. A machine that holds its seat costs no write; one that lost it takes a seat
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
  const { license, activation } = found.value;
  if (holdsSeat(license, seatOf(deps, license, activation), deps.now())) {
    const invalid = refuseInvalid(license, deps.now(), deps.settings().support);
    if (invalid) return fail(invalid);
    const { answer, note } = renew(deps, found.value, input);
    const lease = signLeaseAside(deps, license, activation);
    // While the lease is being signed: its seat is held until its end from now on.
    note();
    return ok({ lease: await lease, ...answer });
  }
  return takeAgain(deps, caller, input);
};

const takeAgain = (
  deps: Deps,
  caller: ActivationCaller,
  input: CheckInRequest,
): Promise<Result<CheckedIn, Refusal>> =>
  deps.store.transact(actorOf(caller), async (tx) => {
    const found = await find(tx, caller);
    if (!found.ok) return found;
    const { license, activation } = found.value;
    const act = { action: 'activation.check-in', target: activation.id };
    const details = { license: license.id, hostname: activation.hostname };
    const may = await mayTakeSeat(deps, tx, license, activation.fingerprint);
    if (!may.ok) {
      tx.record({ ...act, outcome: may.error.code, details });
      return may;
    }
    const seated: ActivationDoc = {
      ...activation,
      seat: license.generation,
      seatSince: deps.now(),
      leaseUntil: leaseUntil(deps, license, activation),
    };
    tx.activations.put(seated);
    tx.record({ ...act, outcome: 'ok', details });
    const { answer, note } = renew(deps, { license, activation: seated }, input);
    tx.afterCommit(note);
    return ok({ lease: signLease(deps, license, seated), ...answer });
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
    const may = await mayGiveBack(deps, tx, license, activation.id);
    if (!may.ok) {
      tx.record({ ...act, outcome: may.error.code, details });
      return may;
    }
    tx.activations.put({ ...activation, seat: null, tokenHash: null });
    tx.record({ ...act, outcome: 'ok', details });
    return ok(null);
  });
};
