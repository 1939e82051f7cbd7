/** Offline keys: made for a machine's request, renewed, listed, shown again. */
import { makeId } from '../../../shared/ids.ts';
import { offlineKeyFile, shortenOfflineKey } from '../../../shared/statements/typed/offline-key.ts';
import {
  parseRequestCode,
  type OfflineRequest,
} from '../../../shared/statements/typed/offline-request.ts';
import type { OfflineKey, OfflineKeyWithKey } from '../../../shared/api/offline-keys.ts';
import type { Page, PageQuery } from '../../../shared/api/common.ts';
import type { Refusal } from '../../../shared/problems.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import { offlineKeyHeadStart } from '../../../shared/statements/statements.ts';
import type { LicenseDoc, OfflineKeyDoc } from '../../domain/documents.ts';
import { machineKey } from '../../domain/index-keys.ts';
import { refuseInvalid } from '../../domain/license-status.ts';
import { keyEnd, keyWarnings, mayReimage } from '../../domain/offline-keys.ts';
import { offlineHold, runningKeys } from '../../domain/offline-holds.ts';
import { holdsSeat, keyHoldsSeat } from '../../domain/seats.ts';
import { changeLicense, notFound, readLicense } from '../access.ts';
import type { AccountCaller } from '../caller.ts';
import { changeKey, closed } from './close-offline-keys.ts';
import type { Deps, LicetReader, LicetTransaction } from '../deps.ts';
import { idempotent, type IdempotencyKey } from '../idempotency.ts';
import { licenseClaim } from './machine-lease.ts';
import { mapPage, pageFrom, storeQuery } from '../pages.ts';
import { keysOfMachine, mayLeave, seatOf, withoutSeat } from './seats.ts';
import { refuseWithoutSeat } from './take-seat.ts';
import { viewOfflineKey } from '../views.ts';

const withKey = async (
  deps: Deps,
  reader: LicetReader,
  key: OfflineKeyDoc,
  warnings: readonly string[] = [],
): Promise<OfflineKeyWithKey> => ({
  ...(await viewOfflineKey(deps, reader, key)),
  key: offlineKeyFile(key.jws),
  shortKey: key.shortKey,
  warnings: [...warnings],
});

const badRequestCode = (message: string): Refusal => ({
  code: 'offline-request-invalid',
  detail: message,
  extra: { errors: [{ field: 'request', message }] },
});

/** What a machine has that asks for a key. */
interface Asking {
  readonly fingerprint: string;
  /** Its public key. */
  readonly machineKey: string;
  /** All keys that it ever had. */
  readonly all: readonly OfflineKeyDoc[];
  /** The one in use. */
  readonly held: OfflineKeyDoc | undefined;
}

const askingOf = async (
  deps: Deps,
  tx: LicetTransaction,
  license: LicenseDoc,
  { fingerprint, machineKey }: Pick<OfflineKeyDoc, 'fingerprint' | 'machineKey'>,
): Promise<Asking> => {
  const all = await keysOfMachine(tx, license, fingerprint);
  return { fingerprint, machineKey, all, held: all.find((key) => keyHoldsSeat(key, deps.now())) };
};

/**
 * The seat for a key: the one that the machine's keys hold, or the one that it holds online, or a free one.
 * What runs on beside it, the lease or an earlier key pair, counts as a machine that a release left running.
 */
const seatForKey = async (
  deps: Deps,
  tx: LicetTransaction,
  license: LicenseDoc,
  { fingerprint, machineKey: pair, all }: Asking,
): Promise<Result<null, Refusal>> => {
  const hold = offlineHold(all, deps.now());
  if (hold) {
    const isNew = !runningKeys(all, deps.now()).some((key) => key.machineKey === pair);
    return isNew ? mayLeave(deps, tx, license, [hold.key.expiresAt]) : ok(null);
  }
  const online = await tx.activations.first('machine', machineKey(license.id, fingerprint));
  const seat = online && seatOf(deps, license, online);
  if (!seat || !holdsSeat(license, seat, deps.now())) {
    const full = await refuseWithoutSeat(deps, tx, license);
    return full ? fail(full) : ok(null);
  }
  const may = await mayLeave(deps, tx, license, [seat.leaseUntil]);
  if (may.ok) tx.activations.put(withoutSeat(seat));
  return may;
};

/**
 * Makes a key for the machine of a request code. Errors: `offline-request-invalid`,
 * `activation-limit-exceeded`, `license-expired|suspended|revoked`, `invalid-request`, `conflict`.
 */
export const issueOfflineKey = async (
  deps: Deps,
  caller: AccountCaller,
  licenseId: string,
  input: { readonly request: string; readonly days?: number | undefined },
  key: IdempotencyKey,
): Promise<Result<OfflineKeyWithKey, Refusal>> => {
  const request = parseRequestCode(input.request);
  if (!request.ok) return fail(badRequestCode(request.error));
  return changeLicense(deps, caller, licenseId, 'offline-key.issue', (tx, { license }) =>
    idempotent(deps, tx, { ...key, caller: caller.account.id }, () =>
      makeKey(deps, tx, caller, license, request.value, input),
    ),
  );
};

