/** The second factor: time-based one-time passwords (RFC 6238). */
import type { Refusal } from '../../../shared/problems.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import type { AccountDoc } from '../../domain/documents.ts';
import type { Deps, LicetTransaction } from '../deps.ts';

export const missingTotp: Refusal = {
  code: 'invalid-credentials',
  detail:
    'This account asks for a one-time password too: give the six digits of your authenticator.',
  extra: { totpRequired: true },
};
export const wrongTotp: Refusal = {
  code: 'invalid-credentials',
  detail:
    'The one-time password is not right, or was used before. Wait for the next one, and check the clock of this machine.',
  extra: { totpRequired: true },
};

/** Whether the account asks for a one-time password too. */
export const needsTotp = (account: AccountDoc): boolean => account.totp?.confirmed === true;

/** The time step of a code that is right; null for a wrong one. */
const stepOf = (deps: Deps, account: AccountDoc, code: string): number | null =>
  account.totp && deps.totp.step(deps.unseal(account.totp.secret), code, deps.now());

/** Whether a code is of now; it may have been used before. */
export const isRightTotp = (deps: Deps, account: AccountDoc, code: string): boolean =>
  stepOf(deps, account, code) !== null;

/** Accepts a code once, if the account asks for one; `from` is the address that it came from. */
export const takeTotp = async (
  deps: Deps,
  account: AccountDoc,
  code: string | undefined,
  from: string,
): Promise<Result<null, Refusal>> => {
  if (!needsTotp(account)) return ok(null);
  const step = code === undefined ? null : stepOf(deps, account, code);
  if (step === null) return fail(wrongTotp);
  if (deps.store.status().state === 'read-only') return noteInMemory(deps, account, step);
  return deps.store.transact({ id: account.id, from }, async (tx) => {
    const spent = await spendTotp(deps, tx, account, code);
    if (spent.ok) tx.record({ action: 'totp.use', target: account.id, outcome: 'ok' });
    return spent;
  });
};

/** The same within a transaction, which records what the code is for. */
export const spendTotp = async (
  deps: Deps,
  tx: LicetTransaction,
  account: AccountDoc,
  code: string | undefined,
): Promise<Result<null, Refusal>> => {
  if (!needsTotp(account)) return ok(null);
  const step = code === undefined ? null : stepOf(deps, account, code);
  const current = await tx.accounts.get(account.id);
  if (step === null || !current?.totp || step <= current.totp.lastStep) return fail(wrongTotp);
  // Another device may have been set up since the code was checked.
  if (current.totp.secret !== account.totp?.secret) return fail(wrongTotp);
  tx.accounts.put({ ...current, totp: { ...current.totp, lastStep: step } });
  return ok(null);
};

/** While nothing can be written, which code was used last is kept in memory, as sessions are. */
const noteInMemory = (deps: Deps, account: AccountDoc, step: number): Result<null, Refusal> => {
  const last = Math.max(deps.transientSteps.get(account.id) ?? 0, account.totp?.lastStep ?? 0);
  if (step <= last) return fail(wrongTotp);
  deps.transientSteps.set(account.id, step);
  return ok(null);
};
