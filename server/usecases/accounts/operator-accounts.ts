/** An operator's work with accounts and forgotten passwords. */
import type {
  Account,
  AccountCreate,
  AccountCreated,
  OperatorAccountPatch,
  PasswordResetEntry,
} from '../../../shared/api/accounts.ts';
import type { Page, PageQuery } from '../../../shared/api/common.ts';
import { makeId } from '../../../shared/ids.ts';
import type { Refusal } from '../../../shared/problems.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import type { AccountDoc, PasswordRequestDoc } from '../../domain/documents.ts';
import { edited, type MeantFor } from '../../domain/edits.ts';
import { notFound } from '../access.ts';
import { withInfo } from './account.ts';
import { actorOf, type AccountCaller } from '../caller.ts';
import { dropCodes, dropOwnersCodes, issueCode, type IssuedCode } from './codes.ts';
import { stillProven } from './credentials.ts';
import type { Deps, LicetTransaction } from '../deps.ts';
import { passwordRequestLifetime } from '../upkeep/housekeeping.ts';
import { refuseStale } from '../edits.ts';
import { idempotent, type IdempotencyKey } from '../idempotency.ts';
import { mapPage, pageFrom, storeQuery } from '../pages.ts';
import { hashNew } from './passwords.ts';
import { endSessions, signInFirst } from './sign-in.ts';
import { iso } from '../../../shared/time.ts';
import { isoOrNull, viewAccount } from '../views.ts';

/** All accounts, in the order in which they were made. */
export const listAccounts = (deps: Deps, query: PageQuery): Promise<Page<Account>> =>
  deps.store.read(async (reader) =>
    mapPage(pageFrom(await reader.accounts.list(storeQuery(query)), query), viewAccount),
  );

/**
 * Makes a user `owner` or `operator`, within a transaction. Credentials that an owner's code began are
 * lost, since whoever added the user could have set them.
 */
export const promote = async (
  tx: LicetTransaction,
  account: AccountDoc,
  role: 'owner' | 'operator',
): Promise<AccountDoc> => {
  const trusted = account.password?.origin === 'operator' || account.password?.origin === 'local';
  const next: AccountDoc = {
    ...account,
    role,
    createdBy: 'operator',
    password: trusted ? account.password : null,
    totp: trusted ? account.totp : null,
  };
  if (!trusted) {
    await endSessions(tx, account.id);
    await dropCodes(tx, account.id);
  } else await dropOwnersCodes(tx, account.id);
  tx.accounts.put(next);
  return next;
};

/**
 * Creates an account, with a password or with a one-time code to hand over. A user that owners added
 * becomes an owner; any other known e-mail is a `conflict`.
 */
export const createAccount = async (
  deps: Deps,
  caller: AccountCaller,
  input: AccountCreate,
  key: IdempotencyKey,
): Promise<Result<AccountCreated, Refusal>> => {
  const hash =
    input.password === undefined ? ok(null) : await hashNew(deps, input.password, 'password');
  if (!hash.ok) return hash;
  return deps.store.transact(actorOf(caller), (tx) =>
    idempotent(deps, tx, { ...key, caller: caller.account.id }, async () => {
      // Hashing waits its turn: whoever asked may be no operator any more.
      if (!(await stillProven(tx, caller.account))) return fail(signInFirst);
      const existing = await tx.accounts.first('email', input.email);
      if (existing && existing.role !== 'user') return fail(takenEmail(input.email));
      const base = existing ? await promote(tx, existing, input.role) : newAccount(deps, input);
      const account: AccountDoc = {
        ...withInfo(base, input),
        password:
          hash.value === null
            ? base.password
            : { hash: hash.value, origin: 'operator', changedAt: deps.now() },
      };
      tx.accounts.put(account);
      if (existing && hash.value !== null) {
        await endSessions(tx, account.id);
        await dropCodes(tx, account.id);
      }
      const code = account.password ? null : await issueCode(deps, tx, account, 'operator');
      tx.record({
        action: 'account.create',
        target: account.id,
        outcome: 'ok',
        details: { role: account.role },
      });
      return ok({
        account: viewAccount(account),
        setPasswordCode: code?.code ?? null,
        codeExpiresAt: isoOrNull(code?.expiresAt ?? null),
      });
    }),
  );
};

const takenEmail = (email: string): Refusal => ({
  code: 'conflict',
  detail: `${email} has an account already. Use that one, or another e-mail.`,
  extra: { errors: [{ field: 'email', message: 'has an account already' }] },
});

