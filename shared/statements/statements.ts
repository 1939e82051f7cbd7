/**
 * Signed statements: making and verifying them. A root key certifies signing keys and revokes keys; a
 * certified key signs everything else of the server's, with its certificate in the header; a machine
 * signs its request and its deactivation proof.
 */
import type { z } from 'zod';
import {
  statementTypes,
  typOf,
  type CertClaims,
  type Claims,
  type RevocationsClaims,
  type StatementType,
} from './claims.ts';
import { verify } from './ed25519.ts';
import { utf8 } from '../bytes.ts';
import { headerPart, inputOf, joinJws, parseJws, type Jws, type JwsHeader } from './jws.ts';
import { publicKeyFromText, type PublicKey, type Signer } from './keys.ts';
import { fail, ok, type Result } from '../result.ts';

/** Clocks may differ by this much. Seconds. */
export const leewaySeconds = 600;
/** An offline key is valid this long before it was made, for machines whose clock is behind. Seconds. */
export const offlineKeyHeadStart = 86_400;

export type RejectionReason =
  | 'malformed'
  | 'algorithm'
  | 'type'
  | 'unknown-key'
  | 'revoked-key'
  | 'certificate'
  | 'signature'
  | 'claims'
  | 'issuer'
  | 'audience'
  | 'not-yet-valid'
  | 'expired';

/** Why a statement is not accepted. `message`: what is wrong and what to do, for a person. */
export interface Rejection {
  readonly reason: RejectionReason;
  readonly message: string;
}

