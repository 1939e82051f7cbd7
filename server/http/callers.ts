/** Who calls: bearer tokens (RFC 6750) become callers before a route runs. */
import type { Context, Env, MiddlewareHandler } from 'hono';
import { refuseRole, type RoleAction } from '../usecases/access.ts';
import type { AnonymousCaller } from '../usecases/caller.ts';
import { authenticateActivation } from '../usecases/seats/check-in.ts';
import type { Deps } from '../usecases/deps.ts';
import type { IdempotencyKey } from '../usecases/idempotency.ts';
import { authenticate } from '../usecases/accounts/sign-in.ts';
import type { AccountEnv, ActivationEnv } from './contract.ts';
import { orRefuse, RefusalError } from './problem.ts';
import { remoteAddress } from './remote-address.ts';

const bearer = (c: Context): string => {
  const token = /^Bearer ([\w.~+/-]+=*)$/iu.exec(c.req.header('authorization') ?? '')?.[1];
  if (token !== undefined) return token;
  throw new RefusalError({
    code: 'unauthenticated',
    detail: 'This needs a token: sign in, then send it as “Authorization: Bearer …”.',
  });
};

/** The tokens that there are, as /openapi.json describes them. */
export const tokenSchemes = {
  session: { type: 'http', scheme: 'bearer', description: 'The token of POST /v1/sessions.' },
  activation: {
    type: 'http',
    scheme: 'bearer',
    description: 'The activationToken of POST /v1/activations.',
  },
} as const;

/** The members of a route that only whoever passes the check may call, by a token of this kind. */
const guard = <E extends Env>(token: keyof typeof tokenSchemes, check: MiddlewareHandler<E>) => ({
  middleware: check,
  security: [{ [token]: [] }],
});

/** For somebody signed in. */
export const signedIn = (deps: Deps) =>
  guard<AccountEnv>('session', async (c, next) => {
    c.set('caller', orRefuse(await authenticate(deps, bearer(c), remoteAddress(c))));
    await next();
  });

/** For somebody signed in whose role may do this. */
export const allowed = (deps: Deps, action: RoleAction) =>
  guard<AccountEnv>('session', async (c, next) => {
    const caller = orRefuse(await authenticate(deps, bearer(c), remoteAddress(c)));
    const refusal = refuseRole(caller, action);
    if (refusal) throw new RefusalError(refusal);
    c.set('caller', caller);
    await next();
  });

/** For a product on a machine, by its activation token. */
export const product = (deps: Deps) =>
  guard<ActivationEnv>('activation', async (c, next) => {
    c.set('product', orRefuse(await authenticateActivation(deps, bearer(c), remoteAddress(c))));
    await next();
  });

const agentLength = 120;

/** Nobody yet. */
export const anonymous = (c: Context): AnonymousCaller => ({
  from: remoteAddress(c),
  agent: (c.req.header('user-agent') ?? 'unknown')
    .replaceAll(/[^\x20-\x7e]/gu, '')
    .slice(0, agentLength),
});

/** What makes a repeated request the same one. */
export const idempotencyOf = (c: Context, content: unknown): IdempotencyKey => {
  const key = c.req.header('idempotency-key');
  const route = `${c.req.method} ${c.req.path}`;
  return { key, route, content: key === undefined ? '' : JSON.stringify(content) };
};