const makeKey = async (
  deps: Deps,
  tx: LicetTransaction,
  caller: AccountCaller,
  license: LicenseDoc,
  request: OfflineRequest,
  input: { readonly request: string; readonly days?: number | undefined },
): Promise<Result<OfflineKeyWithKey, Refusal>> => {
  const now = deps.now();
  const refuse = (refusal: Refusal) => {
    tx.record({ action: 'offline-key.issue', target: license.id, outcome: refusal.code });
    return fail(refusal);
  };
  const invalid = refuseInvalid(license, now, deps.settings().support);
  if (invalid) return refuse(invalid);
  if (request.product !== undefined && request.product !== license.productId) {
    return refuse(
      badRequestCode(
        `This request is for the product “${request.product}”; the license is for “${license.productId}”. Choose the license of that product.`,
      ),
    );
  }
  const end = keyEnd(license, input.days, now);
  if (!end.ok) return refuse(end.error);
  const { fingerprint, key: pair } = request;
  const asking = await askingOf(deps, tx, license, { fingerprint, machineKey: pair });
  const { all, held } = asking;
  const reimage = mayReimage(all, held, pair, now);
  if (!reimage.ok) return refuse(reimage.error);
  const seat = await seatForKey(deps, tx, license, asking);
  if (!seat.ok) return refuse(seat.error);
  if (held) tx.offlineKeys.put({ ...held, status: 'superseded', closedAt: now });
  const made = await signKey(deps, tx, caller, license, request, input.request, end.value);
  tx.offlineKeys.put(made.document);
  tx.record({
    action: 'offline-key.issue',
    target: made.document.id,
    outcome: 'ok',
    details: { license: license.id, hostname: request.hostname, again: held !== undefined },
  });
  const warnings = keyWarnings(license, end.value, request.clock, now);
  return ok(await withKey(deps, tx, made.document, [...warnings, ...made.warnings]));
};

const signKey = async (
  deps: Deps,
  tx: LicetTransaction,
  caller: AccountCaller,
  license: LicenseDoc,
  request: Pick<OfflineRequest, 'fingerprint' | 'hostname' | 'key' | 'product'>,
  requestText: string,
  end: number,
): Promise<{ document: OfflineKeyDoc; warnings: string[] }> => {
  const now = deps.now();
  const id = makeId('offlineKey', now, deps.random);
  const iat = Math.floor(now / 1000);
  const owner = await tx.accounts.get(license.ownerId);
  const jws = deps.signer.sign('offline-key', {
    sub: license.id,
    aud: license.productId,
    jti: id,
    iat,
    nbf: iat - offlineKeyHeadStart,
    exp: Math.floor(end / 1000),
    licet: {
      license: licenseClaim(license),
      administrator: { email: owner?.email ?? '', name: owner?.name ?? '', password: 'choose' },
      machine: {
        fingerprint: request.fingerprint,
        hostname: request.hostname,
        key: request.key,
      },
    },
  });
  const short = shortenOfflineKey(jws, request.product);
  return {
    warnings: short.ok ? [] : [short.error],
    document: {
      id,
      licenseId: license.id,
      fingerprint: request.fingerprint,
      hostname: request.hostname,
      machineKey: request.key,
      request: requestText,
      jws,
      shortKey: short.ok ? short.value : null,
      issuedAt: now,
      issuedBy: caller.account.email,
      expiresAt: Math.floor(end / 1000) * 1000,
      status: 'active',
      reason: null,
      closedAt: null,
    },
  };
};

/** All keys of a license, ended ones too. */
export const listOfflineKeys = (
  deps: Deps,
  caller: AccountCaller,
  licenseId: string,
  query: PageQuery,
): Promise<Result<Page<OfflineKey>, Refusal>> =>
  readLicense(deps, caller, licenseId, 'offline-key.list', async (reader, { license }) => {
    const found = await reader.offlineKeys.by('license', license.id, storeQuery(query));
    return ok(await mapPage(pageFrom(found, query), (key) => viewOfflineKey(deps, reader, key)));
  });

/** One key, with the key itself to show and save again. */
export const getOfflineKey = (deps: Deps, caller: AccountCaller, licenseId: string, id: string) =>
  readLicense(deps, caller, licenseId, 'offline-key.read', async (reader) => {
    const key = await reader.offlineKeys.get(id);
    return key?.licenseId === licenseId
      ? ok(await withKey(deps, reader, key))
      : fail(notFound('offline key of this license'));
  });

/** A key that still runs, and was replaced when its machine was set up again. */
const replaced = ({ hostname }: OfflineKeyDoc): Refusal => ({
  code: 'conflict',
  detail: `${hostname} was set up again after this key was made. Renew its newest key.`,
});

/** A new key from the stored request: only the key has to be carried. The old one is superseded. */
export const renewOfflineKey = (
  deps: Deps,
  caller: AccountCaller,
  licenseId: string,
  id: string,
  input: { readonly days?: number | undefined },
): Promise<Result<OfflineKeyWithKey, Refusal>> =>
  changeKey(deps, caller, licenseId, id, 'offline-key.renew', async (tx, license, key) => {
    const invalid = refuseInvalid(license, deps.now(), deps.settings().support);
    if (invalid) return fail(invalid);
    const asking = await askingOf(deps, tx, license, key);
    const { all, held } = asking;
    if (held ? held.id !== key.id : !['active', 'lost'].includes(key.status)) {
      return fail(closed(deps, key, all) ?? replaced(key));
    }
    const end = keyEnd(license, input.days, deps.now());
    if (!end.ok) return end;
    // An ended key has lost its seat: the renewal takes one as a new key would.
    const seat = await seatForKey(deps, tx, license, asking);
    if (!seat.ok) return seat;
    const asked = parseRequestCode(key.request);
    const product = asked.ok ? asked.value.product : undefined;
    const request = { ...key, key: key.machineKey, product };
    const made = await signKey(deps, tx, caller, license, request, key.request, end.value);
    tx.offlineKeys.put({ ...key, status: 'superseded', closedAt: deps.now() });
    tx.offlineKeys.put(made.document);
    const warnings = keyWarnings(license, end.value, undefined, deps.now());
    return ok(await withKey(deps, tx, made.document, [...warnings, ...made.warnings]));
  });
