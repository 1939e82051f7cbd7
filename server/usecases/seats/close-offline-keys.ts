/** What ends an offline key before its time: the proof of its machine, a loss, an operator's write-off. */
import type { OfflineKey } from '../../../shared/api/offline-keys.ts';
import { keyIdOfProof, verifyProof } from '../../../shared/statements/typed/deactivation.ts';
import type { Refusal } from '../../../shared/problems.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import type { LicenseDoc, OfflineKeyDoc } from '../../domain/documents.ts';
import { keyStatus, mayTakeProof, returnedBy } from '../../domain/offline-keys.ts';
import { endedWith, runningKeys } from '../../domain/offline-holds.ts';
import type { LicenseAction } from '../../domain/permissions.ts';
import { changeLicense, notFound } from '../access.ts';
import type { AccountCaller } from '../caller.ts';
import type { Deps, LicetTransaction } from '../deps.ts';
import { keysOfMachine } from './seats.ts';
import { viewOfflineKey } from '../views.ts';

/**
 * Why a key that can't be run any more, or was replaced on the same key pair, can't be acted on. One that was
 * replaced by a key on another pair still runs where its pair is. `ofMachine`: all keys of its machine.
 */
export const closed = (
  deps: Deps,
  key: OfflineKeyDoc,
  ofMachine: readonly OfflineKeyDoc[],
): Refusal | null => {
  const running = runningKeys(ofMachine, deps.now());
  const isReplaced = running.some(
    (one) => one.status !== 'superseded' && one.machineKey === key.machineKey,
  );
  const runs = running.some(({ id }) => id === key.id);
  if (runs && (key.status !== 'superseded' || !isReplaced)) return null;
  const said = {
    superseded: 'was replaced by a newer one. Use that key',
    returned: 'was given back already; its seat is free',
    'written-off': 'was written off; its seat is free',
    expired: 'has ended; its seat is free. Make a new one from a request of the machine',
    active: '',
    lost: '',
  }[keyStatus(key, deps.now())];
  return { code: 'conflict', detail: `The offline key of ${key.hostname} ${said}.` };
};

/** Changes one key of a license in a transaction, and records it. */
export const changeKey = <T>(
  deps: Deps,
  caller: AccountCaller,
  licenseId: string,
  id: string,
  action: LicenseAction,
  work: (
    tx: LicetTransaction,
    license: LicenseDoc,
    key: OfflineKeyDoc,
  ) => Promise<Result<T, Refusal>>,
): Promise<Result<T, Refusal>> =>
  changeLicense(deps, caller, licenseId, action, async (tx, { license }) => {
    const key = await tx.offlineKeys.get(id);
    if (key?.licenseId !== license.id) return fail(notFound('offline key of this license'));
    const result = await work(tx, license, key);
    const details = { license: license.id, hostname: key.hostname };
    tx.record({ action, target: id, outcome: result.ok ? 'ok' : result.error.code, details });
    return result;
  });

const refuseProof = (message: string) =>
  fail<Refusal>({
    code: 'proof-invalid',
    detail: message,
    extra: { errors: [{ field: 'proof', message }] },
  });

/**
 * Redeems a deactivation proof: the seat is free, once. A proof of an older key of the same machine is
 * taken too, where it was made after the newer one. Errors: `proof-invalid`, `conflict`.
 */
export const returnOfflineKey = (
  deps: Deps,
  caller: AccountCaller,
  licenseId: string,
  id: string,
  proof: string,
): Promise<Result<null, Refusal>> =>
  changeKey(deps, caller, licenseId, id, 'offline-key.return', async (tx, license, key) => {
    const named = keyIdOfProof(proof);
    const ofMachine = await keysOfMachine(tx, license, key.fingerprint);
    const about = ofMachine.find((one) => named.ok && one.id === named.value) ?? key;
    const verified = verifyProof(proof, {
      id: about.id,
      licenseId: license.id,
      fingerprint: about.fingerprint,
      machineKey: about.machineKey,
    });
    if (!verified.ok) return refuseProof(verified.error);
    const over = closed(deps, key, ofMachine);
    if (over) return fail(over);
    const dated = mayTakeProof(key, verified.value.iat, deps.now());
    if (!dated.ok) return dated;
    const returned = returnedBy(about, key, verified.value.iat);
    if (!returned.ok) return returned;
    tx.offlineKeys.put({ ...key, status: 'returned', closedAt: deps.now(), ended: true });
    // The key pair is gone from the machine, and with it what the pair could run when the proof was made.
    const ofPair = (one: OfflineKeyDoc): boolean =>
      one.machineKey === key.machineKey && Math.floor(one.issuedAt / 1000) <= verified.value.iat;
    for (const one of endedWith(key, ofMachine, ofPair))
      tx.offlineKeys.put({ ...one, ended: true });
    return ok(null);
  });

/** The owner reports a machine lost: the seat is held until an operator writes the key off, or it ends. */
export const reportLost = (
  deps: Deps,
  caller: AccountCaller,
  licenseId: string,
  id: string,
  reason: string,
): Promise<Result<OfflineKey, Refusal>> =>
  changeKey(deps, caller, licenseId, id, 'offline-key.lost', async (tx, license, key) => {
    const over = closed(deps, key, await keysOfMachine(tx, license, key.fingerprint));
    if (over) return fail(over);
    const lost: OfflineKeyDoc = { ...key, status: 'lost', reason };
    tx.offlineKeys.put(lost);
    return ok(await viewOfflineKey(deps, tx, lost));
  });

/** An operator writes a key off: its seat is free, though the machine could run until the key ends. */
export const writeOff = async (
  deps: Deps,
  caller: AccountCaller,
  id: string,
): Promise<Result<OfflineKey, Refusal>> => {
  const known = await deps.store.read((reader) => reader.offlineKeys.get(id));
  if (!known) return fail(notFound('offline key'));
  return changeKey(
    deps,
    caller,
    known.licenseId,
    id,
    'offline-key.write-off',
    async (tx, license, key) => {
      const ofMachine = await keysOfMachine(tx, license, key.fingerprint);
      const over = closed(deps, key, ofMachine);
      if (over) return fail(over);
      const closing = { status: 'written-off', closedAt: deps.now(), ended: true } as const;
      const written: OfflineKeyDoc = { ...key, ...closing };
      tx.offlineKeys.put(written);
      // A lost machine is lost with all that it had; an earlier key pair alone with its own keys.
      const gone = (one: OfflineKeyDoc): boolean =>
        key.status !== 'superseded' || one.machineKey === key.machineKey;
      for (const one of endedWith(key, ofMachine, gone))
        tx.offlineKeys.put({ ...one, ended: true });
      return ok(await viewOfflineKey(deps, tx, written));
    },
  );
};
