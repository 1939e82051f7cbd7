/** Entitlements of licenses against those that their product names. */
import type { Entitlements } from '../../shared/api/common.ts';
import { trialRestrictions } from '../../shared/api/trials.ts';
import type { Refusal } from '../../shared/problems.ts';
import type { ProductDoc } from './documents.ts';

type Value = Entitlements[string];

const kindNames = { boolean: 'a flag', number: 'a number', string: 'a text' } as const;
const kindOf = (value: Value): string => kindNames[typeof value as keyof typeof kindNames];

/** What is wrong with one; null when it fits. Trials set what every trial leaves out, as flags. */
const faultOf = (
  named: Entitlements,
  name: string,
  value: Value,
  product: ProductDoc,
): string | null => {
  const pattern = named[name] ?? (Object.hasOwn(trialRestrictions, name) ? false : undefined);
  if (pattern === undefined) {
    const known = Object.entries(named).map(([one, kind]) => `${one} (${kindOf(kind)})`);
    return `The product ${product.id} has no entitlement “${name}”. It has: ${known.join(', ')}.`;
  }
  return typeof pattern === typeof value
    ? null
    : `The entitlement “${name}” of ${product.id} is ${kindOf(pattern)}, not ${kindOf(value)}.`;
};

/**
 * The refusal of entitlements that the product doesn't name, or names as another kind; null when all
 * fit. The template says names and kinds; a product whose template names none takes any. What a license
 * has already (`before`) stays as it is. Error: `invalid-request`.
 */
export const refuseEntitlements = (
  product: ProductDoc,
  entitlements: Entitlements,
  before: Entitlements = {},
): Refusal | null => {
  const named = product.template.entitlements ?? {};
  if (Object.keys(named).length === 0) return null;
  const faults = Object.entries(entitlements)
    .filter(([name, value]) => before[name] !== value)
    .map(([name, value]) => faultOf(named, name, value, product))
    .filter((fault) => fault !== null);
  const [first] = faults;
  if (first === undefined) return null;
  return {
    code: 'invalid-request',
    detail: first,
    extra: { errors: faults.map((message) => ({ field: 'entitlements', message })) },
  };
};
