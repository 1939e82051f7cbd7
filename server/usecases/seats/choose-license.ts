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

/** The refusal of a product that none of these licenses is for. */
export const wrongProduct = (product: string, licenses: readonly LicenseDoc[]): Refusal => ({
  code: 'wrong-product',
  detail: `These credentials are not for the product “${product}”: ${licenses
    .slice(0, namedAtMost)
    .map(({ name, productId }) => `“${name}” is for “${productId}”`)
    .join(', ')}. Use the license of “${product}”.`,
});

/** What an account asks for when it activates. */
export interface Wanted {
  /** An id, or a name that only one license has; without it the only one that is valid. */
  readonly licenseId: string | undefined;
  /** Only licenses of this product; without it, of any. */
  readonly product: string | undefined;
}

/** The license of the account that is wanted. Errors: `wrong-product`, `license-choice-required`, `not-found`. */
export const chooseLicense = async (
  reader: LicetReader,
  account: AccountDoc,
  { licenseId: wanted, product }: Wanted,
  now: number,
): Promise<Result<LicenseDoc, Refusal>> => {
  const ofAccount = await licensesOf(reader, account.id);
  const named = ofAccount.filter(
    ({ id, name }) => wanted === undefined || id === wanted || name === wanted,
  );
  if (product !== undefined && named.length > 0 && named.every((one) => one.productId !== product))
    return fail(wrongProduct(product, named));
  const all = ofAccount.filter((one) => product === undefined || one.productId === product);
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
