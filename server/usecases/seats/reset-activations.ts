/** Giving seats back: one machine's, those unseen for a while, or all. */
import type { ResetDone, ResetRequest } from '../../../shared/api/licenses.ts';
import { makeId } from '../../../shared/ids.ts';
import type { Refusal } from '../../../shared/problems.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import { day } from '../../../shared/time.ts';
import type { LicenseDoc } from '../../domain/documents.ts';
import { mayReset, recentResets } from '../../domain/release-seats.ts';
import { holdsSeat, type Seat } from '../../domain/seats.ts';
import { changeLicense, notFound } from '../access.ts';
import { actorOf, type AccountCaller } from '../caller.ts';
import type { Deps, LicetTransaction } from '../deps.ts';
import { countSeats, heldKeys, heldSeats, mayLeave, seatOf, withoutSeat } from './seats.ts';
import { viewTouched } from '../views.ts';

/**
 * Releases one machine, or with `dryRun` says what that would do, by the same rules. A running one takes
 * a seat again at its next check-in, if one is free. Errors: `not-found`, `conflict`, `reset-limit-exceeded`.
 */
export const releaseActivation = (
  deps: Deps,
  caller: AccountCaller,
  licenseId: string,
  id: string,
  dryRun = false,
): Promise<Result<ResetDone, Refusal>> =>
  changeLicense(deps, caller, licenseId, 'activation.release', async (tx, { license }) => {
    const activation = await tx.activations.get(id);
    const seat = activation && seatOf(deps, license, activation);
    if (seat?.activation.licenseId !== license.id || !holdsSeat(license, seat, deps.now())) {
      const key = await tx.offlineKeys.get(id);
      if (key?.licenseId !== license.id) return fail(notFound('activation that holds a seat'));
      return fail({
        code: 'conflict',
        detail: `An offline key holds this seat. Give it back with a deactivation proof of ${key.hostname}, or report it lost.`,
      });
    }
    const may = await mayLeave(deps, tx, license, [seat.leaseUntil]);
    const details = { license: license.id, hostname: seat.activation.hostname };
    const released = [seat];
    if (dryRun) return may.ok ? ok(await outcome(deps, tx, license, released, true, null)) : may;
    if (!may.ok) {
      tx.record({ action: 'activation.release', target: id, outcome: may.error.code, details });
      return may;
    }
    tx.activations.put(withoutSeat(seat));
    tx.record({ action: 'activation.release', target: id, outcome: 'ok', details });
    return ok(await outcome(deps, tx, license, released, false, null));
  });

const selected = (seats: readonly Seat[], input: ResetRequest, now: number): readonly Seat[] =>
  seats.filter(
    ({ lastSeen }) => input.unseenDays === undefined || lastSeen <= now - input.unseenDays * day,
  );

/**
 * Gives every online seat back, or those unseen for `unseenDays`; with `dryRun` says what would
 * happen. The counter falls to what offline keys still hold. Error: `reset-limit-exceeded`.
 */
export const resetActivations = (
  deps: Deps,
  caller: AccountCaller,
  licenseId: string,
  input: ResetRequest,
): Promise<Result<ResetDone, Refusal>> =>
  changeLicense(deps, caller, licenseId, 'activation.reset', async (tx, { license, relation }) => {
    const now = deps.now();
    const released = selected(await heldSeats(deps, tx, license), input, now);
    const ends = released.map(({ leaseUntil }) => leaseUntil);
    const may = await mayLeave(deps, tx, license, ends);
    const cap =
      relation === 'operator' || released.length === 0
        ? ok(null)
        : mayReset(license, now, deps.settings().support);
    const refused = may.ok ? cap : may;
    if (input.dryRun) {
      return refused.ok ? ok(await outcome(deps, tx, license, released, true, null)) : refused;
    }
    if (!refused.ok) {
      const { code } = refused.error;
      tx.record({ action: 'activation.reset', target: license.id, outcome: code });
      return refused;
    }
    const receipt = await giveBack(deps, tx, caller, license, released, input);
    return ok(await outcome(deps, tx, license, released, false, receipt));
  });

const outcome = async (
  deps: Deps,
  tx: LicetTransaction,
  license: LicenseDoc,
  released: readonly Seat[],
  /** They still hold their seats: the counter is what it would be. */
  dryRun: boolean,
  receipt: string | null,
): Promise<ResetDone> => {
  const offline = (await heldKeys(deps, tx, license)).length;
  const now = (await tx.licenses.get(license.id)) ?? license;
  const online = (await countSeats(deps, tx, now)).online;
  return {
    counter:
      offline +
      online -
      (dryRun ? released.filter((seat) => holdsSeat(now, seat, deps.now())).length : 0),
    offline,
    released: released.map((seat) => viewTouched(seat, deps.now())),
    receipt,
  };
};

/** Writes the release: a full reset by one number, since seats of older generations are free. */
const giveBack = async (
  deps: Deps,
  tx: LicetTransaction,
  caller: AccountCaller,
  license: LicenseDoc,
  released: readonly Seat[],
  input: ResetRequest,
): Promise<string> => {
  const now = deps.now();
  const before = await countSeats(deps, tx, license);
  const all = input.unseenDays === undefined;
  if (!all) {
    for (const seat of released) tx.activations.put(withoutSeat(seat));
  }
  const resets = recentResets(license, now);
  tx.licenses.put({
    ...license,
    generation: all ? license.generation + 1 : license.generation,
    // The cap is the owner's: what an operator resets for them uses none of it up.
    resets: released.length > 0 && caller.account.role !== 'operator' ? [...resets, now] : resets,
  });
  const id = makeId('receipt', now, deps.random);
  const receipt = deps.signer.sign('receipt', {
    sub: license.id,
    jti: id,
    iat: Math.floor(now / 1000),
    licet: {
      by: actorOf(caller).id,
      before: before.online + before.offline,
      after: before.online + before.offline - released.length,
      released: released.map(({ activation }) => ({
        activation: activation.id,
        fingerprint: activation.fingerprint,
        hostname: activation.hostname,
      })),
      seq: deps.store.seq(),
      era: deps.store.era(),
    },
  });
  tx.record({
    action: 'activation.reset',
    target: license.id,
    outcome: 'ok',
    details: { released: released.length, unseenDays: input.unseenDays ?? null },
  });
  return receipt;
};
