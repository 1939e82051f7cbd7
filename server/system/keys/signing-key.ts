/** The online signing key: encrypted by the unlock secret, certified by a root for a year at most. */
import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import {
  KeyText,
  privateKeyFromSeed,
  signerOf,
  type PrivateKey,
} from '../../../shared/statements/keys.ts';
import { signStatement } from '../../../shared/statements/statements.ts';
import { Failure } from '../failure.ts';
import { Box, closeBox, keyFromSecret, openBox } from './boxes.ts';
import { keyPaths, type SigningEntry } from './keyring.ts';
import { readPrivateJson, writePrivateJson } from './private-files.ts';
import { toPkcs8 } from './root-key.ts';

const SigningFile = z.object({
  format: z.literal('licet-signing-key'),
  version: z.literal(1),
  kid: KeyText,
  box: Box,
});

/** How long a root certifies a signing key for, in days. */
export const certificateDays = 365;

const purpose = (kid: string): string => `licet signing key ${kid}`;

/** Writes a signing key, encrypted by the unlock secret. */
export const writeSigningKey = (
  directory: string,
  secret: string,
  key: PrivateKey,
): Promise<void> => {
  const box = closeBox(keyFromSecret(secret, purpose(key.kid)), purpose(key.kid), key.seed);
  const file: z.infer<typeof SigningFile> = {
    format: 'licet-signing-key',
    version: 1,
    kid: key.kid,
    box,
  };
  return writePrivateJson(keyPaths(directory).signing(key.kid), file);
};

/**
 * Reads the signing key that the entry names.
 * @throws Failure `keys` when it is missing or the unlock secret doesn't open it
 */
export const readSigningKey = async (
  directory: string,
  secret: string,
  entry: SigningEntry,
): Promise<PrivateKey> => {
  const path = keyPaths(directory).signing(entry.kid);
  const file = await readPrivateJson(path, SigningFile);
  if (!file) {
    throw new Failure(
      'keys',
      `The private signing key ${path} is missing. Put the file of your newest backup there, or make and certify a new key with "licet keys rotate" and the root's passphrase.`,
    );
  }
  const seed = openBox(keyFromSecret(secret, purpose(entry.kid)), purpose(entry.kid), file.box);
  const key = seed && privateKeyFromSeed(seed);
  if (key?.kid === entry.kid) return key;
  throw new Failure(
    'keys',
    `The unlock secret does not open ${path}. Bring the right one, or run "licet keys rotate" with the root's passphrase.`,
  );
};

/** A root vouches for a signing key: the certificate, a compact JWS. `now` in milliseconds. */
export const certify = (root: PrivateKey, key: PrivateKey, issuer: string, now: number): string => {
  const from = Math.floor(now / 1000);
  return signStatement(
    'cert',
    {
      iss: issuer,
      iat: from,
      nbf: from,
      exp: from + certificateDays * 86_400,
      sub: key.kid,
      cnf: { jwk: { kty: 'OKP', crv: 'Ed25519', x: key.x } },
    },
    signerOf(root),
  );
};

/** Signs by node:crypto, a hundred times faster than by JavaScript and to the same bytes. */
export interface FastSigner {
  readonly sign: (message: Uint8Array) => Uint8Array;
  /** On another thread: requests are served meanwhile. */
  readonly signAside: (message: Uint8Array) => Promise<Uint8Array>;
}

export const createFastSigner = (key: PrivateKey): FastSigner => {
  const handle: KeyObject = createPrivateKey({ key: toPkcs8(key), format: 'der', type: 'pkcs8' });
  return {
    sign: (message) => sign(null, message, handle),
    signAside: (message) =>
      new Promise((resolve, reject) => {
        sign(null, message, handle, (error, signature) => {
          if (error) reject(error);
          else resolve(signature);
        });
      }),
  };
};
