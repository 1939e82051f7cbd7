/** What each signed statement says: the claims (RFC 7519), a zod schema a type. Times are in seconds. */
import { z } from 'zod';
import { KeyText } from './keys.ts';

/** NumericDate (RFC 7519, 2), whole seconds. */
const Seconds = z.int().min(0).max(99_999_999_999);
/** Visible ASCII: ids are shown as they are, also of what could not be verified. */
const Id = z.string().regex(/^[!-~]{1,128}$/u, 'must be 1 to 128 visible ASCII characters');
const Name = z.string().max(256);
const Hex64 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits in lower case');

/** Named flags, numbers and strings that a license grants. */
export const Entitlements = z.record(
  z.string().min(1).max(64),
  z.union([z.boolean(), z.number(), z.string().max(1024)]),
);
export type Entitlements = z.infer<typeof Entitlements>;

/** The license as products are told of it. `expiresAt`: RFC 3339 UTC, null for perpetual. */
export const LicenseClaim = z.object({
  name: Name,
  type: z.enum(['perpetual', 'subscription', 'trial']),
  maxActivations: z.int().min(0).nullable(),
  expiresAt: z.iso.datetime().nullable(),
  entitlements: Entitlements,
});
export type LicenseClaim = z.infer<typeof LicenseClaim>;

/** For the product's first account. `password`: the one that was just used, or the person chooses one. */
export const AdministratorClaim = z.object({
  email: z.string().max(320),
  name: Name,
  password: z.enum(['activating', 'choose']),
});
export type AdministratorClaim = z.infer<typeof AdministratorClaim>;

/** A machine that never comes online. `key`: the public half, base64url, of the pair that it made. */
export const MachineClaim = z.object({
  fingerprint: Hex64,
  hostname: z.string().max(255),
  key: KeyText,
});
export type MachineClaim = z.infer<typeof MachineClaim>;

const issued = { iss: Id, iat: Seconds };

/** A root vouches for a signing key from `nbf` to `exp`. `sub` is the key's kid; `cnf` as RFC 7800. */
export const CertClaims = z.object({
  ...issued,
  sub: Id,
  nbf: Seconds,
  exp: Seconds,
  cnf: z.object({
    jwk: z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: KeyText }),
  }),
});

/** A machine may run until `exp`. `sub` is the license, `aud` the product. */
export const LeaseClaims = z.object({
  ...issued,
  sub: Id,
  aud: Id,
  exp: Seconds,
  licet: z.object({
    activation: Id,
    license: LicenseClaim,
    machine: z.object({ fingerprint: Hex64, hostname: z.string().max(255) }),
    /** Seconds between check-ins that the server asks for. */
    checkInSeconds: z.int().min(1),
    /** The journal's number when this was signed, and the era that a restore raises. */
    seq: z.int().min(0),
    era: z.int().min(0),
  }),
});

/** A machine that never comes online may run until `exp`, grace included. `jti` is the key's id. */
export const OfflineKeyClaims = z.object({
  ...issued,
  sub: Id,
  aud: Id,
  jti: Id,
  nbf: Seconds,
  exp: Seconds,
  licet: z.object({
    license: LicenseClaim,
    administrator: AdministratorClaim,
    machine: MachineClaim,
  }),
});

/** A machine gives an offline key up. Signed by the machine; `sub` is the key's id, `iss` the machine's kid. */
export const DeactivationClaims = z.object({
  ...issued,
  sub: Id,
  licet: z.object({ license: Id, fingerprint: Hex64 }),
});

/** A machine asks for an offline key. Signed by the machine; `iat` is its clock, `jti` names the request. */
export const RequestClaims = z.object({
  ...issued,
  jti: Id,
  aud: Id.optional(),
  licet: z.object({ machine: MachineClaim }),
});

