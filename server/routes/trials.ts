/** Trials of products, for owners. */
import { createRoute } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { z } from 'zod';
import { TrialList, TrialLogin, TrialStart, TrialStarted } from '../../shared/api/trials.ts';
import { anonymous, idempotencyOf, signedIn } from '../http/callers.ts';
import {
  body,
  IdempotencyHeader,
  IdParam,
  json,
  newApi,
  nothing,
  problems,
  type AccountEnv,
} from '../http/contract.ts';
import { orRefuse } from '../http/problem.ts';
import { publicUrl } from '../http/public-url.ts';
import type { Deps } from '../usecases/deps.ts';
import {
  followTrialLink,
  listTrials,
  openTrial,
  startTrial,
  type Login,
} from '../usecases/licenses/trials.ts';
import { iso } from '../../shared/time.ts';

const shortUrl = (deps: Deps, c: Context, { token }: Login): string =>
  `${publicUrl(deps, c)}/v1/trial-logins/${token}`;

export const trialRoutes = (deps: Deps) =>
  newApi<AccountEnv>()
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/trials',
        summary: 'The products that can be tried, and the trials that the account has had',
        ...signedIn(deps),
        responses: { 200: json(TrialList, 'The trials'), ...problems(401) },
      }),
      async (c) => c.json({ items: await listTrials(deps, c.var.caller) }, 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/trial',
        summary: 'Start a trial: one a product and owner, limited in time and in what it permits',
        ...signedIn(deps),
        request: { headers: IdempotencyHeader, body: body(TrialStart) },
        responses: { 201: json(TrialStarted, 'Started'), ...problems(400, 401, 403, 404, 409) },
      }),
      async (c) => {
        const input = c.req.valid('json');
        const key = idempotencyOf(c, input);
        const started = orRefuse(await startTrial(deps, c.var.caller, input.product, key));
        const { license, restrictions, login } = started;
        return c.json(
          {
            license,
            restrictions: [...restrictions],
            ...(login
              ? {
                  url: login.url,
                  shortUrl: shortUrl(deps, c, login),
                  urlExpiresAt: iso(login.expiresAt),
                }
              : {}),
          },
          201,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/licenses/{id}/trial-login',
        summary: 'An address of the trial instance that signs in once, within a minute',
        ...signedIn(deps),
        request: { params: IdParam },
        responses: { 201: json(TrialLogin, 'The address'), ...problems(401, 403, 404) },
      }),
      async (c) => {
        const login = orRefuse(await openTrial(deps, c.var.caller, c.req.valid('param').id));
        const { url, expiresAt } = login;
        return c.json({ url, shortUrl: shortUrl(deps, c, login), expiresAt: iso(expiresAt) }, 201);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/trial-logins/{token}',
        summary: 'Leads to the trial instance, signed in, once',
        request: { params: z.object({ token: z.string().min(1).max(100) }) },
        responses: { 302: nothing('To the instance'), ...problems(403, 404) },
      }),
      async (c) => {
        const { token } = c.req.valid('param');
        // A look at it is safe (RFC 9110, 9.2.1): only who goes there spends it.
        if (c.req.method === 'HEAD') return new Response(null, { status: 204 });
        const url = orRefuse(await followTrialLink(deps, anonymous(c), token));
        return c.redirect(url, 302);
      },
    );
