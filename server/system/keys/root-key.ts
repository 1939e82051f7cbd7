/**
 * Root keys. One lies in DATA/keys/root.json, encrypted under a passphrase, or wherever the operator
 * took that file; the spare is a PEM of RFC 8410 on the recovery sheet. README of the format:
 * `{format, version, kid, x, kdf, cipher, nonce, tag, text}`, where `text` is the 32-byte private key
 * of RFC 8032 by AES-256-GCM under argon2id of the passphrase, bound to `licet root key <kid>`.
 */
import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import { KeyText, privateKeyFromSeed, type PrivateKey } from '../../../shared/statements/keys.ts';
import { Failure } from '../failure.ts';
import { closeWithPassphrase, openWithPassphrase, PassphraseBox } from './boxes.ts';
import { keyPaths, type Keyring } from './keyring.ts';
import { readPrivateFile } from './private-files.ts';

const RootFile = PassphraseBox.extend({
  format: z.literal('licet-root-key'),
  version: z.literal(1),
  kid: KeyText,
  x: KeyText,
});
type RootFile = z.infer<typeof RootFile>;

const purpose = (kid: string): string => `licet root key ${kid}`;

/** Encrypts a root key under a passphrase, for a file. */
export const encryptRoot = async (root: PrivateKey, passphrase: string): Promise<RootFile> => ({
  format: 'licet-root-key',
  version: 1,
  kid: root.kid,
  x: root.x,
  ...(await closeWithPassphrase(passphrase, purpose(root.kid), root.seed)),
});

/** PKCS #8 of an Ed25519 key up to its 32 bytes (RFC 8410, 7). */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** PKCS #8 in DER (RFC 8410, 7), as node:crypto reads a private key. */
export const toPkcs8 = (key: PrivateKey): Buffer => Buffer.concat([pkcs8Prefix, key.seed]);

/** The private key as PEM (RFC 8410): three lines that fit on a sheet of paper. */
export const toPem = (key: PrivateKey): string =>
  `-----BEGIN PRIVATE KEY-----\n${toPkcs8(key).toString('base64')}\n-----END PRIVATE KEY-----\n`;

const fromPem = (path: string, text: string): PrivateKey => {
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyType === 'ed25519') {
      return privateKeyFromSeed(key.export({ format: 'der', type: 'pkcs8' }).subarray(-32));
    }
  } catch {
    // Said below: what OpenSSL thinks of it helps nobody.
  }
  throw new Failure(
    'keys',
    `${path} is not a root key: it is no PEM of an Ed25519 private key. Check it against your recovery sheet.`,
  );
};

const fromJson = async (path: string, text: string, passphrase: string): Promise<PrivateKey> => {
  let file: RootFile;
  try {
    file = RootFile.parse(JSON.parse(text));
  } catch (error) {
    throw new Failure(
      'keys',
      `${path} is damaged or not a root key. Put the file of your newest backup in its place, or use the spare root from your recovery sheet with --root-file.`,
      { cause: error },
    );
  }
  const seed = await openWithPassphrase(passphrase, purpose(file.kid), file);
  if (seed) return privateKeyFromSeed(seed);
  throw new Failure(
    'passphrase',
    `This is not the passphrase of ${path}. Try again; if it is lost, use the spare root from your recovery sheet with --root-file.`,
  );
};

export interface RootAccess {
  /** The data folder. */
  readonly directory: string;
  readonly passphrase: string;
  /** A root key file elsewhere: encrypted, or a PEM, which needs no passphrase. */
  readonly rootFile?: string | undefined;
}

/**
 * Opens a root key that the keyring knows.
 * @throws Failure `passphrase` when that is wrong, `keys` when the file is missing, damaged or foreign
 */
export const openRoot = async (
  { directory, passphrase, rootFile }: RootAccess,
  keyring: Keyring,
): Promise<PrivateKey> => {
  const path = rootFile ?? keyPaths(directory).root;
  const text = await readPrivateFile(path);
  if (text === undefined) {
    throw new Failure(
      'keys',
      `The root key is not at ${path}. Name the file to which it was taken, or the spare root, with --root-file.`,
    );
  }
  const root = text.trimStart().startsWith('-----BEGIN')
    ? fromPem(path, text)
    : await fromJson(path, text, passphrase);
  if (keyring.roots.some(({ kid }) => kid === root.kid)) return root;
  throw new Failure(
    'keys',
    `${path} holds a root key of another server: its id is ${root.kid}. Name one of this server's with --root-file.`,
  );
};
