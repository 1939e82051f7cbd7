/**
 * The certificate of `--tls`: an authority in the data folder certifies the server for 90 days and is
 * asked anew a month before. Clients pin the authority, so a renewal changes nothing for them.
 */
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { Failure } from '../failure.ts';
import { Box, closeBox, keyFromSecret, openBox } from '../keys/boxes.ts';
import { keyPaths } from '../keys/keyring.ts';
import { readPrivateJson, writePrivateJson } from '../keys/private-files.ts';
import { readUnlockSecret, type UnlockPlace } from '../keys/unlock.ts';
import type { ServerSettings } from '../settings/settings-table.ts';
import type { Identity } from './issue.ts';

/** A certificate with its private key, encrypted by the unlock secret. */
const IdentityFile = z.object({
  format: z.literal('licet-tls-identity'),
  version: z.literal(1),
  /** PEM, the chain. */
  cert: z.string(),
  box: Box,
});

const renewBefore = 30 * 86_400_000;

type Kind = 'authority' | 'server';
const purposeOf = (kind: Kind): string => `licet tls ${kind}`;
const pathOf = (directory: string, kind: Kind): string =>
  join(keyPaths(directory).folder, `tls-${kind}.json`);

const read = async (
  directory: string,
  secret: string,
  kind: Kind,
): Promise<Identity | undefined> => {
  const path = pathOf(directory, kind);
  const file = await readPrivateJson(path, IdentityFile);
  if (!file) return undefined;
  const key = openBox(keyFromSecret(secret, purposeOf(kind)), purposeOf(kind), file.box);
  if (key) return { cert: file.cert, key: key.toString('utf8') };
  // A server's certificate is made anew; the authority's fingerprint is what clients have pinned.
  if (kind === 'server') return undefined;
  throw new Failure(
    'keys',
    `The unlock secret does not open ${path}, the authority that clients have pinned. Bring the secret that it was made with, or move the file away: then a new authority is made, and every client is asked to compare its fingerprint.`,
  );
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
  secret: string,
  kind: Kind,
  identity: Identity,
): Promise<void> => {
  const box = closeBox(
    keyFromSecret(secret, purposeOf(kind)),
    purposeOf(kind),
    Buffer.from(identity.key),
  );
  const file: z.infer<typeof IdentityFile> = {
    format: 'licet-tls-identity',
    version: 1,
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
  const secret = await readUnlockSecret(place);
  const known = await read(directory, secret, 'server');
  let authority = await read(directory, secret, 'authority');
  if (known && authority && isGood(known, authority, names, now)) return known;
  const { makeAuthority, makeServerIdentity } = await import('./issue.ts');
  if (!authority) {
    authority = await makeAuthority(`licet authority of ${hostname()}`, now);
    await write(directory, secret, 'authority', authority);
  }
  const made = await makeServerIdentity(authority, names, now);
  await write(directory, secret, 'server', made);
  return made;
};
