/** The second factor: time-based one-time passwords (RFC 6238). */
import type { Refusal } from '../../../shared/problems.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import type { AccountDoc } from '../../domain/documents.ts';
import type { Deps } from '../deps.ts';

const missing: Refusal = {
  code: 'invalid-credentials',
  detail:
    'This account asks for a one-time password too: give the six digits of your authenticator.',
  extra: { totpRequired: true },
};
const wrong: Refusal = {
  code: 'invalid-credentials',
  detail:
    'The one-time password is not right, or was used before. Wait for the next one, and check the clock of this machine.',
  extra: { totpRequired: true },
};

/** Accepts a code once, if the account asks for one; `from` is the address that it came from. */
export const checkTotp = async (
  deps: Deps,
  account: AccountDoc,
  code: string | undefined,
  from: string,
): Promise<Result<null, Refusal>> => {
  if (!account.totp?.confirmed) return ok(null);
  if (code === undefined) return fail(missing);
  const step = deps.totp.step(deps.unseal(account.totp.secret), code, deps.now());
  if (step === null) return fail(wrong);
  if (deps.store.status().state === 'read-only') return useInMemory(deps, account, step);
  return deps.store.transact({ id: account.id, from }, async (tx) => {
    const current = await tx.accounts.get(account.id);
    if (!current?.totp || step <= current.totp.lastStep) return fail(wrong);
    tx.accounts.put({ ...current, totp: { ...current.totp, lastStep: step } });
    tx.record({ action: 'totp.use', target: account.id, outcome: 'ok' });
    return ok(null);
  });
};

/** While nothing can be written, which code was used last is kept in memory, as sessions are. */
const useInMemory = (deps: Deps, account: AccountDoc, step: number): Result<null, Refusal> => {
  const last = Math.max(deps.transientSteps.get(account.id) ?? 0, account.totp?.lastStep ?? 0);
  if (step <= last) return fail(wrong);
  deps.transientSteps.set(account.id, step);
  return ok(null);
};
