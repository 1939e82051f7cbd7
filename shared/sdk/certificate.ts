/**
 * Which certificate of a server is trusted: one that the system's authorities vouch for, or the one
 * whose fingerprint was seen before (known-hosts style, as in SSH).
 */
import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

/** The part of a TLS connection that says whom it is with. */
export interface Peer {
  /** The system's authorities vouch for it, for this host name, now. */
  readonly authorized: boolean;
  /** The name or address that was asked for. */
  readonly host: string;
  readonly certificate: X509Certificate;
}

/** SHA-256 of the certificate's DER form, 64 hex digits. */
export const fingerprintOf = (certificate: X509Certificate): string =>
  normalizePin(certificate.fingerprint256);

/** A fingerprint as people paste it (colons, spaces, upper case, `sha256:`) as 64 hex digits. */
export const normalizePin = (pin: string): string =>
  pin
    .trim()
    .toLowerCase()
    .replace(/^sha-?256[:=]?/u, '')
    .replaceAll(/[^0-9a-f]/gu, '');

/** A fingerprint as people compare it, in groups of four; it can be pasted as a pin like that. */
export const groupedFingerprint = (fingerprint: string): string =>
  (fingerprint.match(/.{1,4}/gu) ?? []).join(' ');

/** The certificates that the server sent, its own first, each signed by the next. */
export const chainOf = (certificate: X509Certificate): readonly X509Certificate[] => {
  const chain = [certificate];
  for (let current = certificate; ;) {
    const issuer = current.issuerCertificate;
    // A self-signed certificate is its own issuer.
    if (!issuer || issuer.fingerprint256 === current.fingerprint256 || chain.length > 5) break;
    if (!current.verify(issuer.publicKey)) break;
    chain.push(issuer);
    current = issuer;
  }
  return chain;
};

/** What the name of a server's own authority begins with. */
export const ownAuthorityName = 'licet authority of ';

/**
 * The certificate of a chain, the server's own first, whose fingerprint is remembered. The authority that a
 * server made for itself outlives the certificates that it renews, so pins last. Any other authority vouches
 * for more than this server: then it is the server's certificate.
 */
export const pinnedOf = (chain: readonly X509Certificate[]): X509Certificate | undefined => {
  const last = chain.at(-1);
  const isOwn = last?.subject.split('\n').some((line) => line.startsWith(`CN=${ownAuthorityName}`));
  return isOwn === true ? last : chain[0];
};

/** The fingerprint to remember of a server. */
export const pinOf = (certificate: X509Certificate): string =>
  fingerprintOf(pinnedOf(chainOf(certificate)) ?? certificate);

const isCurrent = (certificate: X509Certificate, now: number): boolean =>
  Date.parse(certificate.validFrom) <= now && now <= Date.parse(certificate.validTo);

/** RFC 5280, 4.2.1.12: `id-kp-serverAuth`. */
const serverAuth = '1.3.6.1.5.5.7.3.1';

const isForServers = ({ keyUsage }: X509Certificate): boolean =>
  keyUsage === undefined || keyUsage.includes(serverAuth);

/** Whether a certificate is for this name or address (RFC 6125), by its alternative names alone. */
export const isForHost = (certificate: X509Certificate, host: string): boolean => {
  const bare = host.replace(/^\[|\]$/gu, '');
  return isIP(bare) === 0
    ? certificate.checkHost(bare, { subject: 'never' }) !== undefined
    : certificate.checkIP(bare) !== undefined;
};

/**
 * Whether a peer is who it should be. With a pin only that counts: the certificate itself; or an authority in
 * its chain, which may have signed others too. So then it must be for this host, for servers, not out of date
 * (`now` in milliseconds), and each that signed must be an authority.
 */
export const isTrusted = (peer: Peer, pin: string | null, now: number): boolean => {
  if (pin === null) return peer.authorized;
  const wanted = normalizePin(pin);
  if (fingerprintOf(peer.certificate) === wanted) return true;
  const issuers = chainOf(peer.certificate).slice(1);
  const place = issuers.findIndex((one) => fingerprintOf(one) === wanted);
  return (
    place !== -1 &&
    issuers.slice(0, place + 1).every((issuer) => issuer.ca && isCurrent(issuer, now)) &&
    isCurrent(peer.certificate, now) &&
    isForServers(peer.certificate) &&
    isForHost(peer.certificate, peer.host)
  );
};
