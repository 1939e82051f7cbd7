/** What a license starts with: what was asked for, else its product's template, else these defaults. */
import type { LicenseCreate, Policy, Template } from '../../shared/api/licenses.ts';
import type { Refusal } from '../../shared/problems.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import { day } from '../../shared/time.ts';
import type { LicenseDoc, ProductDoc } from './documents.ts';
import { refuseEntitlements } from './entitlements.ts';

const defaultDays = { subscription: 365, trial: 30 } as const;

const defaultPolicy: Policy = {
  floating: false,
  leaseHours: 72,
  checkInMinutes: 60,
  resetsPerYear: null,
  offlineDays: 180,
};

/** The members of `from` that are given. */
const given = <T extends object>(from: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(from).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

const policyFields = Object.keys(defaultPolicy) as (keyof Policy)[];

const policyOf = (template: Template): Partial<Policy> =>
  given(Object.fromEntries(policyFields.map((field) => [field, template[field]])));

/** Policy with the given members changed. */
export const mergePolicy = (
  policy: Policy,
  change: { [K in keyof Policy]?: Policy[K] | undefined } | undefined,
): Policy => ({ ...policy, ...given(change ?? {}) });

/** Perpetual licenses have no end; the others have one. */
export const endOf = (
  type: LicenseDoc['type'],
  expiresAt: number | null | undefined,
  templateDays: number | undefined,
  now: number,
): Result<number | null, Refusal> => {
  if (type !== 'perpetual') return ok(expiresAt ?? now + (templateDays ?? defaultDays[type]) * day);
  if (typeof expiresAt !== 'number') return ok(null);
  return fail({
    code: 'invalid-request',
    detail: 'A perpetual license does not expire: leave expiresAt out, or make it a subscription.',
    extra: { errors: [{ field: 'expiresAt', message: 'a perpetual license does not expire' }] },
  });
};

export type Terms = Pick<
  LicenseDoc,
  'type' | 'maxActivations' | 'expiresAt' | 'graceDays' | 'entitlements' | 'policy'
>;

/** What is asked for of the terms of a new license; the rest comes from its product's template. */
export type TermsWanted = Omit<LicenseCreate, 'ownerEmail' | 'name' | 'product'>;

const endWanted = (input: TermsWanted, { template }: ProductDoc, now: number) => {
  const type = input.type ?? template.type ?? 'subscription';
  const expiresAt = typeof input.expiresAt === 'string' ? Date.parse(input.expiresAt) : null;
  return { type, end: endOf(type, expiresAt, template.days, now) };
};

/** All refusals of the terms, for who corrects them at once. */
export const refuseTerms = (
  input: TermsWanted,
  product: ProductDoc,
  now: number,
): readonly Refusal[] => {
  const { end } = endWanted(input, product, now);
  const misfit = refuseEntitlements(product, input.entitlements ?? {});
  return [...(end.ok ? [] : [end.error]), ...(misfit ? [misfit] : [])];
};

/** The terms of a new license; the first refusal of `refuseTerms` where there is one. */
export const newTerms = (
  input: TermsWanted,
  product: ProductDoc,
  now: number,
): Result<Terms, Refusal> => {
  const { template } = product;
  const { type, end } = endWanted(input, product, now);
  if (!end.ok) return end;
  const misfit = refuseEntitlements(product, input.entitlements ?? {});
  if (misfit) return fail(misfit);
  return ok({
    type,
    expiresAt: end.value,
    maxActivations:
      input.maxActivations === undefined ? (template.maxActivations ?? 1) : input.maxActivations,
    graceDays: input.graceDays ?? template.graceDays ?? 0,
    entitlements: { ...template.entitlements, ...input.entitlements },
    policy: mergePolicy({ ...defaultPolicy, ...policyOf(template) }, input.policy),
  });
};
