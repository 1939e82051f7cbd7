/** Who may do what with a license: the one table of relations and actions. */
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

export const may = (relation: Relation, action: LicenseAction): boolean =>
  licenseActions[action].includes(relation);

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
