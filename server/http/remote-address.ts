/** Where a request comes from. */
import { isIP } from 'node:net';
import type { Context } from 'hono';

/** What the listener tells the app of the connection, as Hono's `c.env`. */
export interface ConnectionEnv {
  readonly remoteAddress: string;
  /** Says that the answer is a stream that never ends by itself: a server that stops cuts it off at once. */
  readonly neverEnds: () => void;
}

/** Nothing for a request that did not come over a socket (`app.request`). */
const environment = (c: Context): Partial<ConnectionEnv> | undefined => c.env;

/** The remote address; `local` for a request that did not come over a socket. */
export const remoteAddress = (c: Context): string => environment(c)?.remoteAddress ?? 'local';

/** Says of an answer that it never ends by itself. */
export const neverEnds = (c: Context): void => environment(c)?.neverEnds?.();

/**
 * The client's address. Behind a proxy that is trusted it is the last one in X-Forwarded-For: the
 * proxy put that there itself, all before it may be made up.
 */
export const clientAddress = (
  socketAddress: string | undefined,
  forwardedFor: string | readonly string[] | undefined,
  trustProxy: boolean,
): string => {
  // An IPv4 client of a dual-stack socket is the same client.
  const direct = (socketAddress ?? 'unknown').replace(/^::ffff:(?=\d+\.)/u, '');
  if (!trustProxy || forwardedFor === undefined) return direct;
  const last = String(forwardedFor).split(',').at(-1)?.trim() ?? '';
  // Some proxies add the port, which is another one for each connection: 192.0.2.1:5060, [2001:db8::1]:5060.
  const bare = /^\[([^\]]+)\](?::\d+)?$|^(\d+(?:\.\d+){3}):\d+$/u.exec(last);
  const address = (bare?.[1] ?? bare?.[2] ?? last).replace(/^::ffff:(?=\d+\.)/u, '');
  return isIP(address) === 0 ? direct : address;
};
