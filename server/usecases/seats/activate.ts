/** A product activates on a machine: with e-mail and password, or with a license key. */
import type { Activated, ActivationRequest, Machine } from '../../../shared/api/activations.ts';
import { makeId } from '../../../shared/ids.ts';
import { parseOneTimeCode } from '../../../shared/one-time-codes.ts';
import type { Refusal } from '../../../shared/problems.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import type { AccountDoc, ActivationDoc, LicenseDoc } from '../../domain/documents.ts';
import { machineKey } from '../../domain/index-keys.ts';
import { refuseInvalid } from '../../domain/license-status.ts';
import { may } from '../../domain/permissions.ts';
import { holdsSeat } from '../../domain/seats.ts';
import type { AnonymousCaller } from '../caller.ts';
import { relationTo } from '../access.ts';
import { chooseLicense, wrongProduct } from './choose-license.ts';
import {
  checkSecond,
  countSecond,
  mustWait,
  provePassword,
  stillProven,
  wrongCredentials,
  type Credentials,
} from '../accounts/credentials.ts';
import type { Attempt, Deps, LicetReader, LicetTransaction } from '../deps.ts';
import { idempotent, isAnswered, type IdempotencyKey } from '../idempotency.ts';
import { leaseUntil, signLease } from './machine-lease.ts';
import { seatOf } from './seats.ts';
import { refuseSeat } from './take-seat.ts';
import { spendTotp, wrongTotp } from '../accounts/totp.ts';
import { makeToken } from '../accounts/tokens.ts';
import { viewActivation, viewProductLicense } from '../views.ts';

/** Whom the seat is taken for: an account, or whoever has the license key. */
type Activator =
  | {
      readonly account: AccountDoc;
      readonly wanted: string | undefined;
      /** A second factor is still to be shown. */
      readonly credentials: Credentials;
    }
  | { readonly account: null; readonly licenseId: string; readonly keyHash: string };

const wrongKey: Refusal = {
  code: 'invalid-credentials',
  detail: 'This license key is not valid. Check it, or ask the owner whether it was replaced.',
};

const proveKey = async (
  deps: Deps,
  caller: AnonymousCaller,
  key: string,
): Promise<Result<Activator, Refusal>> => {
  const attempt: Attempt = { account: null, address: caller.from };
  const wait = mustWait(deps, attempt);
  if (wait) return fail(wait);
  const parsed = parseOneTimeCode(key);
  if (!parsed.ok) {
    return fail({
      code: 'invalid-request',
      detail: `The license key has a typing error: ${parsed.error}`,
      extra: { errors: [{ field: 'licenseKey', message: parsed.error }] },
    });
  }
  const hash = deps.digest(parsed.value);
  const license = await deps.store.read((reader) => reader.licenses.first('key', hash));
  if (!license) {
    deps.throttle.failed(attempt);
    deps.failures.add('activation.create', caller.from, wrongKey.code);
    return fail(wrongKey);
  }
  return ok({ account: null, licenseId: license.id, keyHash: hash });
};

const prove = async (
  deps: Deps,
  caller: AnonymousCaller,
  input: ActivationRequest,
): Promise<Result<Activator, Refusal>> => {
  if ('licenseKey' in input) return proveKey(deps, caller, input.licenseKey);
  const account = await provePassword(deps, caller, input);
  if (!account.ok) {
    deps.failures.add('activation.create', caller.from, account.error.code);
    return account;
  }
  return ok({ account: account.value, wanted: input.licenseId, credentials: input });
};

const licenseFor = async (
  deps: Deps,
  reader: LicetReader,
  activator: Activator,
  { product }: ActivationRequest,
): Promise<Result<LicenseDoc, Refusal>> => {
  if (activator.account) {
    const wanted = { licenseId: activator.wanted, product };
    return chooseLicense(reader, activator.account, wanted, deps.now());
  }
  const license = await reader.licenses.get(activator.licenseId);
  // The key may have been replaced since it was proven.
  if (license?.keyHash !== activator.keyHash) return fail(wrongKey);
  if (product === undefined || product === license.productId) return ok(license);
  return fail(wrongProduct(product, [license]));
};

export interface ActivationAnswer {
  /** False when the machine was activated before: its old token has ended. */
  readonly created: boolean;
  readonly body: Activated;
}

/**
 * Activates a machine. Errors: `invalid-credentials`, `too-many-requests`, `license-choice-required`,
 * `wrong-product`, `activation-limit-exceeded`, `license-expired|suspended|revoked`, `not-found`,
 * `forbidden`, `conflict`.
 */
