/** Addresses of servers as people type them. */
import { isLoopback } from '../../../shared/loopback.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';

/** Where `licet serve` listens unless told otherwise. */
export const defaultPort = 8417;
export const defaultListen = `127.0.0.1:${defaultPort}`;

const parse = (text: string): URL | null => {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//iu.test(text) ? text : `//${text}`;
  // Without a scheme: plain HTTP only where nobody else listens on the wire.
  const guess = URL.parse(withScheme, 'https://server.invalid');
  if (guess && withScheme.startsWith('//') && isLoopback(guess.hostname)) guess.protocol = 'http:';
  return guess;
};

/** An address as typed (`licet.example.com`, `127.0.0.1:8417`, a URL) as an origin without a slash at its end. */
export const parseServer = (text: string): Result<string, string> => {
  const url = parse(text.trim());
  if (text.trim() === '' || !url || url.hostname === '')
    return fail('is not the address of a server, such as https://licet.example.com');
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return fail('must begin with https:// or http://');
  if (url.username !== '' || url.password !== '') return fail('must not contain a password');
  return ok(`${url.origin}${url.pathname.replace(/\/+$/u, '')}`);
};

/** Whether what is sent there can be read on the way. */
export const isExposed = (server: string): boolean => {
  const url = new URL(server);
  return url.protocol === 'http:' && !isLoopback(url.hostname);
};
