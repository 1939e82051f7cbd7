/** Proving who one is by e-mail and password (and a one-time password): sign-in and activation both do it here. */
import type { Refusal } from '../../../shared/problems.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import type { AccountDoc } from '../../domain/documents.ts';
import type { AccountCaller, AnonymousCaller } from '../caller.ts';
import type { Attempt, Deps, LicetReader } from '../deps.ts';
import { isRightTotp, missingTotp, needsTotp, takeTotp, wrongTotp } from './totp.ts';

export interface Credentials {
  readonly email: string;
  readonly password: string;
  readonly totp?: string | undefined;
}

/** The same for an unknown e-mail, a wrong password and a disabled account. */
export const wrongCredentials: Refusal = {
  code: 'invalid-credentials',
  detail:
    'The e-mail or the password is not right. Check both, or use “Forgot password” at sign-in.',
};

/** Why a try must wait; null when it may come now. */
export const mustWait = (deps: Deps, attempt: Attempt): Refusal | null =>
  waitFor(deps.throttle.delay(attempt));

/** The same for a code of a second factor. */
export const codeMustWait = (deps: Deps, attempt: Attempt): Refusal | null =>
  waitFor(Math.max(deps.throttle.delay(attempt), deps.throttle.codeDelay(attempt)));

/** Counts a wrong code of a second factor. */
export const codeFailed = (deps: Deps, attempt: Attempt): void => {
  deps.throttle.failed(attempt);
  deps.throttle.codeFailed(attempt);
};

const waitFor = (seconds: number): Refusal | null => {
  if (seconds === 0) return null;
  return {
    code: 'too-many-requests',
    detail: `Too many failed tries. Wait ${seconds} s, then try again.`,
    retryAfter: seconds,
  };
};

const refuse = (deps: Deps, attempt: Attempt, refusal: Refusal): Result<never, Refusal> => {
  deps.throttle.failed(attempt);
  return fail(refusal);
};

const attemptOf = (caller: AnonymousCaller, { email }: Credentials): Attempt => ({
  account: email,
  address: caller.from,
});

/**
 * The account that e-mail and password belong to; a second factor is still to be shown. Takes as long for an
 * unknown e-mail as for a wrong password. Errors: `invalid-credentials`, `too-many-requests`.
 */
export const provePassword = async (
  deps: Deps,
  caller: AnonymousCaller,
  credentials: Credentials,
): Promise<Result<AccountDoc, Refusal>> => {
  const attempt = attemptOf(caller, credentials);
  const before = mustWait(deps, attempt);
  if (before) return fail(before);
  const account = await deps.store.read((reader) =>
    reader.accounts.first('email', credentials.email),
  );
  const verified = await deps.passwords.verify(
    credentials.password,
    account?.password?.hash ?? null,
    caller.from,
  );
  if (!verified.ok) return verified;
  // Guesses sent at once were all let in above: what the first of them showed counts for the rest.
  const after = mustWait(deps, attempt);
  if (after) return fail(after);
  if (!account || account.disabled || !verified.value) {
    return refuse(deps, attempt, wrongCredentials);
  }
  await rehash(deps, account, credentials.password);
  return ok(account);
};

/**
 * Looks at the second factor of an account whose password was proven, and spends nothing. Nothing is awaited
 * between the question and the count, so codes sent at once come one after the other.
 */
export const checkSecond = (
  deps: Deps,
  caller: AnonymousCaller,
  credentials: Credentials,
  account: AccountDoc,
): Result<null, Refusal> => {
  if (!needsTotp(account)) return ok(null);
  if (credentials.totp === undefined) return fail(missingTotp);
  const attempt = attemptOf(caller, credentials);
  const wait = codeMustWait(deps, attempt);
  if (wait) return fail(wait);
  if (isRightTotp(deps, account, credentials.totp)) return ok(null);
  codeFailed(deps, attempt);
  return fail(wrongTotp);
};

/** Counts what spending a code showed, once it is done: used before, or all that was needed. */
export const countSecond = (
  deps: Deps,
  caller: AnonymousCaller,
  credentials: Credentials,
  spent: Result<unknown, Refusal>,
): void => {
  const attempt = attemptOf(caller, credentials);
  if (!spent.ok && spent.error === wrongTotp) codeFailed(deps, attempt);
  else deps.throttle.succeeded(attempt);
};

/** The account that these credentials belong to. Errors: `invalid-credentials`, `too-many-requests`. */
export const proveAccount = async (
  deps: Deps,
  caller: AnonymousCaller,
  credentials: Credentials,
): Promise<Result<AccountDoc, Refusal>> => {
  const proven = await provePassword(deps, caller, credentials);
  if (!proven.ok) return proven;
  const { value: account } = proven;
  const second = checkSecond(deps, caller, credentials, account);
  if (!second.ok) return second;
  const spent = await takeTotp(deps, account, credentials.totp, caller.from);
  countSecond(deps, caller, credentials, spent);
  return spent.ok ? ok(account) : spent;
};

/** Somebody signed in shows the password once more. Errors: `invalid-credentials`, `too-many-requests`. */
export const proveAgain = async (
  deps: Deps,
  { account, from }: AccountCaller,
  currentPassword: string,
): Promise<Result<null, Refusal>> => {
  const attempt: Attempt = { account: account.email, address: from };
  const before = mustWait(deps, attempt);
  if (before) return fail(before);
  const verified = await deps.passwords.verify(
    currentPassword,
    account.password?.hash ?? null,
    from,
  );
  if (!verified.ok) return verified;
  // As in proveAccount: for guesses that were sent at once.
  const after = mustWait(deps, attempt);
  if (after) return fail(after);
  if (verified.value) return ok(null);
  return refuse(deps, attempt, {
    code: 'invalid-credentials',
    detail: 'The current password is not right. Type it again.',
    extra: { errors: [{ field: 'currentPassword', message: 'is not right' }] },
  });
};

/**
 * Whether what was proven a while ago still counts: hashing waits its turn and a file takes its time, in
 * which the account may have been disabled, given another role or password. Ask within the transaction
 * that acts on it.
 */
export const stillProven = async (reader: LicetReader, proven: AccountDoc): Promise<boolean> => {
  const account = await reader.accounts.get(proven.id);
  return (
    account !== undefined &&
    !account.disabled &&
    account.role === proven.role &&
    account.password?.changedAt === proven.password?.changedAt
  );
};

/** Hashes the password again with today's parameters, if it was hashed with older ones. */
const rehash = async (deps: Deps, account: AccountDoc, password: string): Promise<void> => {
  const old = account.password?.hash;
  if (!old || !deps.passwords.needsRehash(old) || deps.store.status().state === 'read-only') return;
  const hash = await deps.passwords.hash(password);
  if (!hash.ok) return;
  await deps.store.transact({ id: 'system', from: 'local' }, async (tx) => {
    const current = await tx.accounts.get(account.id);
    if (current?.password?.hash !== old) return;
    tx.accounts.put({ ...current, password: { ...current.password, hash: hash.value } });
    tx.record({ action: 'password.rehash', target: account.id, outcome: 'ok' });
  });
};
