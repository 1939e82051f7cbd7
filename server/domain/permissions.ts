/**
 * Who may do what: the one place that says so. What is about a license goes by what somebody is to it,
 * all else by the role of their account. What is in neither table is about one's own account, or public.
 */
import type { Role } from '../../shared/api/accounts.ts';
import type { Relation } from '../../shared/api/licenses.ts';
import type { AccountDoc, LicenseDoc, MembershipDoc } from './documents.ts';

const everyone: readonly Relation[] = ['operator', 'owner', 'manager', 'user'];
const managing: readonly Relation[] = ['operator', 'owner', 'manager'];
const owning: readonly Relation[] = ['operator', 'owner'];
const operating: readonly Relation[] = ['operator'];

export const licenseActions = {
  'license.read': everyone,
  'activation.list': everyone,
  'activation.release': managing,
  'activation.reset': managing,
  'user.list': owning,
  'user.add': owning,
  'user.remove': owning,
  'user.code': owning,
  'offline-key.list': everyone,
  'offline-key.read': managing,
  'offline-key.issue': managing,
  'offline-key.renew': managing,
  'offline-key.return': managing,
  'offline-key.lost': managing,
  'offline-key.write-off': operating,
  'license.change': operating,
  'license.rotate-key': operating,
} as const satisfies Record<string, readonly Relation[]>;

export type LicenseAction = keyof typeof licenseActions;

/** Whether somebody who is this to a license may do that with it. */
export const may = (relation: Relation, action: LicenseAction): boolean =>
  licenseActions[action].includes(relation);

const operators: readonly Role[] = ['operator'];
const owners: readonly Role[] = ['operator', 'owner'];

export const roleActions = {
  'account.list': operators,
  'account.create': operators,
  'account.change': operators,
  'password.code': operators,
  'password.list-requests': operators,
  'product.list': operators,
  'product.create': operators,
  'product.change': operators,
  'product.snippet': operators,
  'license.list-all': operators,
  'license.create': operators,
  'license.import': operators,
  'license.operate': operators,
  'release.list-all': operators,
  'release.download-all': operators,
  'release.publish': operators,
  'release.withdraw': operators,
  'event.see-all': operators,
  'journal.read': operators,
  'search.all': operators,
  'backup.make': operators,
  'trial.start': owners,
} as const satisfies Record<string, readonly Role[]>;

export type RoleAction = keyof typeof roleActions;

/** Whether an account of this role may do what is about no license. */
export const roleMay = (role: Role, action: RoleAction): boolean =>
  roleActions[action].includes(role);

/** What an account is to a license; null when it is nothing to it, and may not learn that it exists. */
export const relationOf = (
  account: AccountDoc,
  license: LicenseDoc,
  membership: MembershipDoc | undefined,
): Relation | null => {
  if (account.role === 'operator') return 'operator';
  if (license.ownerId === account.id) return 'owner';
  if (membership?.status !== 'active') return null;
  return membership.manage ? 'manager' : 'user';
};

/** The accounts that are something to a license by themselves, which operators are to every one. */
export const peopleOf = (
  license: LicenseDoc,
  memberships: readonly MembershipDoc[],
): readonly string[] => [
  license.ownerId,
  ...memberships.filter(({ status }) => status === 'active').map(({ accountId }) => accountId),
];