/** What a reset did. `sub` is the license, `jti` the receipt. */
export const ReceiptClaims = z.object({
  ...issued,
  sub: Id,
  jti: Id,
  licet: z.object({
    by: Id,
    /** Seats held before and after. */
    before: z.int().min(0),
    after: z.int().min(0),
    released: z.array(
      z.object({ activation: Id, fingerprint: Hex64, hostname: z.string().max(255) }),
    ),
    seq: z.int().min(0),
    era: z.int().min(0),
  }),
});

/** The journal up to `seq` ends in `hash`. */
export const CheckpointClaims = z.object({
  ...issued,
  licet: z.object({ seq: z.int().min(0), hash: Hex64, era: z.int().min(0) }),
});

/** A key that is no longer trusted: nothing that it signed at `from` (seconds) or later; 0 for nothing at all. */
export const Revocation = z.object({
  kid: Id,
  from: Seconds,
  revokedAt: Seconds,
  reason: z.string().max(256),
});
export type Revocation = z.infer<typeof Revocation>;

/** The numbered list of revoked keys, signed by a root. After `exp` a newer one is due. */
export const RevocationsClaims = z.object({
  ...issued,
  exp: Seconds,
  licet: z.object({ number: z.int().min(0), revoked: z.array(Revocation) }),
});

/** Signs an account in at a trial instance, once (`jti`), within seconds. `aud` is the instance's URL. */
export const LoginClaims = z.object({
  ...issued,
  sub: Id,
  aud: z.string().max(2048),
  jti: Id,
  exp: Seconds,
  licet: z.object({
    email: z.string().max(320),
    name: Name,
    license: Id,
    entitlements: Entitlements,
  }),
});

/** A file to download. `sub` is the release, `aud` the product. */
export const ReleaseClaims = z.object({
  ...issued,
  sub: Id,
  aud: Id,
  licet: z.object({
    version: Name,
    platform: Name,
    kind: z.enum(['product', 'sample', 'document']),
    file: Name,
    /** Bytes. */
    size: z.int().min(0),
    sha256: Hex64,
  }),
});

/**
 * The types of statements: the schema of their claims, who signs them, and how people call them.
 * `root`: a root key; `server`: a key that a root has certified; `machine`: the machine's own.
 */
export const statementTypes = {
  cert: { claims: CertClaims, by: 'root', name: 'certificate' },
  revocations: { claims: RevocationsClaims, by: 'root', name: 'revocation list' },
  lease: { claims: LeaseClaims, by: 'server', name: 'lease' },
  'offline-key': { claims: OfflineKeyClaims, by: 'server', name: 'offline key' },
  receipt: { claims: ReceiptClaims, by: 'server', name: 'receipt' },
  checkpoint: { claims: CheckpointClaims, by: 'server', name: 'checkpoint' },
  login: { claims: LoginClaims, by: 'server', name: 'login token' },
  release: { claims: ReleaseClaims, by: 'server', name: 'release' },
  deactivation: { claims: DeactivationClaims, by: 'machine', name: 'deactivation proof' },
  request: { claims: RequestClaims, by: 'machine', name: 'request code' },
} as const;

export type StatementType = keyof typeof statementTypes;
export type Claims<T extends StatementType> = z.infer<(typeof statementTypes)[T]['claims']>;
export type CertClaims = Claims<'cert'>;
export type RevocationsClaims = Claims<'revocations'>;
export type LeaseClaims = Claims<'lease'>;
export type OfflineKeyClaims = Claims<'offline-key'>;
export type ReceiptClaims = Claims<'receipt'>;
export type CheckpointClaims = Claims<'checkpoint'>;
export type LoginClaims = Claims<'login'>;
export type ReleaseClaims = Claims<'release'>;
export type DeactivationClaims = Claims<'deactivation'>;
export type RequestClaims = Claims<'request'>;

/** The `typ` of a statement (RFC 7515, 4.1.9; explicit typing as RFC 8725, 3.11). */
export const typOf = (type: StatementType): string => `licet-${type}+jwt`;