/** The document of an account that an operator makes, without a password yet. */
export const newAccount = (
  deps: Deps,
  input: Pick<AccountCreate, 'email' | 'name' | 'company' | 'phone' | 'role'>,
): AccountDoc => ({
  id: makeId('account', deps.now(), deps.random),
  email: input.email,
  name: input.name,
  company: input.company ?? null,
  phone: input.phone ?? null,
  role: input.role,
  disabled: false,
  createdAt: deps.now(),
  createdBy: 'operator',
  password: null,
  totp: null,
});

/** Whether nobody could operate the server without this account. */
export const isLastOperator = async (
  tx: LicetTransaction,
  { id, role }: AccountDoc,
): Promise<boolean> =>
  role === 'operator' &&
  (await tx.accounts.by('role', 'operator')).every((other) => other.disabled || other.id === id);

/**
 * Edits, disables, enables or changes the role or e-mail of an account. Errors: `not-found`, `conflict`,
 * `changed-meanwhile`.
 */
export const patchAccount = (
  deps: Deps,
  caller: AccountCaller,
  id: string,
  patch: OperatorAccountPatch,
  meantFor: MeantFor,
): Promise<Result<Account, Refusal>> =>
  deps.store.transact(actorOf(caller), async (tx) => {
    const account = await tx.accounts.get(id);
    if (!account) return fail(notFound('account'));
    const view = () => viewAccount(account);
    const stale = await refuseStale(tx, account, meantFor, account.email, view);
    if (stale) return fail(stale);
    const holder = patch.email && (await tx.accounts.first('email', patch.email));
    if (patch.email && holder && holder.id !== id) return fail(takenEmail(patch.email));
    const disabled = patch.status === undefined ? account.disabled : patch.status === 'disabled';
    const loses = account.role === 'operator' && (disabled || patch.role === 'owner');
    if (loses && !account.disabled && (await isLastOperator(tx, account))) {
      return fail({
        code: 'conflict',
        detail: 'This is the last active operator. Create another operator first.',
      });
    }
    const base =
      account.role === 'user' && patch.role
        ? await promote(tx, account, patch.role)
        : { ...account, role: patch.role ?? account.role };
    const after: AccountDoc = {
      ...withInfo(base, patch),
      email: patch.email ?? base.email,
      disabled,
      totp: patch.twoFactor === false ? null : base.totp,
    };
    const next = edited(account, after, caller.account.id, deps.now());
    tx.accounts.put(next);
    if (disabled || next.role !== account.role || next.email !== account.email) {
      await endSessions(tx, id);
    }
    if (disabled) await dropCodes(tx, id);
    const action =
      disabled === account.disabled
        ? 'account.edit'
        : disabled
          ? 'account.disable'
          : 'account.enable';
    const secondFactor = account.totp && !next.totp ? { secondFactor: 'removed' } : {};
    tx.record({
      action,
      target: id,
      outcome: 'ok',
      details: { role: next.role, ...secondFactor },
    });
    return ok(viewAccount(next));
  });

/** A one-time code with which the account's person sets a new password. */
export const issuePasswordCode = (
  deps: Deps,
  caller: AccountCaller,
  id: string,
): Promise<Result<IssuedCode, Refusal>> =>
  deps.store.transact(actorOf(caller), async (tx) => {
    const account = await tx.accounts.get(id);
    if (!account) return fail(notFound('account'));
    if (account.disabled) {
      return fail({
        code: 'conflict',
        detail: `${account.email} is disabled. Enable the account first.`,
      });
    }
    const requests = await tx.passwordRequests.by('email', account.email);
    const open = requests.findLast((request) => request.status !== 'done');
    const code = await issueCode(deps, tx, account, 'operator', open?.id ?? null);
    if (open) tx.passwordRequests.put({ ...open, status: 'code-issued' });
    tx.record({ action: 'password.code', target: id, outcome: 'ok' });
    return ok(code);
  });

const requestStatus = (request: PasswordRequestDoc, now: number): PasswordResetEntry['status'] =>
  request.status === 'open' && request.requestedAt + passwordRequestLifetime < now
    ? 'expired'
    : request.status;

/** The requests of people who forgot their password. */
export const listPasswordRequests = (
  deps: Deps,
  query: PageQuery,
): Promise<Page<PasswordResetEntry>> =>
  deps.store.read(async (reader) => {
    const found = await reader.passwordRequests.list(storeQuery(query));
    return mapPage(pageFrom(found, query), async (request) => {
      const account = await reader.accounts.first('email', request.email);
      return {
        id: request.id,
        request: request.number,
        email: request.email,
        account: account ? viewAccount(account) : null,
        requestedAt: iso(request.requestedAt),
        from: request.from,
        status: requestStatus(request, deps.now()),
      };
    });
  });