export const activate = async (
  deps: Deps,
  caller: AnonymousCaller,
  input: ActivationRequest,
  key: IdempotencyKey,
): Promise<Result<ActivationAnswer, Refusal>> => {
  const proven = await prove(deps, caller, input);
  if (!proven.ok) return proven;
  const activator = proven.value;
  const actor = { id: activator.account?.id ?? 'license-key', from: caller.from };
  // Whoever has a license key is nobody else's holder: keys of one license don't meet those of another.
  const holder = activator.account === null ? `license-key ${activator.licenseId}` : actor.id;
  const noted = <T>(result: Result<T, Refusal>): Result<T, Refusal> => {
    if (!result.ok) deps.failures.add('activation.create', caller.from, result.error.code);
    return result;
  };
  // Sent again, it gets its stored answer, and no one-time password is looked at: that one was spent.
  const fresh = activator.account !== null && !(await isAnswered(deps, holder, key));
  if (fresh) {
    const second = checkSecond(deps, caller, activator.credentials, activator.account);
    if (!second.ok) return noted(second);
  }
  const done = await deps.store.transact(actor, (tx) =>
    idempotent(deps, tx, { ...key, caller: holder }, async () => {
      if (activator.account) {
        if (!(await stillProven(tx, activator.account))) return fail(wrongCredentials);
        const spent = await spendTotp(deps, tx, activator.account, activator.credentials.totp);
        if (!spent.ok) return spent;
      }
      const license = await licenseFor(deps, tx, activator, input);
      if (!license.ok) {
        const { code } = license.error;
        tx.record({ action: 'activation.create', target: actor.id, outcome: code });
        return license;
      }
      return takeSeat(deps, tx, license.value, activator.account, input);
    }),
  );
  if (fresh) countSecond(deps, caller, activator.credentials, done);
  return !done.ok && done.error === wrongTotp ? noted(done) : done;
};

/**
 * The refusal of who would take over a machine that somebody else activated, and that holds its seat or runs on
 * its lease; null for who has its token, or may release it anyway.
 */
const refuseTakeover = async (
  deps: Deps,
  tx: LicetTransaction,
  license: LicenseDoc,
  { old, account, token }: Takeover,
): Promise<Refusal | null> => {
  const isOwn = old.accountId === (account?.id ?? null);
  const isProven = token !== undefined && deps.digest(token) === old.tokenHash;
  if (old.tokenHash === null || isOwn || isProven) return null;
  const seat = seatOf(deps, license, old);
  const now = deps.now();
  if (!holdsSeat(license, seat, now) && seat.leaseUntil <= now) return null;
  const relation = account && (await relationTo(tx, { account }, license));
  if (relation && may(relation, 'activation.release')) return null;
  return {
    code: 'forbidden',
    detail: `This machine was activated by ${old.activatedBy}. Activate it with the same credentials, on the machine itself, or ask the owner of the license to release it first.`,
  };
};

interface Takeover {
  readonly old: ActivationDoc;
  readonly account: AccountDoc | null;
  /** The activation token that was sent. */
  readonly token: string | undefined;
}

const takeSeat = async (
  deps: Deps,
  tx: LicetTransaction,
  license: LicenseDoc,
  account: AccountDoc | null,
  { machine, activationToken }: ActivationRequest,
): Promise<Result<ActivationAnswer, Refusal>> => {
  const old = await tx.activations.first('machine', machineKey(license.id, machine.fingerprint));
  const holds = old !== undefined && holdsSeat(license, seatOf(deps, license, old), deps.now());
  const takeover = old && { old, account, token: activationToken };
  const refusal =
    (takeover && (await refuseTakeover(deps, tx, license, takeover))) ??
    (holds
      ? refuseInvalid(license, deps.now(), deps.settings().support)
      : await refuseSeat(deps, tx, license, machine.fingerprint));
  if (refusal) {
    tx.record({
      action: 'activation.create',
      target: license.id,
      outcome: refusal.code,
      details: { hostname: machine.hostname },
    });
    return fail(refusal);
  }
  const token = makeToken(deps, 'la');
  const activation = seated(deps, license, { account, machine, old, holds, token });
  tx.activations.put(activation);
  tx.record({
    action: 'activation.create',
    target: activation.id,
    outcome: 'ok',
    details: { license: license.id, hostname: machine.hostname, again: old !== undefined },
  });
  const mark = { at: deps.now(), until: activation.leaseUntil, version: machine.version };
  tx.afterCommit(() => deps.store.marks.set(activation.id, mark));
  return ok({
    created: old === undefined,
    body: {
      activation: viewActivation(license, seatOf(deps, license, activation), deps.now()),
      activationToken: token,
      lease: signLease(deps, license, activation),
      license: viewProductLicense(license, deps.now()),
      administrator: await administrator(tx, license, account),
      checkInMinutes: license.policy.checkInMinutes,
    },
  });
};

/** What is known of a machine that takes a seat. */
interface Seating {
  readonly account: AccountDoc | null;
  readonly machine: Machine;
  /** Its activation so far, and whether that holds a seat. */
  readonly old: ActivationDoc | undefined;
  readonly holds: boolean;
  readonly token: string;
}

const seated = (
  deps: Deps,
  license: LicenseDoc,
  { account, machine, old, holds, token }: Seating,
): ActivationDoc => ({
  id: old?.id ?? makeId('activation', deps.now(), deps.random),
  licenseId: license.id,
  ...machine,
  accountId: account?.id ?? null,
  activatedBy: account?.email ?? 'license key',
  activatedAt: old?.activatedAt ?? deps.now(),
  seat: license.generation,
  seatSince: holds && old ? old.seatSince : deps.now(),
  leaseUntil: leaseUntil(deps, license, old),
  tokenHash: deps.digest(token),
});

/** The product's first account: who activates, or the owner where only a license key was given. */
const administrator = async (
  reader: LicetReader,
  license: LicenseDoc,
  account: AccountDoc | null,
): Promise<Activated['administrator']> => {
  if (account) return { email: account.email, name: account.name, password: 'activating' };
  const owner = await reader.accounts.get(license.ownerId);
  return { email: owner?.email ?? '', name: owner?.name ?? '', password: 'choose' };
};
