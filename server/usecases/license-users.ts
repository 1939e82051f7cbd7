/** The people on a license: adding, removing, codes, and invitations of those who have an account. */
import type {
  Invitation,
  LicenseUser,
  LicenseUserAdd,
  LicenseUserAdded,
} from '../../shared/api/licenses.ts';
import { makeId } from '../../shared/ids.ts';
import type { Refusal } from '../../shared/problems.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import type { AccountDoc, CodeOrigin, LicenseDoc, MembershipDoc } from '../domain/documents.ts';
import { changeLicense, notFound, readLicense } from './access.ts';
import { actorOf, type AccountCaller } from './caller.ts';
import { issueCode, type IssuedCode } from './codes.ts';
import type { Deps, LicetReader, LicetTransaction } from './deps.ts';
import { idempotent, type IdempotencyKey } from './idempotency.ts';
import { endSessions } from './sign-in.ts';
import { iso, isoOrNull, viewAccount } from './views.ts';

const usersPerLicense = 200;

/** The code's origin: an operator's is trusted further than an owner's. */
const originOf = (caller: AccountCaller): CodeOrigin =>
  caller.account.role === 'operator' ? 'operator' : `owner:${caller.account.id}`;

/** Only for the account that adding this user created, and only until it sets its own course. */
const codeAllowed = (account: AccountDoc, membership: MembershipDoc): boolean =>
  membership.createdAccount && account.role === 'user' && !account.disabled;

const viewUser = (account: AccountDoc, membership: MembershipDoc): LicenseUser => {
  const { id, email, name, status } = viewAccount(account);
  return {
    account: { id, email, name, status },
    manage: membership.manage,
    status: membership.status,
    addedAt: iso(membership.addedAt),
    codeAllowed: codeAllowed(account, membership),
  };
};

/** The users of a license, in the order in which they were added. */
export const listUsers = (deps: Deps, caller: AccountCaller, licenseId: string) =>
  readLicense(deps, caller, licenseId, 'user.list', async (reader, { license }) => {
    const users: LicenseUser[] = [];
    for (const membership of await reader.memberships.by('license', license.id)) {
      const account = await reader.accounts.get(membership.accountId);
      if (account) users.push(viewUser(account, membership));
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
        ...viewUser(account, membership),
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

/** Removes a user: their sessions end at once; machines that they activated keep running. */
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
    await endSessions(deps, tx, accountId);
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
    if (!codeAllowed(found.account, found.membership)) {
      tx.record({ ...act, outcome: 'forbidden' });
      return fail({
        code: 'forbidden',
        detail: `${found.account.email} had an account before. That person uses “Forgot password” at sign-in, and an operator issues the code.`,
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
  apply: (tx: LicetTransaction, membership: MembershipDoc) => void,
): Promise<Result<null, Refusal>> =>
  deps.store.transact(actorOf(caller), async (tx) => {
    const membership = await tx.memberships.get(id);
    if (membership?.accountId !== caller.account.id || membership.status !== 'invited') {
      return fail(notFound('open invitation'));
    }
    apply(tx, membership);
    tx.record({ action, target: membership.licenseId, outcome: 'ok' });
    return ok(null);
  });

export const acceptInvitation = (deps: Deps, caller: AccountCaller, id: string) =>
  answer(deps, caller, id, 'invitation.accept', (tx, membership) => {
    tx.memberships.put({ ...membership, status: 'active' });
  });

export const declineInvitation = (deps: Deps, caller: AccountCaller, id: string) =>
  answer(deps, caller, id, 'invitation.decline', (tx, membership) => {
    tx.memberships.delete(membership.id);
  });
