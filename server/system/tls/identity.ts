/** The certificate that a server shows: its own, or that of given files. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fingerprintOf, pinnedOf } from '../../../shared/sdk/certificate.ts';
import { Failure } from '../failure.ts';
import { readPrivateFile } from '../keys/private-files.ts';
import type { UnlockPlace } from '../keys/unlock.ts';
import type { ServerSettings } from '../settings/settings-table.ts';
import type { Identity } from './issue.ts';
import { ownIdentity } from './own-identity.ts';

const readCertificate = async (path: string) => {
  try {
    const pem = await readFile(path, 'utf8');
    return { pem, certificate: new X509Certificate(pem) };
  } catch (error) {
    throw new Failure(
      'setting',
      `The setting "tlsCert" names ${path}, which can’t be read as a PEM certificate. Name the file with the server's certificate first and those that vouch for it after.`,
      { cause: error },
    );
  }
};

const readKey = async (path: string, certificate: X509Certificate): Promise<string> => {
  const pem = await readPrivateFile(path);
  if (pem === undefined) {
    throw new Failure('setting', `The setting "tlsKey" names ${path}, which does not exist.`);
  }
  try {
    if (certificate.checkPrivateKey(createPrivateKey(pem))) return pem;
  } catch (error) {
    throw new Failure(
      'setting',
      `The setting "tlsKey" names ${path}, which is not an unencrypted PEM private key.`,
      { cause: error },
    );
  }
  throw new Failure('setting', `The private key in ${path} does not belong to the certificate.`);
};

/**
 * The certificate chain and key of a server with these settings; null for plain HTTP.
 * @throws Failure `setting` or `keys`
 */
export const readIdentity = async (
  place: UnlockPlace,
  settings: ServerSettings,
  now: number,
): Promise<Identity | null> => {
  const { tlsCert, tlsKey } = settings;
  if (tlsCert !== null && tlsKey !== null) {
    const { pem, certificate } = await readCertificate(tlsCert);
    return { cert: pem, key: await readKey(tlsKey, certificate) };
  }
  return settings.tls ? ownIdentity(place, settings, now) : null;
};

/**
 * What clients pin: SHA-256, 64 hex digits, of the authority that the server made for itself, which outlives
 * its certificates; of a given certificate its own, since who signed that one vouches for others too.
 */
export const identityPin = ({ cert }: Identity): string => {
  const chain = cert.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/gu) ?? [];
  const certificates = chain.map((pem) => new X509Certificate(pem));
  return fingerprintOf(pinnedOf(certificates) ?? new X509Certificate(cert));
};
