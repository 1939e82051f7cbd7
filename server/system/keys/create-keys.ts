/** Makes the keys of a new data folder. */
import { randomBytes } from 'node:crypto';
import { makeId } from '../../../shared/ids.ts';
import { generateKey, signerOf, type PrivateKey } from '../../../shared/statements/keys.ts';
import { signStatement } from '../../../shared/statements/statements.ts';
import type { Revocation } from '../../../shared/statements/claims.ts';
import { keyPaths, writeKeyring } from './keyring.ts';
import { writePrivateJson } from './private-files.ts';
import { encryptRoot } from './root-key.ts';
import { createSealKey } from './seal-key.ts';
import { certify, writeSigningKey } from './signing-key.ts';
import { ensureUnlockSecret, type UnlockPlace } from './unlock.ts';

/** After so many days a newer revocation list is due. */
const revocationDays = 365;

/** Signs a numbered list of revoked keys. `now` in milliseconds. */
export const signRevocations = (
  root: PrivateKey,
  issuer: string,
  list: { readonly number: number; readonly revoked: readonly Revocation[] },
  now: number,
): string => {
  const iat = Math.floor(now / 1000);
  return signStatement(
    'revocations',
    {
      iss: issuer,
      iat,
      exp: iat + revocationDays * 86_400,
      licet: { number: list.number, revoked: [...list.revoked] },
    },
    signerOf(root),
  );
};

export interface CreatedKeys {
  readonly issuer: string;
  /** Where the unlock secret is. */
  readonly unlockPath: string;
  readonly rootKid: string;
  /** Kept nowhere: who calls hands it over. */
  readonly spare: PrivateKey;
}

const random = (bytes: number): Uint8Array => randomBytes(bytes);

/** Makes two roots, a certified signing key, the seal key and, where there is none, the unlock secret. */
export const createKeys = async (
  place: UnlockPlace,
  rootPassphrase: string,
  now: number,
): Promise<CreatedKeys> => {
  const { directory } = place;
  const issuer = makeId('issuer', now, random);
  const [root, spare, key] = [generateKey(random), generateKey(random), generateKey(random)];
  const { secret, path } = await ensureUnlockSecret(place);
  await writePrivateJson(keyPaths(directory).root, await encryptRoot(root, rootPassphrase));
  await createSealKey(directory, secret, [root, spare]);
  await writeSigningKey(directory, secret, key);
  const createdAt = new Date(now).toISOString();
  await writeKeyring(directory, {
    format: 'licet-keyring',
    version: 1,
    issuer,
    roots: [
      { kid: root.kid, x: root.x, createdAt, use: 'main' },
      { kid: spare.kid, x: spare.x, createdAt, use: 'spare' },
    ],
    signing: [{ kid: key.kid, x: key.x, createdAt, cert: certify(root, key, issuer, now) }],
    current: key.kid,
    revocations: signRevocations(root, issuer, { number: 1, revoked: [] }, now),
  });
  return { issuer, unlockPath: path, rootKid: root.kid, spare };
};
