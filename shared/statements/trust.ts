/** Trust: the root keys that a product or machine believes, with certificates and revocations to carry in. */
import { z } from 'zod';
import type { RevocationsClaims } from './claims.ts';
import { PublicJwk, publicKeyFromText, toJwk, type PublicKey } from './keys.ts';
import { fail, ok, type Result } from '../result.ts';
import { verifyCertificate, verifyStatement } from './statements.ts';
import { parseStrictJson } from './strict-json.ts';

/** A trust file, as `licet keys export-trust` writes it. */
export const TrustFile = z
  .object({
    licet: z.literal('trust'),
    version: z.literal(1),
    issuer: z.string(),
    roots: z.array(PublicJwk).min(1),
    certificates: z.array(z.string()),
    revocations: z.string().nullable(),
  })
  .meta({ id: 'TrustFile' });
export type TrustFile = z.infer<typeof TrustFile>;

const Jwks = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) });

/** What is trusted, verified. */
export interface Trust {
  readonly roots: readonly PublicKey[];
  /** Certificates that one of the roots signed. */
  readonly certificates: readonly string[];
  /** The verified revocation list and its statement, where there is one. */
  readonly revocations: RevocationsClaims | undefined;
  readonly revocationsJws: string | undefined;
  readonly issuer: string | undefined;
}

// The DER that stands before the 32 bytes of an Ed25519 public key (RFC 8410, 4).
const spkiPrefix = 'MCowBQYDK2VwAyEA';

/** A public key as PEM, as OpenSSL reads it. */
export const toPem = (key: PublicKey): string => {
  const base64 = key.x.replaceAll('-', '+').replaceAll('_', '/');
  return `-----BEGIN PUBLIC KEY-----\n${spkiPrefix}${base64}=\n-----END PUBLIC KEY-----\n`;
};

const fromPem = (body: string): PublicKey | undefined => {
  const base64 = body.replaceAll(/\s/g, '');
  if (!base64.startsWith(spkiPrefix)) return undefined;
  const x = base64.slice(spkiPrefix.length).replace(/=$/, '');
  return publicKeyFromText(x.replaceAll('+', '-').replaceAll('/', '_'));
};

/** All keys of a PEM text; undefined when one is not usable. */
const allFromPem = (text: string): PublicKey[] | undefined => {
  const blocks = text.matchAll(/-----BEGIN PUBLIC KEY-----([^-]*)-----END PUBLIC KEY-----/g);
  const keys = Array.from(blocks, ([, body = '']) => fromPem(body));
  return keys.length > 0 && keys.every((key) => key !== undefined) ? keys : undefined;
};

const notTrust =
  'This is not a root key or trust file. Give the file that the vendor exported with "licet keys export-root --public" or "licet keys export-trust".';

const badKey = 'A root key in this file is not a usable Ed25519 key. Get the file again.';

const bare = (roots: readonly PublicKey[]): Trust => ({
  roots,
  certificates: [],
  revocations: undefined,
  revocationsJws: undefined,
  issuer: undefined,
});

const rootsOf = (jwks: readonly unknown[]): PublicKey[] | undefined => {
  const roots: PublicKey[] = [];
  for (const jwk of jwks) {
    const read = PublicJwk.safeParse(jwk);
    const key = read.success ? publicKeyFromText(read.data.x) : undefined;
    if (!key) return undefined;
    roots.push(key);
  }
  return roots;
};

const fromFile = (file: TrustFile): Result<Trust, string> => {
  const roots = rootsOf(file.roots);
  if (!roots) return fail(badKey);
  const options = { roots, now: 0 };
  for (const certificate of file.certificates) {
    const verified = verifyCertificate(certificate, options);
    if (!verified.ok)
      return fail(`A certificate in this file is refused. ${verified.error.message}`);
  }
  const verified =
    file.revocations === null
      ? undefined
      : verifyStatement('revocations', file.revocations, options);
  if (verified && !verified.ok) {
    return fail(`The revocation list in this file is refused. ${verified.error.message}`);
  }
  return ok({
    roots,
    certificates: file.certificates,
    revocations: verified?.value.claims,
    revocationsJws: file.revocations ?? undefined,
    issuer: file.issuer,
  });
};

/**
 * Reads what a vendor gives to trust: a trust file, a JWK, a JWKS of roots, PEM public keys, or 43
 * characters of base64url. Certificates and revocations in it are verified by its roots. The error is
 * a sentence.
 */
export const parseTrust = (text: string): Result<Trust, string> => {
  const plain = text.replace(/^\ufeff/, '').trim();
  if (plain.startsWith('-----')) {
    const keys = allFromPem(plain);
    return keys ? ok(bare(keys)) : fail(notTrust);
  }
  const single = publicKeyFromText(plain);
  if (single) return ok(bare([single]));
  if (!plain.startsWith('{')) return fail(notTrust);
  const json = parseStrictJson(plain);
  if (!json.ok) return fail(`${notTrust} (${json.error})`);
  const file = TrustFile.safeParse(json.value);
  if (file.success) return fromFile(file.data);
  const jwks = Jwks.safeParse(json.value);
  const roots = rootsOf(jwks.success ? jwks.data.keys : [json.value]);
  if (roots) return ok(bare(roots));
  return fail(jwks.success || 'kty' in Object(json.value) ? badKey : notTrust);
};

/** The content of a trust file. */
export const makeTrustFile = (trust: {
  readonly issuer: string;
  readonly roots: readonly PublicKey[];
  readonly certificates: readonly string[];
  readonly revocations: string | undefined;
}): TrustFile => ({
  licet: 'trust',
  version: 1,
  issuer: trust.issuer,
  roots: trust.roots.map(toJwk),
  certificates: [...trust.certificates],
  revocations: trust.revocations ?? null,
});
