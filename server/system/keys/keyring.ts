/**
 * The public half of DATA/keys: which roots products trust, which signing keys they certified, and the
 * list of revoked ones. Private halves lie beside it, each encrypted in a file of its own.
 */
import { join } from 'node:path';
import { z } from 'zod';
import type { RevocationsClaims } from '../../../shared/statements/claims.ts';
import { KeyText, publicKeyFromText, type PublicKey } from '../../../shared/statements/keys.ts';
import { verifyStatement } from '../../../shared/statements/statements.ts';
import { makeTrustFile, type TrustFile } from '../../../shared/statements/trust.ts';
import { Failure } from '../failure.ts';
import { readPrivateJson, writePrivateJson } from './private-files.ts';

const KnownKey = z.object({
  kid: KeyText,
  /** The public key, 32 bytes in base64url. */
  x: KeyText,
  createdAt: z.iso.datetime(),
});

const Keyring = z.object({
  format: z.literal('licet-keyring'),
  version: z.literal(1),
  /** The id in every statement's `iss`. */
  issuer: z.string().regex(/^iss_[0-9a-z]{26}$/u),
  roots: z.array(KnownKey.extend({ use: z.enum(['main', 'spare']) })).min(1),
  signing: z.array(KnownKey.extend({ cert: z.string() })).min(1),
  /** The kid of the signing key in use. */
  current: KeyText,
  /** The signed list of revoked keys. */
  revocations: z.string(),
});
export type Keyring = z.infer<typeof Keyring>;
export type SigningEntry = Keyring['signing'][number];

/** Where each file of the keys folder is. */
export const keyPaths = (directory: string) => {
  const folder = join(directory, 'keys');
  return {
    folder,
    keyring: join(folder, 'keyring.json'),
    root: join(folder, 'root.json'),
    seal: join(folder, 'seal.json'),
    unlock: join(folder, 'unlock'),
    signing: (kid: string): string => join(folder, `signing-${kid}.json`),
  };
};

/**
 * Reads the keyring of a data folder.
 * @throws Failure `keys` when it is missing: new keys are never made over old data
 */
export const readKeyring = async (directory: string): Promise<Keyring> => {
  const path = keyPaths(directory).keyring;
  const keyring = await readPrivateJson(path, Keyring);
  if (keyring) return keyring;
  throw new Failure(
    'keys',
    `${path} is missing. If ${directory} was never set up, run "licet init --data ${directory}"; otherwise put the keys folder of your newest backup there. New keys are never made over old data, since products would refuse them.`,
  );
};

/** Writes it durably, in the place of the one before. */
export const writeKeyring = (directory: string, keyring: Keyring): Promise<void> =>
  writePrivateJson(keyPaths(directory).keyring, keyring);

/** The root keys that products trust. */
export const rootsOf = (keyring: Keyring): readonly PublicKey[] =>
  keyring.roots.flatMap(({ x }) => publicKeyFromText(x) ?? []);

/**
 * The signing key in use.
 * @throws Failure `keys` when the keyring doesn't have what it names
 */
export const currentEntry = (keyring: Keyring): SigningEntry => {
  const entry = keyring.signing.find(({ kid }) => kid === keyring.current);
  if (entry) return entry;
  throw new Failure(
    'keys',
    'keyring.json names a signing key that it does not hold. Put the file of your newest backup in its place.',
  );
};

/** Public roots, certificates and revocations as one file. */
export const trustOf = (keyring: Keyring): TrustFile =>
  makeTrustFile({
    issuer: keyring.issuer,
    roots: rootsOf(keyring),
    certificates: keyring.signing.map(({ cert }) => cert),
    revocations: keyring.revocations,
  });

/** The list of revoked keys, verified. @throws Failure `keys` when it is not valid */
export const readRevocations = (keyring: Keyring): RevocationsClaims => {
  const verified = verifyStatement('revocations', keyring.revocations, {
    roots: rootsOf(keyring),
    now: 0,
  });
  if (verified.ok) return verified.value.claims;
  throw new Failure(
    'keys',
    `The revocation list in keyring.json is not valid. Put the file of your newest backup in its place. (${verified.error.message})`,
  );
};
