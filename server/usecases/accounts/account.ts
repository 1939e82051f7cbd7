/** My Info, and the second factor. */
import type { AccountPatch, TotpBegin } from '../../../shared/api/accounts.ts';
import type { Refusal } from '../../../shared/problems.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import type { AccountDoc } from '../../domain/documents.ts';
import { edited, type MeantFor } from '../../domain/edits.ts';
import { actorOf, type AccountCaller } from '../caller.ts';
import { codeFailed, codeMustWait, proveAgain, stillProven } from './credentials.ts';
import type { Attempt, Deps, LicetTransaction } from '../deps.ts';
import { refuseStale } from '../edits.ts';
import { signInFirst } from './sign-in.ts';
import { viewAccount } from '../views.ts';

const gone: Refusal = { code: 'not-found', detail: 'This account is not there any more.' };

/** The account with the given members of My Info changed; undefined ones stay. */
export const withInfo = (account: AccountDoc, patch: AccountPatch): AccountDoc => ({
  ...account,
  name: patch.name ?? account.name,
  company: patch.company === undefined ? account.company : patch.company,
  phone: patch.phone === undefined ? account.phone : patch.phone,
});

const change = <T>(
  deps: Deps,
  caller: AccountCaller,
  work: (tx: LicetTransaction, account: AccountDoc) => Promise<Result<T, Refusal>>,
): Promise<Result<T, Refusal>> =>
  deps.store.transact(actorOf(caller), async (tx) => {
    const account = await tx.accounts.get(caller.account.id);
    return account ? work(tx, account) : fail(gone);
  });

/** Edits the caller's own name, company and phone. Errors: `not-found`, `changed-meanwhile`. */
export const editAccount = (
  deps: Deps,
  caller: AccountCaller,
  patch: AccountPatch,
  meantFor: MeantFor,
) =>
  change(deps, caller, async (tx, account) => {
    const view = () => viewAccount(account);
    const stale = await refuseStale(tx, account, meantFor, 'Your info', view);
    if (stale) return fail(stale);
    const next = edited(account, withInfo(account, patch), caller.account.id, deps.now());
    tx.accounts.put(next);
    tx.record({ action: 'account.edit', target: account.id, outcome: 'ok' });
    return ok(viewAccount(next));
  });

/**
 * Begins a second factor: a secret to enter into an authenticator. It counts once confirmed. Errors:
 * `invalid-credentials`, `too-many-requests`, `conflict`.
 */
export const beginTotp = async (
  deps: Deps,
  caller: AccountCaller,
  input: TotpBegin,
): Promise<Result<{ secret: string; uri: string }, Refusal>> => {
  const proven = await proveAgain(deps, caller, input.currentPassword);
  if (!proven.ok) return proven;
  return change(deps, caller, async (tx, account) => {
    if (!(await stillProven(tx, caller.account))) return fail(signInFirst);
    if (account.totp?.confirmed) {
      return fail({
        code: 'conflict',
        detail: 'Two-factor sign-in is on already. Turn it off first to set up another device.',
      });
    }
    const created = deps.totp.create(account.email, deps.settings().name);
    const secret = deps.seal(created.secret);
    tx.accounts.put({ ...account, totp: { secret, confirmed: false, lastStep: 0 } });
    tx.record({ action: 'totp.begin', target: account.id, outcome: 'ok' });
    return ok(created);
  });
};

/** What a code does to an account: null for nothing to change. The same for the same account, however often it is asked. */
type Decide = (account: AccountDoc) => Result<AccountDoc | null, Refusal>;

/**
 * Tries a code of the authenticator. Six digits are guessed soon, and whoever found a session would turn
 * the second factor off with them: so wrong ones are throttled like passwords.
 */
const withCode = async (
  deps: Deps,
  caller: AccountCaller,
  action: string,
  decide: Decide,
): Promise<Result<null, Refusal>> => {
  const attempt: Attempt = { account: caller.account.email, address: caller.from };
  const account = await deps.store.read((reader) => reader.accounts.get(caller.account.id));
  if (!account) return fail(gone);
  // Nothing is awaited between the question and the count, so codes sent at once come one after the other.
  const wait = codeMustWait(deps, attempt);
  if (wait) return fail(wait);
  const first = decide(account);
  const done = first.ok ? await applyCode(deps, caller, action, decide) : first;
  if (!done.ok && done.error.code === 'invalid-credentials') codeFailed(deps, attempt);
  return done.ok ? ok(null) : done;
};

/** Decides again in the transaction: the code may have been used, or the secret replaced, meanwhile. */
const applyCode = (deps: Deps, caller: AccountCaller, action: string, decide: Decide) =>
  change<null>(deps, caller, async (tx, account) => {
    const decided = decide(account);
    if (!decided.ok) return decided;
    if (decided.value === null) return ok(null);
    tx.accounts.put(decided.value);
    tx.record({ action, target: account.id, outcome: 'ok' });
    return ok(null);
  });

/** Turns the second factor on with a first code. Errors: `invalid-credentials`, `too-many-requests`. */
export const confirmTotp = (deps: Deps, caller: AccountCaller, code: string) =>
  withCode(deps, caller, 'totp.on', (account) => {
    const { totp } = account;
    const step = totp && deps.totp.step(deps.unseal(totp.secret), code, deps.now());
    if (!totp || !step || step <= totp.lastStep) {
      return fail({
        code: 'invalid-credentials',
        detail:
          'The one-time password is not right. Wait for the next one, and check the clock of the device.',
      });
    }
    return ok({ ...account, totp: { ...totp, confirmed: true, lastStep: step } });
  });

/**
 * Turns the second factor off; a code proves that the device is at hand. Errors: `invalid-credentials`,
 * `too-many-requests`.
 */
export const endTotp = (deps: Deps, caller: AccountCaller, code: string) =>
  withCode(deps, caller, 'totp.off', (account) => {
    const { totp } = account;
    if (!totp?.confirmed) return ok(null);
    const step = deps.totp.step(deps.unseal(totp.secret), code, deps.now());
    if (!step || step <= totp.lastStep) {
      return fail({ code: 'invalid-credentials', detail: 'The one-time password is not right.' });
    }
    return ok({ ...account, totp: null });
  });
