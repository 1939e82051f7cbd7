/**
 * Reaching a license: what the caller is to it decides what may be done. Somebody else's license
 * answers like one that does not exist, and the try is journaled.
 */
import type { Relation } from '../../shared/api/licenses.ts';
import type { Refusal } from '../../shared/problems.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import type { LicenseDoc } from '../domain/documents.ts';
import {
  may,
  relationOf,
  roleMay,
  type LicenseAction,
  type RoleAction,
} from '../domain/permissions.ts';
import { actorOf, type AccountCaller, note } from './caller.ts';
import type { Deps, LicetReader, LicetTransaction } from './deps.ts';

export type { RoleAction } from '../domain/permissions.ts';

export interface Access {
  readonly license: LicenseDoc;
  readonly relation: Relation;
}

/** The refusal of an id that is unknown or another tenant's: both read alike. `what` is its kind. */
export const notFound = (what: string): Refusal => ({
  code: 'not-found',
  detail: `There is no ${what} with this id, or it is not yours. List them to see which there are.`,
});

/** The caller's membership of a license, if any. */
const membershipOf = async (reader: LicetReader, accountId: string, licenseId: string) =>
  (await reader.memberships.by('account', accountId)).find(
    (membership) => membership.licenseId === licenseId,
  );

/** What the caller is to the license; null for nothing. */
export const relationTo = async (
  reader: LicetReader,
  caller: Pick<AccountCaller, 'account'>,
  license: LicenseDoc,
): Promise<Relation | null> =>
  relationOf(caller.account, license, await membershipOf(reader, caller.account.id, license.id));

const denied: Record<Relation, string> = {
  operator: 'an operator',
  owner: 'its owner',
  manager: 'a user who may manage it',
  user: 'a user',
};

interface Denial {
  readonly refusal: Refusal;
  /** Whether the license exists: then the try goes into the journal. */
  readonly known: boolean;
}

const reach = async (
  reader: LicetReader,
  caller: AccountCaller,
  id: string,
  action: LicenseAction,
): Promise<Result<Access, Denial>> => {
  const license = await reader.licenses.get(id);
  if (!license) return fail({ refusal: notFound('license'), known: false });
  const relation = await relationTo(reader, caller, license);
  if (!relation) return fail({ refusal: notFound('license'), known: true });
  if (may(relation, action)) return ok({ license, relation });
  const detail = `You are ${denied[relation]} of this license and may not do this. Ask its owner.`;
  return fail({ refusal: { code: 'forbidden', detail }, known: true });
};

const journalDenial = async (
  deps: Deps,
  caller: AccountCaller,
  id: string,
  action: LicenseAction,
  refusal: Refusal,
): Promise<void> => {
  if (deps.store.status().state === 'read-only') return;
  await note(deps.store, actorOf(caller), { action, target: id, outcome: refusal.code });
};

/** Reads a license that the caller may reach. */
export const readLicense = async <T>(
  deps: Deps,
  caller: AccountCaller,
  id: string,
  action: LicenseAction,
  work: (reader: LicetReader, access: Access) => Promise<Result<T, Refusal>>,
): Promise<Result<T, Refusal>> => {
  let denial: Denial | undefined;
  const result = await deps.store.read(async (reader) => {
    const access = await reach(reader, caller, id, action);
    denial = access.ok ? undefined : access.error;
    return access.ok ? work(reader, access.value) : fail(access.error.refusal);
  });
  if (denial?.known) await journalDenial(deps, caller, id, action, denial.refusal);
  return result;
};

/** Changes something of a license that the caller may reach, in one transaction. */
export const changeLicense = <T>(
  deps: Deps,
  caller: AccountCaller,
  id: string,
  action: LicenseAction,
  work: (tx: LicetTransaction, access: Access) => Promise<Result<T, Refusal>>,
): Promise<Result<T, Refusal>> =>
  deps.store.transact(actorOf(caller), async (tx) => {
    const access = await reach(tx, caller, id, action);
    if (access.ok) return work(tx, access.value);
    const { refusal, known } = access.error;
    if (known) tx.record({ action, target: id, outcome: refusal.code });
    return fail(refusal);
  });

const operatorsOnly: Refusal = {
  code: 'forbidden',
  detail: 'Only an operator of this server may do this. Ask one.',
};

/** Why the role of the caller's account may not do this; null when it may. */
export const refuseRole = (caller: AccountCaller, action: RoleAction): Refusal | null =>
  roleMay(caller.account.role, action) ? null : operatorsOnly;
