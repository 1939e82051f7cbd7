/** What the store keeps, one interface a collection. Times are milliseconds since the epoch. */
import type { Entitlements, LicenseType } from '../../shared/api/common.ts';
import type { Policy, Template, TrialOffer } from '../../shared/api/licenses.ts';
import type { ReleaseKind } from '../../shared/api/releases.ts';
import type { Editable } from './edits.ts';

/** Whose code began a line of passwords decides how far it is trusted: `owner:<id>` is less than `operator`. */
export type CodeOrigin = 'operator' | 'local' | `owner:${string}`;

export interface AccountDoc extends Editable {
  readonly id: string;
  /** Case-folded; unique. */
  readonly email: string;
  readonly name: string;
  readonly company: string | null;
  readonly phone: string | null;
  readonly role: 'operator' | 'owner' | 'user';
  readonly disabled: boolean;
  readonly createdAt: number;
  readonly createdBy: CodeOrigin;
  readonly password: {
    /** PHC string. */
    readonly hash: string;
    /** Who issued the code that began the line of passwords which this one continues. */
    readonly origin: CodeOrigin;
    readonly changedAt: number;
  } | null;
  readonly totp: {
    /** Sealed; base32 inside. */
    readonly secret: string;
    readonly confirmed: boolean;
    /** The last time step used: each code works once (RFC 6238, 5.2). */
    readonly lastStep: number;
  } | null;
}

export interface SessionDoc {
  readonly id: string;
  readonly tokenHash: string;
  readonly accountId: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly from: string;
  readonly agent: string;
}

/** A one-time code that sets a password. Spent ones are deleted. */
export interface CodeDoc {
  readonly id: string;
  readonly hash: string;
  readonly accountId: string;
  readonly origin: CodeOrigin;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly passwordRequestId: string | null;
}

export interface PasswordRequestDoc {
  readonly id: string;
  /** What the owner reads to the operator. */
  readonly number: string;
  readonly email: string;
  readonly accountId: string | null;
  readonly requestedAt: number;
  readonly from: string;
  readonly status: 'open' | 'code-issued' | 'done';
}

export interface ProductDoc extends Editable {
  readonly id: string;
  readonly name: string;
  readonly template: Template;
  readonly trial?: TrialOffer | null;
  readonly createdAt: number;
}

export interface LicenseDoc extends Editable {
  readonly id: string;
  readonly ownerId: string;
  readonly productId: string;
  readonly name: string;
  readonly type: LicenseType;
  readonly maxActivations: number | null;
  readonly expiresAt: number | null;
  readonly graceDays: number;
  readonly entitlements: Entitlements;
  readonly policy: Policy;
  readonly status: 'active' | 'suspended' | 'revoked';
  readonly reason: string | null;
  readonly keyHash: string;
  /** It began as a trial: whose, which is asked when they want another. */
  readonly trial?: { readonly accountId: string; readonly startedAt: number };
  /** Raised by each reset: an activation holds a seat while its own number is the same. */
  readonly generation: number;
  /** Times of the resets of the last year. */
  readonly resets: readonly number[];
  readonly createdAt: number;
}

export interface ActivationDoc {
  readonly id: string;
  readonly licenseId: string;
  readonly fingerprint: string;
  readonly hostname: string;
  readonly platform: string;
  readonly version: string;
  /** Null: by license key. */
  readonly accountId: string | null;
  /** The e-mail, or `license key`. */
  readonly activatedBy: string;
  readonly activatedAt: number;
  /** The license's generation in which it took its seat; null when it was released. */
  readonly seat: number | null;
  readonly seatSince: number;
  /** The latest end of a lease given until the seat was taken; check-ins since then are in the marks. */
  readonly leaseUntil: number;
  /** Hash of the activation token; null once the machine deactivated itself. */
  readonly tokenHash: string | null;
}

export interface MembershipDoc {
  readonly id: string;
  readonly licenseId: string;
  readonly accountId: string;
  readonly manage: boolean;
  readonly status: 'invited' | 'active';
  readonly addedAt: number;
  readonly addedBy: string;
  /** The account was created by adding it here. */
  readonly createdAccount: boolean;
  /** What whoever added the user called them. */
  readonly name?: string;
}

export interface OfflineKeyDoc {
  readonly id: string;
  readonly licenseId: string;
  readonly fingerprint: string;
  readonly hostname: string;
  /** Public key of the machine, base64url. */
  readonly machineKey: string;
  /** The request code, from which a renewal is made. */
  readonly request: string;
  readonly jws: string;
  readonly shortKey: string | null;
  readonly issuedAt: number;
  readonly issuedBy: string;
  readonly expiresAt: number;
  readonly status: 'active' | 'lost' | 'superseded' | 'returned' | 'written-off';
  readonly reason: string | null;
  readonly closedAt: number | null;
  /** It runs nothing any more, and holds no seat, whatever the clock or its end say. */
  readonly ended?: true;
}

/** A document that only earlier versions wrote. */
export interface RetiredDoc {
  readonly id: string;
}

/** A file to download; the file itself is in DATA/releases, named by its checksum. */
export interface ReleaseDoc {
  readonly id: string;
  readonly productId: string;
  readonly version: string;
  readonly platform: string;
  readonly kind: ReleaseKind;
  readonly fileName: string;
  /** Bytes. */
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
  readonly notes: string;
  /** The signed statement; null until the file has arrived. */
  readonly jws: string | null;
  readonly createdAt: number;
  readonly createdBy: string;
}

/** A link to a file for somebody who is not signed in: made for an account, whose right to it counts. */
export interface DownloadLinkDoc {
  readonly id: string;
  readonly tokenHash: string;
  readonly releaseId: string;
  readonly accountId: string;
  readonly expiresAt: number;
}

/** A short address that leads an account to a trial instance, once. */
export interface TrialLinkDoc {
  readonly id: string;
  readonly tokenHash: string;
  readonly licenseId: string;
  readonly accountId: string;
  readonly expiresAt: number;
}

/** How a license was used in a month, by day (`2026-11-24`, UTC). */
export interface UsageDoc {
  readonly id: string;
  readonly licenseId: string;
  readonly days: Readonly<
    Record<string, { readonly used: number; readonly peak: number; readonly refused: number }>
  >;
}

/** The answer of a request with an Idempotency-Key, sealed; deleted after a day. */
export interface IdempotencyDoc {
  /** Hash of caller, route and key. */
  readonly id: string;
  /** Under a key of the server's: the request may hold a password, which a plain hash would give away. */
  readonly requestMac: string;
  readonly answer: string;
  readonly createdAt: number;
}
