/** Signing in and out. */
import { createRoute } from '@hono/zod-openapi';
import { CurrentSession, SessionPage, SignedIn, SignIn } from '../../shared/api/accounts.ts';
import { anonymous, signedIn } from '../http/callers.ts';
import {
  body,
  IdParam,
  json,
  newApi,
  nothing,
  problems,
  type AccountEnv,
} from '../http/contract.ts';
import { orRefuse } from '../http/problem.ts';
import type { Deps } from '../usecases/deps.ts';
import {
  endSession,
  listSessions,
  signIn,
  signOut,
  viewSession,
} from '../usecases/accounts/sign-in.ts';
import { viewAccount } from '../usecases/views.ts';

export const sessionRoutes = (deps: Deps) =>
  newApi<AccountEnv>()
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/sessions',
        summary: 'Sign in with e-mail and password',
        request: { body: body(SignIn) },
        responses: { 201: json(SignedIn, 'Signed in'), ...problems(400, 401) },
      }),
      async (c) => c.json(orRefuse(await signIn(deps, anonymous(c), c.req.valid('json'))), 201),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/sessions/current',
        summary: 'The session that asks, and whose it is',
        ...signedIn(deps),
        responses: { 200: json(CurrentSession, 'The session'), ...problems(401) },
      }),
      (c) => {
        const { caller } = c.var;
        const session = viewSession(deps, caller, caller.session);
        return c.json({ ...session, account: viewAccount(caller.account) }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/v1/sessions/current',
        summary: 'Sign out',
        ...signedIn(deps),
        responses: { 204: nothing('Signed out'), ...problems(401) },
      }),
      async (c) => {
        await signOut(deps, c.var.caller);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/sessions',
        summary: 'The sessions of the account',
        ...signedIn(deps),
        responses: { 200: json(SessionPage, 'The sessions'), ...problems(401) },
      }),
      async (c) => c.json({ items: await listSessions(deps, c.var.caller), nextCursor: null }, 200),
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/v1/sessions/{id}',
        summary: 'End one of the sessions of the account',
        ...signedIn(deps),
        request: { params: IdParam },
        responses: { 204: nothing('Ended'), ...problems(401, 404) },
      }),
      async (c) => {
        orRefuse(await endSession(deps, c.var.caller, c.req.valid('param').id));
        return c.body(null, 204);
      },
    );
