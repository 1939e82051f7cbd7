/** Trials: what a product lets be tried, and what a trial leaves out. */
import { z } from 'zod';
import { Entitlements, Timestamp } from './common.ts';
import { License, LicenseStatus, ProductId } from './licenses.ts';

/** What no trial permits: these entitlements are false in every one. */
export const trialRestrictions = {
  userManagement: 'No user management',
  systemConfiguration: 'No system configuration',
  uploads: 'No uploads',
} as const;

export const TrialStart = z.object({ product: ProductId }).meta({ id: 'TrialStart' });
export type TrialStart = z.infer<typeof TrialStart>;

/** Where the product can be tried at once: signed in, once, within a minute. */
export const TrialLogin = z
  .object({
    url: z.string(),
    /** Leads to `url`, once; short enough for a QR code. */
    shortUrl: z.string(),
    expiresAt: Timestamp,
  })
  .meta({ id: 'TrialLogin' });
export type TrialLogin = z.infer<typeof TrialLogin>;

/** The trial's license; `url` where the operator runs an instance of the product for trials. */
export const TrialStarted = z
  .object({
    license: License,
    url: z.string().optional(),
    shortUrl: z.string().optional(),
    urlExpiresAt: Timestamp.optional(),
    /** What the trial leaves out, to be shown. */
    restrictions: z.array(z.string()),
  })
  .meta({ id: 'TrialStarted' });
export type TrialStarted = z.infer<typeof TrialStarted>;

/** A product that can be tried, and the caller's trial of it, if there was one. */
export const TrialEntry = z
  .object({
    product: z.string(),
    productName: z.string(),
    days: z.number().int(),
    maxActivations: z.number().int().nullable(),
    entitlements: Entitlements,
    restrictions: z.array(z.string()),
    /** Whether there is an instance to which one is taken. */
    online: z.boolean(),
    trial: z
      .object({
        licenseId: z.string(),
        status: LicenseStatus,
        expiresAt: Timestamp.nullable(),
        /** It has become a purchased license. */
        purchased: z.boolean(),
      })
      .nullable(),
  })
  .meta({ id: 'TrialEntry' });
export type TrialEntry = z.infer<typeof TrialEntry>;
export const TrialList = z.object({ items: z.array(TrialEntry) }).meta({ id: 'TrialList' });
