/**
 * Which names a server answers to. A page whose name was pointed at this machine (DNS rebinding) makes a
 * browser send requests here under that name; and links that the server makes have the name of the request.
 */
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { isLoopback } from '../../shared/loopback.ts';
import type { RawProblem } from './raw-problem.ts';

export interface OwnHosts {
  /** The host that it listens on. */
  readonly listen: string;
  /** Where people reach it; null when they reach it where it listens. */
  readonly publicUrl: string | null;
  /** More names; one that begins with `*.` stands for all of one label before the rest. */
  readonly names: readonly string[];
  /** The certificate that it shows, PEM; undefined for plain HTTP. */
  readonly certificate: string | undefined;
}

/** RFC 9110, 15.5.20. */
export const misdirected: RawProblem = {
  code: 'invalid-request',
  status: 421,
  detail:
    'This server does not answer to that host name. Use an address that it listens on, or have its operator set the name as “publicUrl” (--public-url) or add it to “tlsNames” (--tls-names).',
};

const authority = /^(\[[\da-f:.]+\]|[^:@[\]]+)(?::\d{0,5})?$/iu;

/** The host of an authority, without port, brackets and the dot that ends a name; undefined when it is none. */
const hostOf = (text: string): string | undefined =>
  authority
    .exec(text)?.[1]
    ?.toLowerCase()
    .replace(/^\[|\]$|\.$/gu, '');

const fits = (name: string, host: string): boolean =>
  name.startsWith('*.') ? host.slice(host.indexOf('.')) === name.slice(1) : name === host;

const isOwn = (own: OwnHosts, host: string): boolean => {
  if (isLoopback(host)) return true;
  // Nobody can point an address elsewhere, and from outside only its own lead to this machine.
  if (isIP(host) !== 0) return !isLoopback(own.listen);
  const known = [own.publicUrl === null ? undefined : hostOf(new URL(own.publicUrl).host)];
  if (
    [...known, ...own.names.map((name) => name.toLowerCase())].some(
      (name) => name !== undefined && fits(name, host),
    )
  ) {
    return true;
  }
  if (own.certificate !== undefined) {
    return new X509Certificate(own.certificate).checkHost(host) !== undefined;
  }
  return false;
};

/** More different spellings than a server has names; what is beyond is looked at each time. */
const remembered = 64;

/** Makes the check of a request's Host. Every request asks it, so what was accepted is remembered. */
export const acceptHosts = (own: OwnHosts): ((authority: string) => boolean) => {
  const accepted = new Set<string>();
  return (text) => {
    if (accepted.has(text)) return true;
    const host = hostOf(text);
    if (host === undefined || !isOwn(own, host)) return false;
    if (accepted.size < remembered) accepted.add(text);
    return true;
  };
};
