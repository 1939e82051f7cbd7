/** Where a request comes from. */
import { isIP } from 'node:net';
import type { Context } from 'hono';

/** What the listener tells the app of the connection, as Hono's `c.env`. */
export interface ConnectionEnv {
  readonly remoteAddress: string;
}

/** The remote address; `local` for a request that did not come over a socket (`app.request`). */
export const remoteAddress = (c: Context): string => {
  const environment: Partial<ConnectionEnv> | undefined = c.env;
  return environment?.remoteAddress ?? 'local';
};

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
