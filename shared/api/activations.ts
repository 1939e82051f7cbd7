/** What products send and get: activate, check in, deactivate; and the machines as their owners see them. */
import { z } from 'zod';
import {
  Email,
  Entitlements,
  Fingerprint,
  LicenseType,
  line,
  PageQuery,
  pageOf,
  Timestamp,
} from './common.ts';
import { ExpiryNotice } from '../expiry.ts';
import { Support } from './server.ts';

export const Machine = z
  .object({
    fingerprint: Fingerprint,
    hostname: line(255),
    platform: line(60).default('unknown'),
    version: line(60).default('unknown'),
  })
  .meta({ id: 'Machine' });
export type Machine = z.infer<typeof Machine>;

/** What both forms of an activation may say beside who asks. */
const Asked = {
  machine: Machine,
  /** The product that asks: only its licenses are looked at. A license of another one is refused. */
  product: z.string().max(64).optional(),
  /** The token of this machine's last activation: with it, what somebody else activated may be activated again. */
  activationToken: z.string().max(200).optional(),
};

/** Either e-mail and password, with `licenseId` where several licenses fit, or a license key. */
export const ActivationRequest = z
  .union([
    z.object({
      email: Email,
      password: z.string().min(1).max(1024),
      totp: z
        .string()
        .regex(/^[0-9]{6}$/u, 'must be six digits')
        .optional(),
      /** An id; a license's name also works where it is unique among the licenses that fit. */
      licenseId: z.string().max(120).optional(),
      ...Asked,
    }),
    z.object({ licenseKey: z.string().min(1).max(200), ...Asked }),
  ])
  .meta({ id: 'ActivationRequest' });
export type ActivationRequest = z.infer<typeof ActivationRequest>;

export const Activation = z
  .object({
    id: z.string(),
    licenseId: z.string(),
    fingerprint: z.string(),
    hostname: z.string(),
    platform: z.string(),
    version: z.string(),
    /** The e-mail with which it was activated, or `license key`. */
    activatedBy: z.string(),
    activatedAt: Timestamp,
    /** Since when it holds its seat; null when it holds none. */
    seatSince: Timestamp.nullable(),
    lastSeenAt: Timestamp.nullable(),
    leaseExpiresAt: Timestamp.nullable(),
    /** `offline`: the seat is held by an offline key, whose id this is. */
    kind: z.enum(['online', 'offline']),
  })
  .meta({ id: 'Activation' });
export type Activation = z.infer<typeof Activation>;
export const ActivationPage = pageOf(Activation, 'ActivationPage');

export const ActivationQuery = PageQuery.extend({
  /** Part of a hostname, fingerprint, e-mail or version. */
  filter: z.string().max(100).optional(),
  /** `without`: machines that hold no seat now. */
  seat: z.enum(['held', 'without']).default('held'),
});
export type ActivationQuery = z.infer<typeof ActivationQuery>;

export const MachineQuery = z.object({
  /** An id, a hostname, or the first 8 digits or more of a fingerprint. */
  name: z.string().trim().min(1, 'is needed').max(300),
  /** Only this license, by id or name. */
  license: z.string().trim().min(1).max(120).optional(),
});
export type MachineQuery = z.infer<typeof MachineQuery>;

/** `more`: there are more of that name than are shown. */
export const FoundMachines = z
  .object({
    items: z.array(Activation.extend({ licenseName: z.string() }).meta({ id: 'FoundMachine' })),
    more: z.boolean(),
  })
  .meta({ id: 'FoundMachines' });
export type FoundMachines = z.infer<typeof FoundMachines>;

/** The product's first account: where `password` is `activating`, it is the one that was sent. */
export const Administrator = z
  .object({
    email: z.string(),
    name: z.string(),
    password: z.enum(['activating', 'choose']),
  })
  .meta({ id: 'Administrator' });
export type Administrator = z.infer<typeof Administrator>;

/** The license as a product is told it. */
export const ProductLicense = z
  .object({
    id: z.string(),
    name: z.string(),
    product: z.string(),
    type: LicenseType,
    maxActivations: z.number().int().nullable(),
    expiresAt: Timestamp.nullable(),
    graceEndsAt: Timestamp.nullable(),
    entitlements: Entitlements,
    /** Something that the product should show: expiry in sight, grace. */
    warning: z.string().nullable(),
    /** The same for programs; null together with `warning`. A server older than the SDK says none. */
    notice: ExpiryNotice.nullable().optional(),
  })
  .meta({ id: 'ProductLicense' });
export type ProductLicense = z.infer<typeof ProductLicense>;

export const Activated = z
  .object({
    activation: Activation,
    activationToken: z.string(),
    /** A signed statement (JWS); see /.well-known/jwks.json. */
    lease: z.string(),
    license: ProductLicense,
    administrator: Administrator,
    /** Minutes until the next check-in is due. */
    checkInMinutes: z.number().int(),
  })
  .meta({ id: 'Activated' });
export type Activated = z.infer<typeof Activated>;

export const CheckInRequest = z
  .object({ version: line(60).optional(), hostname: line(255).optional() })
  .meta({ id: 'CheckInRequest' });
export type CheckInRequest = z.infer<typeof CheckInRequest>;

export const CheckedIn = z
  .object({ lease: z.string(), license: ProductLicense, checkInMinutes: z.number().int() })
  .meta({ id: 'CheckedIn' });
export type CheckedIn = z.infer<typeof CheckedIn>;

/** Members of the problem `activation-limit-exceeded`. */
export const LimitExceeded = z.object({
  limit: z.number().int(),
  used: z.number().int(),
  holders: z.array(
    z.object({
      hostname: z.string(),
      lastSeenAt: Timestamp.nullable(),
      activatedBy: z.string(),
      kind: z.enum(['online', 'offline']),
    }),
  ),
  nextFreeAt: Timestamp.nullable(),
  resolve: z.object({ command: z.string(), who: z.string(), text: z.string() }),
  /** Whom to ask for more seats. */
  support: Support,
});
export type LimitExceeded = z.infer<typeof LimitExceeded>;

/** Members of the problem `license-choice-required`. */
export const ChoiceRequired = z.object({
  choices: z.array(z.object({ id: z.string(), name: z.string(), product: z.string() })),
});
export type ChoiceRequired = z.infer<typeof ChoiceRequired>;
