/**
 * The key that encrypts what the server itself must read again (second factors, answers kept for an
 * Idempotency-Key). It is kept encrypted by the unlock secret, and once for each root, so that whoever
 * brings a root gets it back when the unlock secret is lost.
 */
import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { PrivateKey } from '../../../shared/statements/keys.ts';
import { KeyText } from '../../../shared/statements/keys.ts';
import { Failure } from '../failure.ts';
import { Box, closeBox, keyFromSecret, openBox } from './boxes.ts';
import { keyPaths } from './keyring.ts';
import { readPrivateJson, writePrivateJson } from './private-files.ts';

const SealFile = z.object({
  format: z.literal('licet-seal-key'),
  version: z.literal(1),
  byUnlock: Box,
  byRoot: z.array(z.object({ kid: KeyText, box: Box })),
});
type SealFile = z.infer<typeof SealFile>;

const purpose = 'licet seal key';
const unlockKey = (secret: string): Buffer => keyFromSecret(secret, purpose);
const rootKey = (root: PrivateKey): Buffer =>
  keyFromSecret(Buffer.from(root.seed).toString('base64url'), purpose);

const read = async (directory: string): Promise<SealFile> => {
  const path = keyPaths(directory).seal;
  const file = await readPrivateJson(path, SealFile);
  if (file) return file;
  throw new Failure(
    'keys',
    `${path} is missing: second factors can't be read without it. Put the file of your newest backup there.`,
  );
};

/** Makes the seal key of a new data folder. */
export const createSealKey = async (
  directory: string,
  secret: string,
  roots: readonly PrivateKey[],
): Promise<void> => {
  const key = randomBytes(32);
  const file: SealFile = {
    format: 'licet-seal-key',
    version: 1,
    byUnlock: closeBox(unlockKey(secret), purpose, key),
    byRoot: roots.map((root) => ({ kid: root.kid, box: closeBox(rootKey(root), purpose, key) })),
  };
  await writePrivateJson(keyPaths(directory).seal, file);
};

/**
 * The seal key, by the unlock secret.
 * @throws Failure `keys`
 */
export const openSealKey = async (directory: string, secret: string): Promise<Buffer> => {
  const { byUnlock } = await read(directory);
  const key = openBox(unlockKey(secret), purpose, byUnlock);
  if (key) return key;
  throw new Failure(
    'keys',
    'The unlock secret does not fit the keys of this data folder. Bring the right one, or run "licet keys rotate" with the root\'s passphrase.',
  );
};

/** Encrypts the seal key by a new unlock secret, opening it by a root. */
export const rewrapSealKey = async (
  directory: string,
  secret: string,
  root: PrivateKey,
): Promise<void> => {
  const file = await read(directory);
  const box = file.byRoot.find(({ kid }) => kid === root.kid)?.box;
  const key = box && openBox(rootKey(root), purpose, box);
  if (!key) {
    throw new Failure(
      'keys',
      `${keyPaths(directory).seal} can't be opened by this root. Use the other root, or the file of your newest backup.`,
    );
  }
  const byUnlock = closeBox(unlockKey(secret), purpose, key);
  await writePrivateJson(keyPaths(directory).seal, { ...file, byUnlock });
};

/** Functions that encrypt text by the seal key, decrypt it again, and make message authentication codes. */
export const createSealing = (key: Buffer) => {
  const macKey = Buffer.from(hkdfSync('sha256', key, '', 'licet request mac', 32));
  return {
    ...sealingBy(key),
    mac: (text: string) => createHmac('sha256', macKey).update(text).digest('hex'),
  };
};

const sealingBy = (key: Buffer) => ({
  seal: (plain: string): string => {
    const { nonce, tag, text } = closeBox(key, 'licet sealed text', Buffer.from(plain));
    return [nonce, tag, text].join('.');
  },
  /** @throws when the text was not sealed by this key */
  unseal: (sealed: string): string => {
    const [nonce = '', tag = '', text = ''] = sealed.split('.');
    const plain = openBox(key, 'licet sealed text', { cipher: 'aes-256-gcm', nonce, tag, text });
    if (!plain)
      throw new Error('A sealed text does not open: it was changed, or the key is another.');
    return plain.toString('utf8');
  },
});
