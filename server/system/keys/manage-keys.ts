/** What an operator does with keys: list, rotate, revoke, export, check. Each works without a server. */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { Revocation } from '../../../shared/statements/claims.ts';
import {
  generateKey,
  publicKeyFromText,
  toJwk,
  type PrivateKey,
} from '../../../shared/statements/keys.ts';
import { toPem, type TrustFile } from '../../../shared/statements/trust.ts';
import { Failure } from '../failure.ts';
import { signRevocations } from './create-keys.ts';
import {
  currentEntry,
  keyPaths,
  readKeyring,
  readRevocations,
  rootsOf,
  trustOf,
  writeKeyring,
  type Keyring,
} from './keyring.ts';
import { certificateEnd } from './load-keys.ts';
import { readPrivateFile } from './private-files.ts';
import { openRoot, type RootAccess } from './root-key.ts';
import { openSealKey, rewrapSealKey } from './seal-key.ts';
import { certify, writeSigningKey } from './signing-key.ts';
import { ensureUnlockSecret, type UnlockPlace } from './unlock.ts';

export interface KeyInfo {
  readonly kid: string;
  readonly use: 'root' | 'spare root' | 'signing';
  readonly createdAt: string;
  /** RFC 3339; null: roots have no end. */
  readonly certifiedUntil: string | null;
  /** `current` signs; `former` only verifies what it signed. */
  readonly status: 'current' | 'former' | 'revoked' | 'trusted';
  readonly goodFor: string;
  readonly revokedReason: string | null;
}

const goodFor = {
  trusted: 'certifies signing keys and revokes keys; products embed it',
  current: 'signs leases, offline keys and receipts',
  former: 'verifies what it signed; signs no more',
  revoked: 'nothing: what it signed is refused',
} as const;

/** Every key, what it is good for and until when. */
export const listKeys = async (directory: string): Promise<readonly KeyInfo[]> => {
  const keyring = await readKeyring(directory);
  const { revoked } = readRevocations(keyring).licet;
  const revocation = (kid: string) => revoked.find((entry) => entry.kid === kid);
  const describe = (
    key: { kid: string; createdAt: string },
    use: KeyInfo['use'],
    status: 'current' | 'former' | 'trusted',
    certifiedUntil: string | null,
  ): KeyInfo => {
    const entry = revocation(key.kid);
    const now = entry ? 'revoked' : status;
    return {
      kid: key.kid,
      use,
      createdAt: key.createdAt,
      certifiedUntil,
      status: now,
      goodFor: goodFor[now],
      revokedReason: entry?.reason ?? null,
    };
  };
  return [
    ...keyring.roots.map((root) =>
      describe(root, root.use === 'main' ? 'root' : 'spare root', 'trusted', null),
    ),
    ...keyring.signing.map((entry) => {
      const until = new Date(certificateEnd(keyring, entry)).toISOString();
      return describe(
        entry,
        'signing',
        entry.kid === keyring.current ? 'current' : 'former',
        until,
      );
    }),
  ];
};

/** Makes a signing key, has the root certify it, and makes it the current one of a new keyring. */
const withNewKey = async (
  keyring: Keyring,
  directory: string,
  root: PrivateKey,
  secret: string,
  now: number,
): Promise<Keyring> => {
  const key = generateKey((bytes) => randomBytes(bytes));
  await writeSigningKey(directory, secret, key);
  const cert = certify(root, key, keyring.issuer, now);
  const createdAt = new Date(now).toISOString();
  return {
    ...keyring,
    signing: [...keyring.signing, { kid: key.kid, x: key.x, createdAt, cert }],
    current: key.kid,
  };
};

/** Signs the list anew: with its number raised, and its end moved on. */
const withRevocations = (
  keyring: Keyring,
  root: PrivateKey,
  revoked: readonly Revocation[],
  now: number,
): Keyring => ({
  ...keyring,
  revocations: signRevocations(
    root,
    keyring.issuer,
    { number: readRevocations(keyring).licet.number + 1, revoked },
    now,
  ),
});

/** Makes sure that the unlock secret opens the seal key; after its loss, a new one by the root. */
const ensureUnlocked = async (place: UnlockPlace, root: PrivateKey): Promise<string> => {
  const { secret } = await ensureUnlockSecret(place);
  try {
    await openSealKey(place.directory, secret);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    await rewrapSealKey(place.directory, secret, root);
  }
  return secret;
};

export type RootCommand = RootAccess & UnlockPlace & { /** Milliseconds. */ readonly now: number };

export interface Rotated {
  readonly kid: string;
  readonly former: string;
  /** RFC 3339. */
  readonly certifiedUntil: string;
}

