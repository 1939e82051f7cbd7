/** The people on a license: adding, removing, codes, and invitations of those who have an account. */
import type {
  Invitation,
  LicenseUser,
  LicenseUserAdd,
  LicenseUserAdded,
} from '../../../shared/api/licenses.ts';
import { makeId } from '../../../shared/ids.ts';
import type { Refusal } from '../../../shared/problems.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import type { AccountDoc, CodeOrigin, LicenseDoc, MembershipDoc } from '../../domain/documents.ts';
import { changeLicense, notFound, readLicense } from '../access.ts';
import { actorOf, type AccountCaller } from '../caller.ts';
import { issueCode, type IssuedCode } from '../accounts/codes.ts';
import type { Deps, LicetReader, LicetTransaction } from '../deps.ts';
import { idempotent, type IdempotencyKey } from '../idempotency.ts';
import { endSessions } from '../accounts/sign-in.ts';
import { iso } from '../../../shared/time.ts';
import { isoOrNull, viewAccount } from '../views.ts';

const usersPerLicense = 200;

/** The code's origin: an operator's is trusted further than an owner's. */
const originOf = (caller: AccountCaller): CodeOrigin =>
  caller.account.role === 'operator' ? 'operator' : `owner:${caller.account.id}`;

/** Whether adding this user created the account, which is nothing more than a user yet. */
const isMadeHere = (account: AccountDoc, membership: MembershipDoc): boolean =>
  membership.createdAccount && account.role === 'user' && !account.disabled;

/**
 * Whether the owner's code may set the password: only of the account that this owner created, and only
 * until an operator's code did. From then on other owners may have let that person in.
 */
const codeAllowed = (
  license: LicenseDoc,
  account: AccountDoc,
  membership: MembershipDoc,
): boolean => {
  const owners: CodeOrigin = `owner:${license.ownerId}`;
  const line = account.password?.origin ?? account.createdBy;
  return isMadeHere(account, membership) && line === owners;
};

/** An invited person is shown as whoever invited wrote it: what their account says is not theirs to see. */
const viewUser = (
  license: LicenseDoc,
  account: AccountDoc,
  membership: MembershipDoc,
): LicenseUser => {
  const { id, email, name, status } = viewAccount(account);
  const shown =
    membership.status === 'active'
      ? { name, status }
      : { name: membership.name ?? email, status: 'invited' as const };
  return {
    account: { id, email, ...shown },
    manage: membership.manage,
    status: membership.status,
    addedAt: iso(membership.addedAt),
    codeAllowed: codeAllowed(license, account, membership),
  };
};

/** The users of a license, in the order in which they were added. */
export const listUsers = (deps: Deps, caller: AccountCaller, licenseId: string) =>
  readLicense(deps, caller, licenseId, 'user.list', async (reader, { license }) => {
    const users: LicenseUser[] = [];
    for (const membership of await reader.memberships.by('license', license.id)) {
      const account = await reader.accounts.get(membership.accountId);
      if (account) users.push(viewUser(license, account, membership));
    }
    return ok(users);
  });

const refuseAdding = (
  license: LicenseDoc,
  account: AccountDoc | undefined,
  members: readonly MembershipDoc[],
): Refusal | null => {
  if (members.length >= usersPerLicense) {
    return {
      code: 'conflict',
      detail: `This license has ${usersPerLicense} users, which is the most. Remove one first.`,
    };
  }
  if (!account) return null;
  if (account.id === license.ownerId) {
    return { code: 'conflict', detail: `${account.email} owns this license and needs no user.` };
  }
  return members.some((member) => member.accountId === account.id)
    ? { code: 'conflict', detail: `${account.email} is a user of this license already.` }
    : null;
};

/**
 * Adds a user. A new e-mail gets an account and a one-time code to hand over; somebody who has an
 * account signs in and accepts. Error: `conflict`.
 */
export const addUser = (
  deps: Deps,
  caller: AccountCaller,
  licenseId: string,
  input: LicenseUserAdd,
  key: IdempotencyKey,
): Promise<Result<LicenseUserAdded, Refusal>> =>
  changeLicense(deps, caller, licenseId, 'user.add', (tx, { license }) =>
    idempotent(deps, tx, { ...key, caller: caller.account.id }, async () => {
      const existing = await tx.accounts.first('email', input.email);
      const members = await tx.memberships.by('license', license.id);
      const refusal = refuseAdding(license, existing, members);
      if (refusal) return fail(refusal);
      const account = existing ?? newUser(deps, caller, input);
      if (!existing) tx.accounts.put(account);
      const membership: MembershipDoc = {
        id: makeId('membership', deps.now(), deps.random),
        licenseId: license.id,
        accountId: account.id,
        manage: input.manage,
        status: existing ? 'invited' : 'active',
        addedAt: deps.now(),
        addedBy: caller.account.id,
        createdAccount: !existing,
        name: input.name,
      };
      tx.memberships.put(membership);
      const code = existing ? null : await issueCode(deps, tx, account, originOf(caller));
      tx.record({
        action: 'user.add',
        target: license.id,
        outcome: 'ok',
        details: { account: account.id, manage: input.manage },
      });
      return ok({
        ...viewUser(license, account, membership),
        setPasswordCode: code?.code ?? null,
        codeExpiresAt: isoOrNull(code?.expiresAt ?? null),
      });
    }),
  );