export interface VerifyOptions {
  /** The root keys that are trusted. */
  readonly roots: readonly PublicKey[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** A verified revocation list. */
  readonly revocations?: RevocationsClaims | undefined;
  /** The product, or for a login token the URL, that `aud` must name. */
  readonly audience?: string | undefined;
  /** The server's id that `iss` must be. */
  readonly issuer?: string | undefined;
  /** The key of the machine that must have signed a request or a deactivation proof. */
  readonly machineKey?: PublicKey | undefined;
  /** Seconds; 600 unless told. */
  readonly leeway?: number | undefined;
  /** Doesn't hold the statement against the clock: for one that only is looked up or given back. */
  readonly anyTime?: boolean | undefined;
}

export interface Verified<T extends StatementType> {
  readonly type: T;
  readonly claims: Claims<T>;
  /** The key that signed it. */
  readonly kid: string;
  /** The claims of that key's certificate, where it has one. */
  readonly certificate: CertClaims | undefined;
}

const reject = (reason: RejectionReason, message: string) => fail<Rejection>({ reason, message });

/** Seconds as a date and time that people read: `2027-01-31 08:00 UTC`. */
export const showTime = (seconds: number): string =>
  `${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** Headers by signer and type: one with a certificate is the longer half of a statement, and always the same. */
const headerParts = new WeakMap<Signer, Map<StatementType, string>>();

const headerPartOf = (type: StatementType, signer: Signer): string => {
  const { by } = statementTypes[type];
  if ((by === 'server') !== (signer.cert !== undefined)) {
    throw new Error(`A ${type} statement ${by === 'server' ? 'needs' : 'takes no'} certificate.`);
  }
  const parts = headerParts.get(signer) ?? new Map<StatementType, string>();
  headerParts.set(signer, parts);
  const made = parts.get(type);
  if (made !== undefined) return made;
  const part = headerPart({
    alg: 'EdDSA',
    kid: signer.kid,
    typ: typOf(type),
    ...(signer.cert === undefined ? {} : { cert: signer.cert }),
  });
  parts.set(type, part);
  return part;
};

/**
 * What is to be signed of a statement. Members of `claims` that its schema doesn't know are left out.
 * @throws when the claims don't fit the schema, or the certificate is missing or out of place.
 */
export const statementInput = <T extends StatementType>(
  type: T,
  claims: z.input<(typeof statementTypes)[T]['claims']>,
  signer: Signer,
): string => inputOf(headerPartOf(type, signer), statementTypes[type].claims.parse(claims));

/** Signs a statement. @throws as `statementInput` */
export const signStatement = <T extends StatementType>(
  type: T,
  claims: z.input<(typeof statementTypes)[T]['claims']>,
  signer: Signer,
): string => {
  const input = statementInput(type, claims, signer);
  return joinJws(input, signer.sign(utf8(input)));
};

const shortKid = (kid: string): string => kid.slice(0, 12);

const checkRevoked = (
  kid: string,
  iat: number | undefined,
  options: VerifyOptions,
  name: string,
): Result<null, Rejection> => {
  const entry = options.revocations?.licet.revoked.find((entry) => entry.kid === kid);
  if (!entry || (iat !== undefined && iat < entry.from)) return ok(null);
  return reject(
    'revoked-key',
    `This ${name} was signed with the key ${shortKid(kid)}, which was revoked on ${showTime(entry.revokedAt)} (${entry.reason}). Ask for a new one.`,
  );
};

interface SigningKey {
  readonly key: PublicKey;
  readonly certificate: CertClaims | undefined;
}

const rootKey = (
  kid: string,
  options: VerifyOptions,
  name: string,
): Result<SigningKey, Rejection> => {
  const key = options.roots.find((root) => root.kid === kid);
  return key
    ? ok({ key, certificate: undefined })
    : reject(
        'unknown-key',
        `This ${name} was signed with the root key ${shortKid(kid)}, which is not among the trusted ones. Check that it comes from the vendor whose root key you have.`,
      );
};

const machineKey = (
  kid: string,
  options: VerifyOptions,
  name: string,
): Result<SigningKey, Rejection> => {
  const key = options.machineKey;
  return key?.kid === kid
    ? ok({ key, certificate: undefined })
    : reject(
        'unknown-key',
        `This ${name} was signed by another machine: by the key ${shortKid(kid)}. Use the one that this machine made.`,
      );
};

const certifiedKey = (
  header: JwsHeader,
  options: VerifyOptions,
  name: string,
): Result<SigningKey, Rejection> => {
  if (header.cert === undefined) {
    return reject(
      'unknown-key',
      `This ${name} was signed with the key ${shortKid(header.kid)} and carries no certificate for it. Ask for a new one.`,
    );
  }
  const verified = verifyCertificate(header.cert, options);
  if (!verified.ok) {
    const { reason, message } = verified.error;
    const kept = reason === 'unknown-key' || reason === 'revoked-key' ? reason : 'certificate';
    return reject(kept, `The certificate in this ${name} is not accepted. ${message}`);
  }
  const { key, claims } = verified.value;
  if (key.kid !== header.kid) {
    return reject(
      'certificate',
      `This ${name} names the key ${shortKid(header.kid)}, but its certificate is for ${shortKid(key.kid)}. Ask for a new one.`,
    );
  }
  return ok({ key, certificate: claims });
};

const checkTimes = (
  claims: { readonly iat: number; readonly nbf?: number; readonly exp?: number },
  type: StatementType,
  options: VerifyOptions,
): Result<null, Rejection> => {
  const { name } = statementTypes[type];
  const now = Math.floor(options.now / 1000);
  const leeway = options.leeway ?? leewaySeconds;
  const from = claims.nbf ?? claims.iat;
  if (now < from - leeway) {
    return reject(
      'not-yet-valid',
      `This ${name} is valid from ${showTime(from)}, and the clock here says ${showTime(now)}. Set the clock right, or wait.`,
    );
  }
  if (claims.exp !== undefined && now > claims.exp + leeway) {
    return reject(
      'expired',
      `This ${name} ended on ${showTime(claims.exp)}, and the clock here says ${showTime(now)}. Get a new one, or set the clock right.`,
    );
  }
  return ok(null);
};

// A certificate and a revocation list count by their content, not by the time of looking at them.
const timeless: ReadonlySet<StatementType> = new Set([
  'cert',
  'revocations',
  'request',
  'deactivation',
]);

const checkCertificateTime = (
  iat: number,
  certificate: CertClaims,
  options: VerifyOptions,
  name: string,
): Result<null, Rejection> => {
  const leeway = options.leeway ?? leewaySeconds;
  return iat >= certificate.nbf - leeway && iat <= certificate.exp + leeway
    ? ok(null)
    : reject(
        'certificate',
        `This ${name} was signed on ${showTime(iat)}, but its signing key was certified from ${showTime(certificate.nbf)} to ${showTime(certificate.exp)} only. Ask for a new one.`,
      );
};

const checkNames = (
  claims: { readonly iss: string; readonly aud?: string | undefined },
  certificate: CertClaims | undefined,
  options: VerifyOptions,
  name: string,
): Result<null, Rejection> => {
  if (certificate && certificate.iss !== claims.iss) {
    return reject('issuer', `This ${name} and its certificate name two different servers.`);
  }
  if (options.issuer !== undefined && claims.iss !== options.issuer) {
    return reject('issuer', `This ${name} comes from another server (${claims.iss}).`);
  }
  if (options.audience !== undefined && claims.aud !== options.audience) {
    return reject(
      'audience',
      `This ${name} is for "${claims.aud ?? ''}", not for "${options.audience}". Use one that was made for this product.`,
    );
  }
  return ok(null);
};

const parseFor = (type: StatementType, text: string): Result<Jws, Rejection> => {
  const { name } = statementTypes[type];
  const jws = parseJws(text);
  if (!jws.ok) {
    const { reason, what } = jws.error;
    return reject(
      reason,
      `This is not a ${name} that can be used: it ${what}. Copy it again, whole.`,
    );
  }
  if (jws.value.header.typ === typOf(type)) return jws;
  const found = Object.entries(statementTypes).find(
    ([other]) => `licet-${other}+jwt` === jws.value.header.typ,
  );
  return reject(
    'type',
    `This is not a ${name}, but ${found ? `a ${found[1].name}` : 'something else'}. Use the right one.`,
  );
};

/** The typed claims of any statement; the schema decides, so the cast holds. */
const readClaims = <T extends StatementType>(
  type: T,
  payload: unknown,
): Result<Claims<T>, Rejection> => {
  const read = statementTypes[type].claims.safeParse(payload);
  if (read.success) return ok(read.data as Claims<T>);
  const issue = read.error.issues[0];
  return reject(
    'claims',
    `This ${statementTypes[type].name} is signed well, but its content is not what it should be (${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unknown'}). It may be from a newer version: update licet.`,
  );
};

const findKey = (
  type: StatementType,
  header: JwsHeader,
  options: VerifyOptions,
): Result<SigningKey, Rejection> => {
  const { by, name } = statementTypes[type];
  if (by === 'server') return certifiedKey(header, options, name);
  if (header.cert !== undefined) {
    return reject('malformed', `This ${name} carries a certificate, which it must not.`);
  }
  return by === 'root' ? rootKey(header.kid, options, name) : machineKey(header.kid, options, name);
};

/**
 * Verifies a statement of a type: form, algorithm, key, certificate, revocation, signature, claims and
 * times. The signing key's certificate must have been valid when the statement was signed, not now.
 * A request or proof is checked against `machineKey`. Certificates, revocation lists, requests and
 * proofs are not held against the clock: who uses them decides what their times mean.
 */
export const verifyStatement = <T extends StatementType>(
  type: T,
  text: string,
  options: VerifyOptions,
): Result<Verified<T>, Rejection> => {
  const { name } = statementTypes[type];
  const parsed = parseFor(type, text);
  if (!parsed.ok) return parsed;
  const { header, payload, signature, signed } = parsed.value;
  const found = findKey(type, header, options);
  if (!found.ok) return found;
  const { key, certificate } = found.value;
  if (!verify(signature, signed, key.bytes)) {
    return reject(
      'signature',
      `The signature of this ${name} does not match: it was changed or damaged. Copy it again, whole, or ask for a new one.`,
    );
  }
  const claims = readClaims(type, payload);
  if (!claims.ok) return claims;
  const { value } = claims;
  const checks = [
    () => checkRevoked(key.kid, value.iat, options, name),
    () => (certificate ? checkCertificateTime(value.iat, certificate, options, name) : ok(null)),
    () => checkNames(value, certificate, options, name),
    () =>
      timeless.has(type) || options.anyTime === true ? ok(null) : checkTimes(value, type, options),
  ];
  for (const check of checks) {
    const checked = check();
    if (!checked.ok) return checked;
  }
  return ok({ type, claims: value, kid: header.kid, certificate });
};

interface VerifiedCertificate {
  readonly claims: CertClaims;
  readonly key: PublicKey;
  /** The root that signed it. */
  readonly root: string;
}

// Verifying a certificate costs as much as verifying what it signs, and there are few: remember them.
// Only what depends on nothing but text and root key is kept here; revocation is asked each time.
const knownCertificates = new Map<string, VerifiedCertificate>();
const knownCertificatesLimit = 256;

/** Verifies a certificate by the roots, and gives the key that it certifies. */
export const verifyCertificate = (
  text: string,
  options: VerifyOptions,
): Result<VerifiedCertificate, Rejection> => {
  const known = knownCertificates.get(text);
  if (known && options.roots.some((root) => root.kid === known.root)) {
    const checked = checkRevoked(known.root, known.claims.iat, options, 'certificate');
    return checked.ok ? ok(known) : checked;
  }
  const { issuer: _issuer, audience: _audience, ...rest } = options;
  const verified = verifyStatement('cert', text, rest);
  if (!verified.ok) return verified;
  const { claims, kid: root } = verified.value;
  const key = publicKeyFromText(claims.cnf.jwk.x);
  if (!key || key.kid !== claims.sub) {
    return reject('claims', 'It does not hold the key that it names. Ask for a new one.');
  }
  if (knownCertificates.size >= knownCertificatesLimit) knownCertificates.clear();
  knownCertificates.set(text, { claims, key, root });
  return ok({ claims, key, root });
};
