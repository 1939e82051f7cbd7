/** Makes X.509 certificates (RFC 5280): an authority of the server's own, and what it certifies. */
// What @peculiar/x509 builds on asks for it to be loaded first.
// oxlint-disable-next-line import/no-unassigned-import -- it is loaded for its effect
import 'reflect-metadata';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';

/** Every client of the last ten years knows it. */
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const day = 86_400_000;
/** An authority is pinned, so it lives long. */
const authorityDays = 20 * 365;
export const certificateDays = 90;

/** A certificate and its private key, both PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

const serialNumber = (): string => {
  // Positive and at most 20 octets (RFC 5280, 4.1.2.2).
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 1;
  return bytes.toString('hex');
};

const exportKey = async (key: webcrypto.CryptoKey): Promise<string> => {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  return `-----BEGIN PRIVATE KEY-----\n${der.toString('base64').replace(/.{64}(?=.)/gu, '$&\n')}\n-----END PRIVATE KEY-----\n`;
};

const importKey = (pem: string): Promise<webcrypto.CryptoKey> => {
  const der = createPrivateKey(pem).export({ format: 'der', type: 'pkcs8' });
  return webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
};

const makeKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

/** Makes an authority that can certify servers and nothing else. `now` in milliseconds. */
export const makeAuthority = async (name: string, now: number): Promise<Identity> => {
  const keys = await makeKeys();
  const cert = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber(),
      name: [{ CN: [name.slice(0, 64)] }],
      notBefore: new Date(now - day),
      notAfter: new Date(now + authorityDays * day),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    },
    webcrypto,
  );
  return { cert: `${cert.toString('pem')}\n`, key: await exportKey(keys.privateKey) };
};

const generalNames = (names: readonly string[]) =>
  names.map((name) => ({
    type: isIP(name) === 0 ? ('dns' as const) : ('ip' as const),
    value: name,
  }));

/** Certifies a new key for the names (hosts and addresses), for 90 days. Gives the whole chain. */
export const makeServerIdentity = async (
  authority: Identity,
  names: readonly string[],
  now: number,
): Promise<Identity> => {
  const keys = await makeKeys();
  const issuer = new X509Certificate(authority.cert);
  const cert = await X509CertificateGenerator.create(
    {
      serialNumber: serialNumber(),
      // RFC 5280, A.1: a common name has 64 characters at most. Names that count are in the extension.
      subject: [{ CN: [(names[0] ?? 'licet').slice(0, 64)] }],
      issuer: issuer.subject,
      notBefore: new Date(now - day),
      notAfter: new Date(now + certificateDays * day),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: await importKey(authority.key),
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension(generalNames(names)),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
        await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ],
    },
    webcrypto,
  );
  return {
    cert: `${cert.toString('pem')}\n${authority.cert}`,
    key: await exportKey(keys.privateKey),
  };
};
