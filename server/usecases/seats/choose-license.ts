/** Which license an activation is for: the one named, or the only one that fits. */
import type { ChoiceRequired } from '../../../shared/api/activations.ts';
import type { Refusal } from '../../../shared/problems.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import type { AccountDoc, LicenseDoc } from '../../domain/documents.ts';
import { licenseStatus } from '../../domain/license-status.ts';
import type { LicetReader } from '../deps.ts';

/** The licenses that the account owns or is a user of. */
export const licensesOf = async (
  reader: LicetReader,
  accountId: string,
): Promise<readonly LicenseDoc[]> => {
  const owned = await reader.licenses.by('owner', accountId);
  const memberships = await reader.memberships.by('account', accountId);
  const used = await Promise.all(
    memberships
      .filter((membership) => membership.status === 'active')
      .map((membership) => reader.licenses.get(membership.licenseId)),
  );
  const known = new Set(owned.map((license) => license.id));
  return [...owned, ...used.filter((license) => license !== undefined && !known.has(license.id))]
    .filter((license) => license !== undefined)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
};

/** So many are named in a sentence; `choices` has all of them. */
const namedAtMost = 10;

const showChoices = (licenses: readonly LicenseDoc[]): string => {
  const named = licenses.slice(0, namedAtMost).map(({ name, id }) => `“${name}” (${id})`);
  const more = licenses.length - named.length;
  return `${named.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
};

const choiceRequired = (licenses: readonly LicenseDoc[]): Refusal => {
  const extra: ChoiceRequired = {
    choices: licenses.map((license) => ({
      id: license.id,
      name: license.name,
      product: license.productId,
    })),
  };
  return {
    code: 'license-choice-required',
    detail: `These credentials fit several licenses: ${showChoices(licenses)}. Name one as licenseId, or activate with a user of just that license.`,
    extra,
  };
};

/** The license that `wanted` names, by id or by a name that only one has; without it the only one that is valid. */
export const chooseLicense = async (
  reader: LicetReader,
  account: AccountDoc,
  wanted: string | undefined,
  now: number,
): Promise<Result<LicenseDoc, Refusal>> => {
  const all = await licensesOf(reader, account.id);
  const valid = all.filter((license) => ['active', 'grace'].includes(licenseStatus(license, now)));
  const fitting =
    wanted === undefined
      ? valid.length > 0
        ? valid
        : all
      : all.filter((license) => license.id === wanted || license.name === wanted);
  const [first, ...others] = fitting;
  if (first && others.length === 0) return ok(first);
  if (first) return fail(choiceRequired(fitting));
  return fail({
    code: 'not-found',
    detail:
      wanted === undefined
        ? 'No license belongs to these credentials. Ask the vendor or the license owner.'
        : `These credentials don't fit a license “${wanted}”. ${all.length > 0 ? `They fit ${showChoices(all)}.` : 'They fit none.'}`,
  });
};
