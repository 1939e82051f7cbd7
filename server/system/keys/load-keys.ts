/** Opens the keys of a data folder for a server that runs on it. */
import { toJwk, publicKeyFromText } from '../../../shared/statements/keys.ts';
import { utf8 } from '../../../shared/bytes.ts';
import { joinJws } from '../../../shared/statements/jws.ts';
import {
  signStatement,
  statementInput,
  verifyCertificate,
} from '../../../shared/statements/statements.ts';
import type { Signer } from '../../usecases/deps.ts';
import { Failure } from '../failure.ts';
import {
  currentEntry,
  readKeyring,
  readRevocations,
  rootsOf,
  trustOf,
  type Keyring,
  type SigningEntry,
} from './keyring.ts';
import { createSealing, openSealKey } from './seal-key.ts';
import { createFastSigner, readSigningKey, type FastSigner } from './signing-key.ts';
import { readUnlockSecret, type UnlockPlace } from './unlock.ts';

export interface LoadedKeys {
  readonly signer: Signer;
  readonly mac: (text: string) => string;
  readonly seal: (plain: string) => string;
  readonly unseal: (sealed: string) => string;
  /** The kid of the signing key in use. */
  readonly kid: string;
}

/**
 * When the certificate of a signing key ends, in milliseconds since the epoch.
 * @throws Failure `keys` when no root of the keyring signed it
 */
export const certificateEnd = (keyring: Keyring, entry: SigningEntry): number => {
  const verified = verifyCertificate(entry.cert, { roots: rootsOf(keyring), now: 0 });
  if (verified.ok && verified.value.key.kid === entry.kid) return verified.value.claims.exp * 1000;
  throw new Failure(
    'keys',
    `The certificate of the signing key ${entry.kid} in keyring.json is not valid. Put the file of your newest backup in its place.`,
  );
};

const createSigner = (
  keyring: Keyring,
  entry: SigningEntry,
  { sign, signAside }: FastSigner,
): Signer => {
  const { issuer } = keyring;
  const revoked = new Set(readRevocations(keyring).licet.revoked.map(({ kid }) => kid));
  // JOSE libraries know no revocation list: what is not in the key set is not trusted.
  const keys = keyring.signing.flatMap(({ kid, x }) => {
    const key = revoked.has(kid) ? undefined : publicKeyFromText(x);
    return key ? [{ ...toJwk(key) }] : [];
  });
  const signer = { kid: entry.kid, cert: entry.cert, sign };
  return {
    issuer,
    sign: (type, claims) =>
      // The schema of the type checks the claims while signing, so nothing rests on the cast.
      signStatement(type, { iss: issuer, ...claims } as never, signer),
    signAside: (type, claims) => {
      const input = statementInput(type, { iss: issuer, ...claims } as never, signer);
      return signAside(utf8(input)).then((signature) => joinJws(input, signature));
    },
    roots: rootsOf(keyring).map(({ x }) => x),
    jwks: () => ({ keys }),
    revocations: () => keyring.revocations,
    trust: () => trustOf(keyring),
    certificateEndsAt: certificateEnd(keyring, entry),
  };
};

/**
 * Unlocks the keys that a server works with.
 * @throws Failure `keys` when one is missing, damaged, readable by others or doesn't open
 */
export const loadKeys = async (place: UnlockPlace): Promise<LoadedKeys> => {
  const { directory } = place;
  const keyring = await readKeyring(directory);
  const secret = await readUnlockSecret(place);
  const entry = currentEntry(keyring);
  const key = await readSigningKey(directory, secret, entry);
  const signer = createSigner(keyring, entry, createFastSigner(key));
  return { signer, kid: entry.kid, ...createSealing(await openSealKey(directory, secret)) };
};
