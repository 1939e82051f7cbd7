/** Products, licenses, the people on them, and resets. */
import { z } from 'zod';
import { isLoopback } from '../loopback.ts';
import { Account } from './accounts.ts';
import { Email, Entitlements, LicenseType, line, pageOf, Timestamp, Version } from './common.ts';
import { ExpiryNotice } from '../expiry.ts';

/** How a license behaves; a product's template gives the defaults. */
export const Policy = z
  .object({
    /** Floating: a seat is held until the last check-in plus the lease, not until it is released. */
    floating: z.boolean(),
    leaseHours: z.number().int().min(1).max(8760),
    checkInMinutes: z.number().int().min(1).max(525_600),
    /** Null: as many as the rule on live leases allows. */
    resetsPerYear: z.number().int().min(0).max(1000).nullable(),
    offlineDays: z.number().int().min(1).max(3650),
  })
  .meta({ id: 'Policy' });
export type Policy = z.infer<typeof Policy>;

const maxActivations = z.number().int().min(1).max(1_000_000).nullable();
const graceDays = z.number().int().min(0).max(365);

/** What a new license of a product starts with. */
export const Template = Policy.partial()
  .extend({
    type: LicenseType.optional(),
    maxActivations: maxActivations.optional(),
    /** Days that a new subscription or trial lasts. */
    days: z.number().int().min(1).max(3650).optional(),
    graceDays: graceDays.optional(),
    entitlements: Entitlements.optional(),
  })
  .meta({ id: 'Template' });
export type Template = z.infer<typeof Template>;

/** An address of the web: encrypted, but for one on the same machine. */
export const WebUrl = z
  .url({ protocol: /^https?$/u, error: 'must be an address such as https://try.example.com' })
  .max(500)
  .refine((text) => {
    // What is no address at all was refused above, and still comes by here.
    if (!URL.canParse(text)) return true;
    const { protocol, hostname, username } = new URL(text);
    return username === '' && (protocol === 'https:' || isLoopback(hostname));
  }, 'must begin with https:// and carry no password');

/** How a product may be tried; products without it offer no trial. */
export const TrialOffer = z
  .object({
    days: z.number().int().min(1).max(365),
    maxActivations,
    /** Beside those of the template; what no trial permits is false in any case. */
    entitlements: Entitlements,
    /** An instance of the product that takes owners in with a login token. */
    url: z.string().nullable(),
  })
  .meta({ id: 'TrialOffer' });
export type TrialOffer = z.infer<typeof TrialOffer>;

/** An offer as an operator makes it: two weeks on one machine, unless told. */
export const TrialOfferRequest = TrialOffer.extend({
  days: TrialOffer.shape.days.default(14),
  maxActivations: maxActivations.default(1),
  entitlements: Entitlements.default({}),
  url: WebUrl.nullable().default(null),
}).meta({ id: 'TrialOfferRequest' });

export const ProductId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/u, 'must be lower-case letters, digits, dots and dashes')
  .meta({ id: 'ProductId' });

export const Product = z
  .object({
    id: z.string(),
    name: z.string(),
    template: Template,
    trial: TrialOffer.nullable(),
    createdAt: Timestamp,
    version: Version,
  })
  .meta({ id: 'Product' });
export type Product = z.infer<typeof Product>;
export const ProductPage = pageOf(Product, 'ProductPage');
export const ProductCreate = z
  .object({
    id: ProductId,
    name: line(120),
    template: Template.optional(),
    trial: TrialOfferRequest.nullable().optional(),
  })
  .meta({ id: 'ProductCreate' });
export type ProductCreate = z.infer<typeof ProductCreate>;
/** Template and trial are replaced as a whole; licenses that exist keep their terms. */
export const ProductPatch = ProductCreate.omit({ id: true }).partial().meta({ id: 'ProductPatch' });
export type ProductPatch = z.infer<typeof ProductPatch>;

/** What a product embeds to be licensed here: public keys only, safe to ship. */
export const Snippet = z
  .object({
    product: z.string(),
    productName: z.string(),
    server: z.string(),
    /** Public root keys, base64url. */
    roots: z.array(z.string()),
  })
  .meta({ id: 'Snippet' });
export type Snippet = z.infer<typeof Snippet>;

/** `grace`: past its expiration, still permitted. */
export const LicenseStatus = z
  .enum(['active', 'grace', 'expired', 'suspended', 'revoked'])
  .meta({ id: 'LicenseStatus' });
export type LicenseStatus = z.infer<typeof LicenseStatus>;

/** What the caller is to the license; `manager` is a user with `manage`. */
export const Relation = z.enum(['operator', 'owner', 'manager', 'user']).meta({ id: 'Relation' });
export type Relation = z.infer<typeof Relation>;

export const License = z
  .object({
    id: z.string(),
    name: z.string(),
    product: z.string(),
    productName: z.string(),
    type: LicenseType,
    maxActivations: maxActivations,
    /** Seats held now, online and offline. */
    counter: z.number().int(),
    /** Of these, seats held by offline keys. */
    offline: z.number().int(),
    /** Offline keys that were ever given back. Many of one machine may be a snapshot put back again and again. */
    giveBacks: z.number().int(),
    status: LicenseStatus,
    /** Why it is suspended or revoked. */
    reason: z.string().nullable(),
    expiresAt: Timestamp.nullable(),
    graceDays,
    graceEndsAt: Timestamp.nullable(),
    /** What its products are told too: the end in 30, 7 or 1 days, or grace. */
    warning: z.string().nullable(),
    /** The same for programs; null together with `warning`. */
    notice: ExpiryNotice.nullable(),
    entitlements: Entitlements,
    policy: Policy,
    owner: z.object({ id: z.string(), email: z.string(), name: z.string() }),
    relation: Relation,
    /** The machine that was refused a seat last, in the last day; null when it got one since. */
    refused: z.object({ hostname: z.string(), at: Timestamp, code: z.string() }).nullable(),
    createdAt: Timestamp,
    version: Version,
  })
  .meta({ id: 'License' });
