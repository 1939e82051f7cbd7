/** Changing a password, and getting back in without it. */
import type { PasswordChange, PasswordReset, PasswordSet } from '../../../shared/api/accounts.ts';
import { makeId } from '../../../shared/ids.ts';
import { parseOneTimeCode } from '../../../shared/one-time-codes.ts';
import type { Refusal } from '../../../shared/problems.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import type { AccountDoc, CodeOrigin } from '../../domain/documents.ts';
import { actorOf, type AccountCaller, type AnonymousCaller } from '../caller.ts';
import { dropCodes } from './codes.ts';
import { mustWait, proveAgain } from './credentials.ts';
import type { Attempt, Deps, LicetTransaction } from '../deps.ts';
import { endSessions } from './sign-in.ts';

const weak = (field: string, message: string): Refusal => ({
  code: 'invalid-request',
  detail: `The new password ${message}. Choose another: several words together are good.`,
  extra: { errors: [{ field, message }] },
});

/** The hash of a new password, or why it is too weak. Lengths are the schema's business. */
export const hashNew = async (
  deps: Deps,
  password: string,
  field: string,
): Promise<Result<string, Refusal>> => {
  if (deps.passwords.isCommon(password)) {
    return fail(weak(field, 'is on the list of common ones'));
  }
  return deps.passwords.hash(password);
};

const isOwners = (origin: CodeOrigin | undefined): boolean => origin?.startsWith('owner:') === true;

const setPassword = async (
  deps: Deps,
  tx: LicetTransaction,
  account: AccountDoc,
  hash: string,
  origin: CodeOrigin,
  keepSession?: string,
): Promise<void> => {
  // Whoever could know the password until now could have set up the second factor too.
  const rescued = isOwners(account.password?.origin) && !isOwners(origin);
  const totp = rescued ? null : account.totp;
  tx.accounts.put({ ...account, totp, password: { hash, origin, changedAt: deps.now() } });
  await dropCodes(tx, account.id);
  await endSessions(tx, account.id, keepSession);
};

/** Changes the caller's password; every other session ends. */
export const changePassword = async (
  deps: Deps,
  caller: AccountCaller,
  input: PasswordChange,
): Promise<Result<null, Refusal>> => {
  const old = caller.account.password;
  const proven = await proveAgain(deps, caller, input.currentPassword);
  if (!proven.ok) return proven;
  if (input.currentPassword === input.newPassword) {
    return fail(weak('newPassword', 'is the old one'));
  }
  const hash = await hashNew(deps, input.newPassword, 'newPassword');
  if (!hash.ok) return hash;
  return deps.store.transact(actorOf(caller), async (tx) => {
    const account = await tx.accounts.get(caller.account.id);
    if (!account?.password || account.password.hash !== old?.hash) {
      return fail({
        code: 'conflict',
        detail: 'The password was changed elsewhere meanwhile. Sign in with the new one.',
      });
    }
    // A password goes on in the line of the one that it follows: see CodeOrigin.
    await setPassword(deps, tx, account, hash.value, account.password.origin, caller.session.id);
    tx.record({ action: 'password.change', target: account.id, outcome: 'ok' });
    return ok(null);
  });
};

const digits = 6;
/**
 * Open requests for an e-mail, from as many addresses: each address has one, the newest. Else somebody
 * elsewhere could ask until the person's own number is not on the operator's list any more.
 */
const openPerEmail = 20;

/**
 * Notes that somebody forgot a password, and gives a number to tell the operator. Answers alike for
 * known and unknown e-mails.
 */
export const requestPasswordReset = async (
  deps: Deps,
  caller: AnonymousCaller,
  email: string,
): Promise<Result<{ request: string }, Refusal>> => {
  const attempt: Attempt = { account: null, address: caller.from };
  const wait = mustWait(deps, attempt);
  if (wait) return fail(wait);
  // A request costs like a failed try, so that nobody fills the operator's list.
  deps.throttle.failed(attempt);
  const random = deps.random(digits);
  const number = Array.from(random, (byte) => String(byte % 10)).join('');
  return deps.store.transact(actorOf(caller), async (tx) => {
    const account = await tx.accounts.first('email', email);
    const open = (await tx.passwordRequests.by('email', email)).filter(
      (request) => request.status !== 'done',
    );
    const others = open.filter((request) => request.from !== caller.from);
    const tooMany = others.slice(0, Math.max(0, others.length + 1 - openPerEmail));
    const replaced = open.filter((request) => request.from === caller.from);
    for (const { id } of [...replaced, ...tooMany]) tx.passwordRequests.delete(id);
    const id = makeId('passwordRequest', deps.now(), deps.random);
    tx.passwordRequests.put({
      id,
      number,
      email,
      accountId: account?.id ?? null,
      requestedAt: deps.now(),
      from: caller.from,
      status: 'open',
    });
    tx.record({ action: 'password.request', target: account?.id ?? id, outcome: 'ok' });
    return ok({ request: number });
  });
};

const deadCode: Refusal = {
  code: 'invalid-credentials',
  detail:
    'This code is not valid: it was used, replaced by a newer one, or is older than 24 hours. Ask for a new one.',
};

/** Sets a password with a one-time code. Errors: `invalid-request`, `invalid-credentials`. */
export const redeemCode = async (
  deps: Deps,
  caller: AnonymousCaller,
  input: PasswordReset,
): Promise<Result<PasswordSet, Refusal>> => {
  const attempt: Attempt = { account: null, address: caller.from };
  const wait = mustWait(deps, attempt);
  if (wait) return fail(wait);
  const code = parseOneTimeCode(input.code);
  if (!code.ok) {
    return fail({
      code: 'invalid-request',
      detail: code.error,
      extra: { errors: [{ field: 'code', message: code.error }] },
    });
  }
  const hash = deps.digest(code.value);
  const known = await deps.store.read((reader) => reader.codes.first('hash', hash));
  if (!known || known.expiresAt <= deps.now()) {
    deps.throttle.failed(attempt);
    deps.failures.add('password.redeem', caller.from, deadCode.code);
    return fail(deadCode);
  }
  const password = await hashNew(deps, input.newPassword, 'newPassword');
  if (!password.ok) return password;
  // Who has the code acts as its account, just as who has the password does; whose code it was is told too.
  const actor = { id: known.accountId, from: caller.from };
  return deps.store.transact(actor, async (tx) => {
    const spent = await tx.codes.first('hash', hash);
    const account = spent && (await tx.accounts.get(spent.accountId));
    if (!spent || !account || account.disabled) return fail(deadCode);
    await setPassword(deps, tx, account, password.value, spent.origin);
    const request =
      spent.passwordRequestId && (await tx.passwordRequests.get(spent.passwordRequestId));
    if (request) tx.passwordRequests.put({ ...request, status: 'done' });
    tx.record({
      action: 'password.redeem',
      target: account.id,
      outcome: 'ok',
      details: { codeBy: spent.origin },
    });
    return ok({ email: account.email });
  });
};