/**
 * Makes and certifies a new signing key. What the old one signed still verifies; its private half is
 * deleted. Works also when the old key or the unlock secret is lost: then a new secret is made.
 * @throws Failure `passphrase`, `keys`
 */
export const rotateSigningKey = async (command: RootCommand): Promise<Rotated> => {
  const { directory, now } = command;
  const keyring = await readKeyring(directory);
  const root = await openRoot(command, keyring);
  const secret = await ensureUnlocked(command, root);
  const rotated = await withNewKey(keyring, directory, root, secret, now);
  const { revoked } = readRevocations(keyring).licet;
  await writeKeyring(directory, withRevocations(rotated, root, revoked, now));
  await rm(keyPaths(directory).signing(keyring.current), { force: true });
  return {
    kid: rotated.current,
    former: keyring.current,
    certifiedUntil: new Date(certificateEnd(rotated, currentEntry(rotated))).toISOString(),
  };
};

export interface Revoked {
  readonly kid: string;
  /** The number of the new list. */
  readonly number: number;
  /** Until when the list counts as fresh, RFC 3339. */
  readonly listEndsAt: string;
  /** The signing key made in its place, when the current one was revoked. */
  readonly replacedBy: string | null;
}

export interface RevokeCommand {
  readonly kid: string;
  readonly reason: string;
  /** What the key signed before this time (milliseconds) is still accepted; nothing, unless told. */
  readonly from?: number | undefined;
}

/**
 * Puts a key on the signed list of revoked ones. The current signing key is replaced at once; a root
 * can only be revoked by the other root.
 * @throws Failure `passphrase`, `keys`
 */
export const revokeKey = async (
  command: RootCommand,
  { kid, reason, from }: RevokeCommand,
): Promise<Revoked> => {
  const { directory, now } = command;
  const keyring = await readKeyring(directory);
  const known = [...keyring.roots, ...keyring.signing].some((key) => key.kid === kid);
  if (!known) {
    throw new Failure('keys', `There is no key ${kid}. "licet keys list" shows those that are.`);
  }
  const root = await openRoot(command, keyring);
  if (root.kid === kid) {
    throw new Failure('keys', 'A root cannot revoke itself. Use the other root with --root-file.');
  }
  const isCurrent = kid === keyring.current;
  const next = isCurrent
    ? await withNewKey(keyring, directory, root, await ensureUnlocked(command, root), now)
    : keyring;
  const entry: Revocation = {
    kid,
    from: from === undefined ? 0 : Math.floor(from / 1000),
    revokedAt: Math.floor(now / 1000),
    reason,
  };
  const { revoked } = readRevocations(keyring).licet;
  const others = revoked.filter((other) => other.kid !== kid);
  const written = withRevocations(next, root, [...others, entry], now);
  await writeKeyring(directory, written);
  if (isCurrent) await rm(keyPaths(directory).signing(kid), { force: true });
  const list = readRevocations(written);
  return {
    kid,
    number: list.licet.number,
    listEndsAt: new Date(list.exp * 1000).toISOString(),
    replacedBy: isCurrent ? written.current : null,
  };
};

/** The encrypted root key file, to be kept elsewhere. */
export const exportEncryptedRoot = async (directory: string): Promise<string> => {
  await readKeyring(directory);
  const path = keyPaths(directory).root;
  const text = await readPrivateFile(path);
  if (text !== undefined) return text;
  throw new Failure('keys', `The root key is not at ${path}: it was taken elsewhere already.`);
};

/** The public roots, for products to embed: as a JSON Web Key Set (RFC 7517) and as PEM. */
export const exportPublicRoots = async (directory: string) => {
  const keyring = await readKeyring(directory);
  const roots = rootsOf(keyring);
  return { jwks: { keys: roots.map(toJwk) }, pem: roots.map(toPem).join('') };
};

/** Public roots, certificates and revocations: what is carried to a machine without a network. */
export const exportTrust = async (directory: string): Promise<TrustFile> =>
  trustOf(await readKeyring(directory));

/**
 * Whether the passphrase opens the root, and the root is one that products trust.
 * @throws Failure `passphrase`, `keys`
 */
export const checkRoot = async (
  access: RootAccess,
): Promise<{ readonly kid: string; readonly use: 'main' | 'spare'; readonly x: string }> => {
  const keyring = await readKeyring(access.directory);
  const { kid } = await openRoot(access, keyring);
  const root = keyring.roots.find((root) => root.kid === kid);
  if (!root || !publicKeyFromText(root.x)) {
    throw new Failure('keys', 'keyring.json does not hold the public half of this root.');
  }
  return { kid, use: root.use, x: root.x };
};
