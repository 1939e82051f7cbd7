/**
 * The certificate of `--tls`: an authority in the data folder certifies the server for 90 days and is
 * asked anew a month before. Clients pin the authority, so a renewal changes nothing for them.
 */
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ownAuthorityName } from '../../../shared/sdk/certificate.ts';
import { Failure } from '../failure.ts';
import { Box, closeBox, keyFromSecret, openBox } from '../keys/boxes.ts';
import { keyPaths } from '../keys/keyring.ts';
import { readPrivateJson, writePrivateJson } from '../keys/private-files.ts';
import { openSealKey } from '../keys/seal-key.ts';
import { readUnlockSecret, type UnlockPlace } from '../keys/unlock.ts';
import type { ServerSettings } from '../settings/settings-table.ts';
import type { Identity } from './issue.ts';

/**
 * A certificate with its private key, encrypted under the seal key, which the unlock secret opens and each root:
 * so the authority that clients pinned survives a lost unlock secret. Version 1 was encrypted by the unlock
 * secret alone; a start with that secret brings it to version 2.
 */
const IdentityFile = z.object({
  format: z.literal('licet-tls-identity'),
  version: z.union([z.literal(1), z.literal(2)]),
  /** PEM, the chain. */
  cert: z.string(),
  box: Box,
});

const renewBefore = 30 * 86_400_000;

type Kind = 'authority' | 'server';
const purposeOf = (kind: Kind): string => `licet tls ${kind}`;
const pathOf = (directory: string, kind: Kind): string =>
  join(keyPaths(directory).folder, `tls-${kind}.json`);

/** What opens a file of each version: text with enough entropy of its own. */
type Openers = Readonly<Record<1 | 2, string>>;

const openersOf = async (place: UnlockPlace): Promise<Openers> => {
  const secret = await readUnlockSecret(place);
  const seal = await openSealKey(place.directory, secret);
  return { 1: secret, 2: seal.toString('base64url') };
};

interface Kept extends Identity {
  readonly version: 1 | 2;
}

const read = async (directory: string, openers: Openers, kind: Kind): Promise<Kept | undefined> => {
  const path = pathOf(directory, kind);
  const file = await readPrivateJson(path, IdentityFile);
  if (!file) return undefined;
  const { cert, version, box } = file;
  const key = openBox(keyFromSecret(openers[version], purposeOf(kind)), purposeOf(kind), box);
  if (key) return { cert, key: key.toString('utf8'), version };
  // A server's certificate is made anew; the authority's fingerprint is what clients have pinned.
  if (kind === 'server') return undefined;
  throw new Failure(
    'keys',
    `${path}, the authority that clients have pinned, does not open. ${
      version === 1
        ? 'An earlier version locked it with an unlock secret that is no longer here. Bring that secret'
        : 'Put the file of your newest backup there'
    }, or move the file away: then a new authority is made, and every client is asked to compare its fingerprint.`,
  );
};

/**
 * Opens the authority that clients pinned, if there is one.
 * @throws Failure `keys` when it does not open
 */
export const checkAuthority = async (place: UnlockPlace): Promise<void> => {
  await read(place.directory, await openersOf(place), 'authority');
};

/** A certificate of `--tls`: where it is, and when it ends (milliseconds). */
interface KeptCertificate {
  readonly file: string;
  readonly ends: number;
}

/** The certificates of the data folder, as far as there are any. Needs no secret. @throws Failure `keys` */
export const ownCertificates = async (
  directory: string,
): Promise<Readonly<Record<Kind, KeptCertificate | undefined>>> => {
  const kept = async (kind: Kind): Promise<KeptCertificate | undefined> => {
    const file = pathOf(directory, kind);
    const identity = await readPrivateJson(file, IdentityFile);
    return identity && { file, ends: new X509Certificate(identity.cert).validToDate.getTime() };
  };
  return { authority: await kept('authority'), server: await kept('server') };
};

const write = (
  directory: string,
  openers: Openers,
  kind: Kind,
  identity: Identity,
): Promise<void> => {
  const box = closeBox(
    keyFromSecret(openers[2], purposeOf(kind)),
    purposeOf(kind),
    Buffer.from(identity.key),
  );
  const file: z.infer<typeof IdentityFile> = {
    format: 'licet-tls-identity',
    version: 2,
    cert: identity.cert,
    box,
  };
  return writePrivateJson(pathOf(directory, kind), file);
};

const wildcards = new Set(['0.0.0.0', '::']);

/** The names under which clients may reach the server. */
export const certificateNames = (settings: ServerSettings): readonly string[] => {
  const { listen, publicUrl, tlsNames } = settings;
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ address }) => !address.startsWith('fe80:'))
    .map(({ address }) => address);
  const own = wildcards.has(listen.host) ? addresses : [listen.host];
  const names = [
    ...(publicUrl === null ? [] : [new URL(publicUrl).hostname.replace(/^\[|\]$/gu, '')]),
    ...tlsNames,
    hostname(),
    ...own,
    'localhost',
    '127.0.0.1',
    '::1',
  ];
  return [...new Set(names.map((name) => name.toLowerCase()))];
};

const hasName = (certificate: X509Certificate, name: string): boolean =>
  (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined;

/** Whether a certificate can go on: of this authority, for all these names, and not due yet. */
const isGood = (
  identity: Identity,
  authority: Identity,
  names: readonly string[],
  now: number,
): boolean => {
  const certificate = new X509Certificate(identity.cert);
  return (
    certificate.verify(new X509Certificate(authority.cert).publicKey) &&
    Date.parse(certificate.validTo) - now > renewBefore &&
    names.every((name) => hasName(certificate, name))
  );
};

/**
 * The server's certificate and key; made, or made anew, where that is due. `now` in milliseconds.
 * @throws Failure `keys`
 */
export const ownIdentity = async (
  place: UnlockPlace,
  settings: ServerSettings,
  now: number,
): Promise<Identity> => {
  const { directory } = place;
  const names = certificateNames(settings);
  const openers = await openersOf(place);
  const known = await read(directory, openers, 'server');
  const kept = await read(directory, openers, 'authority');
  if (kept?.version === 1) await write(directory, openers, 'authority', kept);
  let authority: Identity | undefined = kept;
  if (known?.version === 2 && authority && isGood(known, authority, names, now)) return known;
  const { makeAuthority, makeServerIdentity } = await import('./issue.ts');
  if (!authority) {
    authority = await makeAuthority(`${ownAuthorityName}${hostname()}`, now);
    await write(directory, openers, 'authority', authority);
  }
  const made = await makeServerIdentity(authority, names, now);
  await write(directory, openers, 'server', made);
  return made;
};
