/** What use cases are given: the store, and everything that is not pure. */
import { exactTime } from '../../shared/time.ts';
import type { TrustFile } from '../../shared/statements/trust.ts';
import type { Claims } from '../../shared/statements/claims.ts';
import type { Refusal } from '../../shared/problems.ts';
import type { Result } from '../../shared/result.ts';
import type { LicetSchema } from '../collections.ts';
import type { SessionDoc } from '../domain/documents.ts';
import type { SupportSettings } from '../domain/support.ts';
import type { ReleaseFiles } from '../files/release-files.ts';
import type { Reader, Store, Transaction } from '../store/store.ts';

/** The certificate of the signing key has ended: nothing that it would sign now would be accepted. */
export class CertificateEnded extends Error {
  override readonly name = 'CertificateEnded';
  /** Milliseconds since the epoch. */
  readonly endedAt: number;

  constructor(endedAt: number) {
    super(`The certificate of the signing key ended on ${exactTime(endedAt)}.`);
    this.endedAt = endedAt;
  }
}

/** Signs statements with the server's certified signing key. */
export interface Signer {
  /** The id in every statement's `iss`. */
  readonly issuer: string;
  /**
   * A compact JWS of the type (`typ` is `licet-<type>+jwt`) with the certificate in its header.
   * The caller gives all claims but `iss`.
   * @throws CertificateEnded
   */
  sign<T extends 'lease' | 'offline-key' | 'receipt' | 'checkpoint' | 'login' | 'release'>(
    type: T,
    claims: Omit<Claims<T>, 'iss'>,
  ): string;
  /** The same, signed on another thread; throws at once where `sign` would. Not for use in a transaction. */
  signAside<T extends 'lease'>(type: T, claims: Omit<Claims<T>, 'iss'>): Promise<string>;
  /** The public root keys, base64url: what products embed. */
  readonly roots: readonly string[];
  /** The JSON Web Key Set (RFC 7517) of signing keys, old and new. */
  jwks(): { keys: Record<string, unknown>[] };
  /** The signed list of revoked keys, a compact JWS; null when there is none yet. */
  revocations(): string | null;
  /** Roots, certificates and revocations: what a machine without a network is given to trust. */
  trust(): TrustFile;
  /** When the current certificate ends, in milliseconds since the epoch. */
  readonly certificateEndsAt: number;
}

/** Argon2id (RFC 9106) with a bounded queue; `too-many-requests` when that is full. */
export interface Passwords {
  /** A PHC string. */
  hash(password: string): Promise<Result<string, Refusal>>;
  /**
   * Compares in constant time; with null it takes as long and says false, so unknown e-mails answer alike.
   * `from` is the address that asks, where one does: none may take all the places of the queue.
   */
  verify(password: string, phc: string | null, from?: string): Promise<Result<boolean, Refusal>>;
  /** Whether the parameters in the string are older than today's. */
  needsRehash(phc: string): boolean;
  /** Whether the password, as a whole, is on the list of common ones. */
  isCommon(password: string): boolean;
}

/** Who tries credentials, and where from. */
export interface Attempt {
  /** What is tried: the case-folded e-mail, known or not; null when the secret itself names it (a code, a license key). */
  readonly account: string | null;
  /** The remote address. */
  readonly address: string;
}

/**
 * Counts failed credentials by account and by address, in memory. Ask `delay` before a secret is
 * checked and once more before its result is told, so that many guesses sent at once learn no more
 * than a few sent one by one; then report `failed` or `succeeded`.
 */
export interface Throttle {
  /** Whole seconds to wait before the next try; 0 when it may come now. */
  delay(attempt: Attempt): number;
  failed(attempt: Attempt): void;
  /** As `delay`, before a code of a second factor is checked: counts wrong codes from all addresses. */
  codeDelay(attempt: Attempt): number;
  /** A wrong code of a second factor, by somebody who has the password or a session. */
  codeFailed(attempt: Attempt): void;
  succeeded(attempt: Attempt): void;
}

