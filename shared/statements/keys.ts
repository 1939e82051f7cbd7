/** Key pairs and their names: JWK (RFC 7517, 8037) with the RFC 7638 thumbprint as `kid`. */
import { z } from 'zod';
import { fromBase64url, sha256, toBase64url, utf8 } from '../bytes.ts';
import { isPublicKey, publicKeyBytes, sign } from './ed25519.ts';

export interface PublicKey {
  /** RFC 7638 thumbprint: base64url of a SHA-256. */
  readonly kid: string;
  /** 32 bytes. */
  readonly bytes: Uint8Array;
  /** The same in base64url, as in a JWK. */
  readonly x: string;
}

export interface PrivateKey extends PublicKey {
  /** The 32-byte private key of RFC 8032. */
  readonly seed: Uint8Array;
}

/** Signs with a key that it knows by name. `cert`: the certificate of the key, where it has one. */
export interface Signer {
  readonly kid: string;
  readonly sign: (message: Uint8Array) => Uint8Array;
  readonly cert?: string | undefined;
}

/** 32 bytes in base64url. */
export const KeyText = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/, 'must be 43 characters of base64url');

/** A public Ed25519 key as a JWK (RFC 8037, 2). */
export const PublicJwk = z
  .object({
    kty: z.literal('OKP'),
    crv: z.literal('Ed25519'),
    x: KeyText,
    kid: z.string().optional(),
    use: z.literal('sig').optional(),
    alg: z.literal('EdDSA').optional(),
  })
  .meta({ id: 'PublicJwk' });
export type PublicJwk = z.infer<typeof PublicJwk>;

/** The RFC 7638 thumbprint of a public key whose `x` is given; the members are those of RFC 8037, 2. */
export const thumbprint = (x: string): string =>
  toBase64url(sha256(utf8(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`)));

/** A public key from its 32 bytes; undefined when no honest signer could have it. */
export const publicKeyFromBytes = (bytes: Uint8Array): PublicKey | undefined => {
  if (!isPublicKey(bytes)) return undefined;
  const x = toBase64url(bytes);
  return { kid: thumbprint(x), bytes, x };
};

/** A public key from base64url, as `x` of a JWK; undefined when it is not one. */
export const publicKeyFromText = (x: string): PublicKey | undefined => {
  const bytes = fromBase64url(x);
  return bytes && publicKeyFromBytes(bytes);
};

/** A key pair from its 32-byte private key (RFC 8032, 5.1.5). */
export const privateKeyFromSeed = (seed: Uint8Array): PrivateKey => {
  const bytes = publicKeyBytes(seed);
  const x = toBase64url(bytes);
  return { kid: thumbprint(x), bytes, x, seed };
};

/** Makes a key pair. `random` gives that many random bytes. */
export const generateKey = (random: (bytes: number) => Uint8Array): PrivateKey =>
  privateKeyFromSeed(random(32));

/** A public key as a JWK, all members named. */
export const toJwk = ({ x, kid }: PublicKey) =>
  ({ kty: 'OKP', crv: 'Ed25519', x, kid, use: 'sig', alg: 'EdDSA' }) as const satisfies PublicJwk;

/** A signer of a key in memory, for the hands that hold no faster one. */
export const signerOf = (key: PrivateKey, cert?: string): Signer => ({
  kid: key.kid,
  sign: (message) => sign(message, key.seed),
  cert,
});
