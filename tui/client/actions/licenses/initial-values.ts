/** What the form to change something starts with: the values that it has now, as texts of the fields. */
import { License, Product, type Policy } from '../../../../shared/api/licenses.ts';
import type { Values } from '../action.ts';
import { editingOf } from '../editing.ts';
import { entitlementText } from './terms.ts';

/** A member that is not there leaves its field empty. */
const shown = (value: number | string | undefined): string =>
  value === undefined ? '' : String(value);

const orUnlimited = (value: number | null | undefined): string =>
  value === null ? 'unlimited' : shown(value);

const policyValues = (policy: {
  readonly [K in keyof Policy]?: Policy[K] | undefined;
}): Values => ({
  seats: policy.floating === undefined ? '' : policy.floating ? 'floating' : 'bound',
  leaseHours: shown(policy.leaseHours),
  checkInMinutes: shown(policy.checkInMinutes),
  resetsPerYear: orUnlimited(policy.resetsPerYear),
  offlineDays: shown(policy.offlineDays),
});

/** `2027-12-31` for the end of that day, else the exact time; `never`. */
const expiryText = (expiresAt: string | null): string =>
  expiresAt === null ? 'never' : expiresAt.replace(/T23:59:59\.000Z$/u, '');

/** A license, for the actions that change it. */
export const editingLicense = editingOf(License, (license) => ({
  name: license.name,
  type: license.type,
  expiresAt: expiryText(license.expiresAt),
  graceDays: shown(license.graceDays),
  entitlements: entitlementText(license.entitlements),
  ...policyValues(license.policy),
}));

/** A product, with its template and trial. */
export const editingProduct = editingOf(Product, ({ name, template, trial }) => ({
  name,
  type: shown(template.type),
  maxActivations: orUnlimited(template.maxActivations),
  days: shown(template.days),
  graceDays: shown(template.graceDays),
  ...policyValues(template),
  entitlements: entitlementText(template.entitlements ?? {}),
  ...(trial
    ? {
        trialDays: shown(trial.days),
        trialActivations: orUnlimited(trial.maxActivations),
        trialEntitlements: entitlementText(trial.entitlements),
        trialUrl: trial.url ?? '',
      }
    : {}),
}));