export type License = z.infer<typeof License>;
export const LicensePage = pageOf(License, 'LicensePage');

export const LicenseCreate = z
  .object({
    ownerEmail: Email,
    name: line(120),
    product: ProductId,
    type: LicenseType.optional(),
    maxActivations: maxActivations.optional(),
    expiresAt: Timestamp.nullable().optional(),
    graceDays: graceDays.optional(),
    entitlements: Entitlements.optional(),
    policy: Policy.partial().optional(),
  })
  .meta({ id: 'LicenseCreate' });
export type LicenseCreate = z.infer<typeof LicenseCreate>;

/** The license key is shown here once; only its hash is kept. */
export const LicenseCreated = License.extend({ licenseKey: z.string() }).meta({
  id: 'LicenseCreated',
});
export type LicenseCreated = z.infer<typeof LicenseCreated>;
export const LicenseKey = z.object({ licenseKey: z.string() }).meta({ id: 'LicenseKey' });

export const LicensePatch = z
  .object({
    name: line(120).optional(),
    type: LicenseType.optional(),
    maxActivations: maxActivations.optional(),
    expiresAt: Timestamp.nullable().optional(),
    graceDays: graceDays.optional(),
    entitlements: Entitlements.optional(),
    policy: Policy.partial().optional(),
    status: z.enum(['active', 'suspended', 'revoked']).optional(),
    reason: line(300).optional(),
    ownerEmail: Email.optional(),
    dryRun: z.boolean().optional(),
  })
  .meta({ id: 'LicensePatch' });
export type LicensePatch = z.infer<typeof LicensePatch>;

/** A machine that a reset, release or lowering touches. */
export const TouchedMachine = z
  .object({
    id: z.string(),
    fingerprint: z.string(),
    hostname: z.string(),
    lastSeenAt: Timestamp.nullable(),
    /** It holds a lease that is not over: it runs on, and takes a seat at its next check-in if one is free. */
    running: z.boolean(),
  })
  .meta({ id: 'TouchedMachine' });
export type TouchedMachine = z.infer<typeof TouchedMachine>;

/** The answer of a change: the license as it is now, or as it would be (`dryRun`), and the machines that lose their seat. */
export const LicenseChanged = License.extend({ hit: z.array(TouchedMachine) }).meta({
  id: 'LicenseChanged',
});
export type LicenseChanged = z.infer<typeof LicenseChanged>;

export const ResetRequest = z
  .object({
    dryRun: z.boolean().optional(),
    /** Only machines unseen for so many days. */
    unseenDays: z.number().int().min(0).max(3650).optional(),
  })
  .meta({ id: 'ResetRequest' });
export type ResetRequest = z.infer<typeof ResetRequest>;

export const ResetDone = z
  .object({
    counter: z.number().int(),
    offline: z.number().int(),
    released: z.array(TouchedMachine),
    /** A signed statement that names the machines; null for a dry run. */
    receipt: z.string().nullable(),
  })
  .meta({ id: 'ResetDone' });
export type ResetDone = z.infer<typeof ResetDone>;

export const LicenseUser = z
  .object({
    account: Account.pick({ id: true, email: true, name: true, status: true }),
    manage: z.boolean(),
    /** `invited`: an existing account that has not accepted yet. */
    status: z.enum(['invited', 'active']),
    addedAt: Timestamp,
    /** Whether the owner may issue a new code: only for the account that this owner created, until an operator's code sets its password. */
    codeAllowed: z.boolean(),
  })
  .meta({ id: 'LicenseUser' });
export type LicenseUser = z.infer<typeof LicenseUser>;
export const LicenseUserPage = pageOf(LicenseUser, 'LicenseUserPage');
export const LicenseUserAdd = z
  .object({ email: Email, name: line(120), manage: z.boolean().default(false) })
  .meta({ id: 'LicenseUserAdd' });
export type LicenseUserAdd = z.infer<typeof LicenseUserAdd>;
/** `setPasswordCode` is null where the e-mail already had an account: that person signs in and accepts. */
export const LicenseUserAdded = LicenseUser.extend({
  setPasswordCode: z.string().nullable(),
  codeExpiresAt: Timestamp.nullable(),
}).meta({ id: 'LicenseUserAdded' });
export type LicenseUserAdded = z.infer<typeof LicenseUserAdded>;

/** An offer to become a user of a license, for the account that it is made to. */
export const Invitation = z
  .object({
    id: z.string(),
    licenseName: z.string(),
    productName: z.string(),
    invitedBy: z.string(),
    manage: z.boolean(),
    invitedAt: Timestamp,
  })
  .meta({ id: 'Invitation' });
export type Invitation = z.infer<typeof Invitation>;
export const InvitationPage = pageOf(Invitation, 'InvitationPage');