/** Failed credentials, counted by the minute: housekeeping journals the counts. */
export interface Failures {
  add(action: string, from: string, outcome: string): void;
}

/** Time-based one-time passwords (RFC 6238). */
export interface Totp {
  /** The time step that the six digits are of, within one step of now; null when they are of none. */
  step(secret: string, code: string, now: number): number | null;
  /** A new secret in base32, and the otpauth URI that authenticators read. */
  create(label: string, issuer: string): { readonly secret: string; readonly uri: string };
}

/** Tells watchers of a license that a machine checked in: not a change, so the journal doesn't. */
export interface Live {
  seen(licenseId: string, activationId: string): void;
  watch(listener: (licenseId: string, activationId: string) => void): () => void;
}

/** Counts how licenses are used, in memory; `flush` keeps it. */
export interface UsageMeter {
  /** What was seen of a license and not kept yet, by day (`2026-11-24`). */
  pending(
    licenseId: string,
  ): readonly (readonly [
    day: string,
    { readonly used: number; readonly peak: number; readonly refused: number },
  ])[];
  /** Resolves when every change until now is counted. */
  settled(): Promise<void>;
  /** Looks at every license once more, since seats end by the clock too, and keeps what was seen. */
  flush(): Promise<void>;
  /** Counts no more. */
  stop(): void;
}

/** A machine that asked for a seat and got none; `by` is the id of who asked, `code` the problem's. */
export interface Refused {
  readonly hostname: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly code: string;
  readonly by: string;
}

/** The machines that were refused a seat in the last day, in memory. */
export interface RefusalLog {
  /** The newest first; a machine that got a seat since is gone. */
  recent(licenseId: string): readonly Refused[];
  /** Begins again after a start, from the end of the journal. */
  recall(): Promise<void>;
  stop(): void;
}

export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What the operator set for this server; read once at start and again at SIGHUP. */
export interface Settings {
  readonly name: string;
  /** Where people reach the server; null: as the request's Host says. */
  readonly publicUrl: string | null;
  readonly support: SupportSettings;
  /** Set by the demo: what the sign-in screen explains. */
  readonly demo: { readonly text: string } | null;
}

/** A backup that is being made. */
export interface BackupFile {
  readonly fileName: string;
  readonly bytes: ReadableStream<Uint8Array>;
}

export type LicetReader = Reader<LicetSchema>;
export type LicetTransaction = Transaction<LicetSchema>;

export interface Deps {
  readonly store: Store<LicetSchema>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly random: (bytes: number) => Uint8Array;
  /** Hex SHA-256: how secrets with enough entropy of their own (tokens, codes, license keys) are kept. */
  readonly digest: (text: string) => string;
  /** Hex HMAC-SHA-256 (RFC 2104) under a key of the server's: how what holds a password is recognized again. */
  readonly mac: (text: string) => string;
  /** Encrypts with a key of the server's, for answers that an Idempotency-Key may ask for again. */
  readonly seal: (plain: string) => string;
  readonly unseal: (sealed: string) => string;
  readonly passwords: Passwords;
  readonly throttle: Throttle;
  readonly failures: Failures;
  readonly live: Live;
  readonly totp: Totp;
  readonly signer: Signer;
  readonly releaseFiles: ReleaseFiles;
  /** Begins a backup of the newest durable state, with or without the files to download; null when it is damaged. */
  readonly openBackup: (releases: boolean) => Promise<BackupFile | null>;
  readonly usage: UsageMeter;
  readonly refusals: RefusalLog;
  /** Sessions made while the store is read-only, by the hash of their token; gone at stop. */
  readonly transientSessions: Map<string, SessionDoc>;
  /** The last time step of a second factor used while the store is read-only, by account. */
  readonly transientSteps: Map<string, number>;
  readonly log: Logger;
  readonly settings: () => Settings;
  readonly version: string;
}
