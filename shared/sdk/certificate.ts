/**
 * Which certificate of a server is trusted: one that the system's authorities vouch for, or the one
 * whose fingerprint was seen before (known-hosts style, as in SSH).
 */
import type { X509Certificate } from 'node:crypto';

/** The part of a TLS connection that says whom it is with. */
export interface Peer {
  /** The system's authorities vouch for it, for this host name, now. */
  readonly authorized: boolean;
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

/**
 * The fingerprint to remember of a server: of the last certificate in its chain. A server's own
 * authority outlives the certificates that it renews, so pins last.
 */
export const pinOf = (certificate: X509Certificate): string =>
  fingerprintOf(chainOf(certificate).at(-1) ?? certificate);

const isCurrent = (certificate: X509Certificate, now: number): boolean =>
  Date.parse(certificate.validFrom) <= now && now <= Date.parse(certificate.validTo);

/**
 * Whether a peer is who it should be. With a pin only that counts: the certificate itself, or an
 * authority in its chain that signed it, which then must not be out of date (`now` in milliseconds).
 */
export const isTrusted = (peer: Peer, pin: string | null, now: number): boolean => {
  if (pin === null) return peer.authorized;
  const wanted = normalizePin(pin);
  if (fingerprintOf(peer.certificate) === wanted) return true;
  return (
    isCurrent(peer.certificate, now) &&
    chainOf(peer.certificate).some((one) => fingerprintOf(one) === wanted)
  );
};
