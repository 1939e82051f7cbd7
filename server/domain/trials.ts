/** Trials: their terms, and what becomes of them when the license is bought. */
import type { Entitlements } from '../../shared/api/common.ts';
import type { LicensePatch, TrialOffer } from '../../shared/api/licenses.ts';
import { trialRestrictions } from '../../shared/api/trials.ts';
import type { Refusal } from '../../shared/problems.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import { day, isoDay } from '../../shared/time.ts';
import type { LicenseDoc, ProductDoc } from './documents.ts';
import { licenseStatus } from './license-status.ts';
import { newTerms } from './policy.ts';
import { contactSentence, supportMember, type SupportSettings } from './support.ts';

/** What a trial of the product permits: the template's, the offer's, and never what no trial permits. */
export const trialEntitlements = (product: ProductDoc, offer: TrialOffer): Entitlements => ({
  ...product.template.entitlements,
  ...offer.entitlements,
  ...Object.fromEntries(Object.keys(trialRestrictions).map((name) => [name, false])),
});

/** The sentences for what a trial leaves out. */
export const restrictionTexts: readonly string[] = Object.values(trialRestrictions);

/** Why this owner can't start a trial of the product; null when they can. */
export const refuseTrial = (
  product: ProductDoc | undefined,
  before: LicenseDoc | undefined,
  now: number,
  support: SupportSettings,
): Refusal | null => {
  if (!product?.trial) {
    return {
      code: 'not-found',
      detail: `This product offers no trial. ${contactSentence(support)}`,
      extra: supportMember(support),
    };
  }
  if (!before) return null;
  const ended = before.expiresAt !== null && licenseStatus(before, now) === 'expired';
  const until = before.expiresAt === null ? '' : isoDay(before.expiresAt);
  const text =
    before.type !== 'trial'
      ? `Your trial of ${product.name} has become the license “${before.name}”.`
      : ended
        ? `Your trial of ${product.name} ended on ${until}, and there is one a product. Buy a license to go on: what is activated stays activated. ${contactSentence(support)}`
        : `You have a trial of ${product.name} already, until ${until}. Go on with it: licet trial open ${product.id}.`;
  return {
    code: 'conflict',
    detail: text,
    extra: { licenseId: before.id, ...supportMember(support) },
  };
};

/** The terms of a trial that starts now. It ends by its day, without grace. */
export const trialTerms = (product: ProductDoc, offer: TrialOffer, now: number) => {
  const name = `${product.name} trial`.slice(0, 120);
  const input = {
    type: 'trial' as const,
    maxActivations: offer.maxActivations,
    expiresAt: new Date(now + offer.days * day).toISOString(),
    graceDays: 0,
  };
  const terms = newTerms(input, product, now);
  return terms.ok
    ? ok({ ...terms.value, name, entitlements: trialEntitlements(product, offer) })
    : terms;
};

/**
 * A trial that is bought: what the patch doesn't say comes from the product's template, as for a new
 * license, instead of from the trial. Machines that are active stay so.
 */
export const purchase = (
  license: LicenseDoc,
  product: ProductDoc | undefined,
  patch: LicensePatch,
  now: number,
): Result<LicensePatch, Refusal> => {
  const { type } = patch;
  if (license.type !== 'trial' || type === undefined || type === 'trial') return ok(patch);
  if (!product) return fail({ code: 'not-found', detail: 'The product of this trial is gone.' });
  const terms = newTerms(patch, product, now);
  if (!terms.ok) return terms;
  const { expiresAt, maxActivations, graceDays, entitlements, policy } = terms.value;
  return ok({
    ...patch,
    name: patch.name ?? license.name.replace(/ trial$/u, ''),
    expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
    maxActivations,
    graceDays,
    entitlements,
    policy,
  });
};
