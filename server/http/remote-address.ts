/** Where a request comes from. */
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';

/** The remote address; `local` for a request that did not come over a socket. */
export const remoteAddress = (c: Context): string => {
  // Requests made in this process (app.request) have no socket behind them.
  const environment: unknown = c.env;
  if (typeof environment !== 'object' || environment === null || !('incoming' in environment)) {
    return 'local';
  }
  const address = getConnInfo(c).remote.address ?? 'unknown';
  // An IPv4 client of a dual-stack socket is the same client.
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
};
