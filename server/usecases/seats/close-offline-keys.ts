/** What ends an offline key before its time: the proof of its machine, a loss, an operator's write-off. */
import type { OfflineKey } from '../../../shared/api/offline-keys.ts';
import { keyIdOfProof, verifyProof } from '../../../shared/statements/typed/deactivation.ts';
import type { Refusal } from '../../../shared/problems.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import type { LicenseDoc, OfflineKeyDoc } from '../../domain/documents.ts';
import { machineKey } from '../../domain/index-keys.ts';
import { keyStatus, returnedBy } from '../../domain/offline-keys.ts';
import type { LicenseAction } from '../../domain/permissions.ts';
import { keyHoldsSeat } from '../../domain/seats.ts';
import { changeLicense, notFound } from '../access.ts';
import type { AccountCaller } from '../caller.ts';
import type { Deps, LicetTransaction } from '../deps.ts';
import { viewOfflineKey } from '../views.ts';

/** Why a key that no longer holds its seat can't be acted on. */
export const closed = (deps: Deps, key: OfflineKeyDoc): Refusal | null => {
  if (keyHoldsSeat(key, deps.now())) return null;
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
    const ofMachine = await tx.offlineKeys.by('machine', machineKey(license.id, key.fingerprint));
    const about = ofMachine.find((one) => named.ok && one.id === named.value) ?? key;
    const verified = verifyProof(proof, {
      id: about.id,
      licenseId: license.id,
      fingerprint: about.fingerprint,
      machineKey: about.machineKey,
    });
    if (!verified.ok) return refuseProof(verified.error);
    const over = closed(deps, key);
    if (over) return fail(over);
    const returned = returnedBy(about, key, verified.value.iat);
    if (!returned.ok) return returned;
    tx.offlineKeys.put({ ...key, status: 'returned', closedAt: deps.now() });
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
  changeKey(deps, caller, licenseId, id, 'offline-key.lost', async (tx, _license, key) => {
    const over = closed(deps, key);
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
    async (tx, _license, key) => {
      const over = closed(deps, key);
      if (over) return fail(over);
      const written: OfflineKeyDoc = { ...key, status: 'written-off', closedAt: deps.now() };
      tx.offlineKeys.put(written);
      return ok(await viewOfflineKey(deps, tx, written));
    },
  );
};
