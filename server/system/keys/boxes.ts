/**
 * Secrets encrypted by another secret: AES-256-GCM (NIST SP 800-38D) under a key that is random, made
 * from a random secret by HKDF (RFC 5869), or made from a passphrase by argon2id (RFC 9106).
 */
import { argon2, createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';
import { passphraseWork } from '../work-factors.ts';

const derive = promisify(argon2);

const Base64 = z.base64url();

/** What AES-256-GCM gives: 12 bytes of nonce, 16 of tag, and the text; each in base64url. */
export const Box = z.object({
  cipher: z.literal('aes-256-gcm'),
  nonce: Base64,
  tag: Base64,
  text: Base64,
});
export type Box = z.infer<typeof Box>;

/** A box whose key comes from a passphrase, with what it takes to derive it. */
export const PassphraseBox = Box.extend({
  kdf: z.object({
    name: z.literal('argon2id'),
    /** KiB. */
    memory: z.int().min(8).max(4_194_304),
    passes: z.int().min(1).max(100),
    parallelism: z.int().min(1).max(16),
    salt: Base64,
  }),
});
export type PassphraseBox = z.infer<typeof PassphraseBox>;

/** Encrypts with a key of 32 bytes. `purpose` is bound in: a box opens only for what it was made for. */
export const closeBox = (key: Uint8Array, purpose: string, secret: Uint8Array): Box => {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(purpose));
  const text = Buffer.concat([cipher.update(secret), cipher.final()]);
  return {
    cipher: 'aes-256-gcm',
    nonce: nonce.toString('base64url'),
    tag: cipher.getAuthTag().toString('base64url'),
    text: text.toString('base64url'),
  };
};

/** Decrypts; undefined when the key or the purpose is another, or the box was changed. */
export const openBox = (key: Uint8Array, purpose: string, box: Box): Buffer | undefined => {
  try {
    const nonce = Buffer.from(box.nonce, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
    decipher.setAAD(Buffer.from(purpose));
    decipher.setAuthTag(Buffer.from(box.tag, 'base64url'));
    return Buffer.concat([decipher.update(Buffer.from(box.text, 'base64url')), decipher.final()]);
  } catch {
    return undefined;
  }
};

/** A key of 32 bytes from a secret with enough entropy of its own. */
export const keyFromSecret = (secret: string, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));

const keyFromPassphrase = (passphrase: string, kdf: PassphraseBox['kdf']): Promise<Buffer> =>
  derive('argon2id', {
    message: passphrase.normalize('NFC'),
    nonce: Buffer.from(kdf.salt, 'base64url'),
    memory: kdf.memory,
    passes: kdf.passes,
    parallelism: kdf.parallelism,
    tagLength: 32,
  });

/** Encrypts under a passphrase. */
export const closeWithPassphrase = async (
  passphrase: string,
  purpose: string,
  secret: Uint8Array,
): Promise<PassphraseBox> => {
  const salt = randomBytes(16).toString('base64url');
  const kdf = { name: 'argon2id', ...passphraseWork, salt } as const;
  return { kdf, ...closeBox(await keyFromPassphrase(passphrase, kdf), purpose, secret) };
};

/** Decrypts; undefined when the passphrase is another, or the box was changed. */
export const openWithPassphrase = async (
  passphrase: string,
  purpose: string,
  box: PassphraseBox,
): Promise<Buffer | undefined> =>
  openBox(await keyFromPassphrase(passphrase, box.kdf), purpose, box);
