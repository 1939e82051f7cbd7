/** Where people reach this server. */
import type { Context } from 'hono';
import type { Deps } from '../usecases/deps.ts';

/** The address that the operator set, else the one that the request was sent to; no slash at its end. */
export const publicUrl = (deps: Deps, c: Context): string =>
  (deps.settings().publicUrl ?? new URL(c.req.url).origin).replace(/\/+$/u, '');