const newUser = (deps: Deps, caller: AccountCaller, input: LicenseUserAdd): AccountDoc => ({
  id: makeId('account', deps.now(), deps.random),
  email: input.email,
  name: input.name,
  company: caller.account.role === 'operator' ? null : caller.account.company,
  phone: null,
  role: 'user',
  disabled: false,
  createdAt: deps.now(),
  createdBy: originOf(caller),
  password: null,
  totp: null,
});

const findMember = async (reader: LicetReader, license: LicenseDoc, accountId: string) => {
  const members = await reader.memberships.by('license', license.id);
  const membership = members.find((member) => member.accountId === accountId);
  const account = membership && (await reader.accounts.get(accountId));
  return membership && account ? { membership, account } : undefined;
};

/**
 * Removes a user: their sessions end at once; machines that they activated keep running. Taking an
 * invitation back ends none: whoever never accepted has nothing to do with this license.
 */
export const removeUser = (
  deps: Deps,
  caller: AccountCaller,
  licenseId: string,
  accountId: string,
): Promise<Result<null, Refusal>> =>
  changeLicense(deps, caller, licenseId, 'user.remove', async (tx, { license }) => {
    const found = await findMember(tx, license, accountId);
    if (!found) return fail(notFound('user of this license'));
    tx.memberships.delete(found.membership.id);
    if (found.membership.status === 'active') await endSessions(tx, accountId);
    tx.record({
      action: 'user.remove',
      target: license.id,
      outcome: 'ok',
      details: { account: accountId },
    });
    return ok(null);
  });

/** A new one-time code for a user whom adding created. Error: `forbidden` for any other account. */
export const renewUserCode = (
  deps: Deps,
  caller: AccountCaller,
  licenseId: string,
  accountId: string,
): Promise<Result<IssuedCode, Refusal>> =>
  changeLicense(deps, caller, licenseId, 'user.code', async (tx, { license }) => {
    const found = await findMember(tx, license, accountId);
    if (!found) return fail(notFound('user of this license'));
    const act = { action: 'user.code', target: accountId };
    const allowed =
      caller.account.role === 'operator'
        ? isMadeHere(found.account, found.membership)
        : codeAllowed(license, found.account, found.membership);
    if (!allowed) {
      tx.record({ ...act, outcome: 'forbidden' });
      return fail({
        code: 'forbidden',
        detail: `${found.account.email} has an account of their own. That person uses “Forgot password” at sign-in, and an operator issues the code.`,
      });
    }
    const code = await issueCode(deps, tx, found.account, originOf(caller));
    tx.record({ ...act, outcome: 'ok', details: { license: license.id } });
    return ok(code);
  });

/** What others offer the caller to become a user of. */
export const listInvitations = (deps: Deps, caller: AccountCaller): Promise<Invitation[]> =>
  deps.store.read(async (reader) => {
    const invitations: Invitation[] = [];
    for (const membership of await reader.memberships.by('account', caller.account.id)) {
      const license = await reader.licenses.get(membership.licenseId);
      if (membership.status !== 'invited' || !license) continue;
      const product = await reader.products.get(license.productId);
      const by = await reader.accounts.get(membership.addedBy);
      invitations.push({
        id: membership.id,
        licenseName: license.name,
        productName: product?.name ?? license.productId,
        invitedBy: by?.email ?? '',
        manage: membership.manage,
        invitedAt: iso(membership.addedAt),
      });
    }
    return invitations;
  });

const answer = (
  deps: Deps,
  caller: AccountCaller,
  id: string,
  action: 'invitation.accept' | 'invitation.decline',
  apply: (tx: LicetTransaction, membership: MembershipDoc) => Promise<Refusal | null>,
): Promise<Result<null, Refusal>> =>
  deps.store.transact(actorOf(caller), async (tx) => {
    const membership = await tx.memberships.get(id);
    if (membership?.accountId !== caller.account.id || membership.status !== 'invited') {
      return fail(notFound('open invitation'));
    }
    const refusal = await apply(tx, membership);
    tx.record({ action, target: membership.licenseId, outcome: refusal?.code ?? 'ok' });
    return refusal ? fail(refusal) : ok(null);
  });

const notYourOwn: Refusal = {
  code: 'forbidden',
  detail:
    'Your password began with a code of another owner, who may know it, so you can not accept yet. Use “Forgot password” at sign-in, set a password with the code of the operator, then accept.',
};

/**
 * Makes the caller a user of the license. An account whose password an owner's code began is as good as
 * that owner's: it may join that owner's licenses only, until an operator's code sets another password.
 * Errors: `not-found`, `forbidden`.
 */
export const acceptInvitation = (deps: Deps, caller: AccountCaller, id: string) =>
  answer(deps, caller, id, 'invitation.accept', async (tx, membership) => {
    const account = await tx.accounts.get(caller.account.id);
    const license = await tx.licenses.get(membership.licenseId);
    const origin = account?.password?.origin;
    if (!license || !origin) return notFound('open invitation');
    if (origin.startsWith('owner:') && origin !== `owner:${license.ownerId}`) return notYourOwn;
    tx.memberships.put({ ...membership, status: 'active' });
    return null;
  });

/** Deletes the invitation; the license's owner may invite again. Error: `not-found`. */
export const declineInvitation = (deps: Deps, caller: AccountCaller, id: string) =>
  answer(deps, caller, id, 'invitation.decline', async (tx, membership) => {
    tx.memberships.delete(membership.id);
    return null;
  });
