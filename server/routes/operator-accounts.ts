/** Accounts, and the requests of people who forgot their password, in the hands of an operator. */
import { createRoute } from '@hono/zod-openapi';
import {
  Account,
  AccountCreate,
  AccountCreated,
  AccountPage,
  OperatorAccountPatch,
  PasswordResetPage,
} from '../../shared/api/accounts.ts';
import { OneTimeCode, PageQuery } from '../../shared/api/common.ts';
import { allowed, idempotencyOf } from '../http/callers.ts';
import {
  body,
  IdempotencyHeader,
  IdParam,
  json,
  newApi,
  problems,
  type AccountEnv,
} from '../http/contract.ts';
import { IfMatchHeader, meantFor, versioned, withVersion } from '../http/if-match.ts';
import { orRefuse } from '../http/problem.ts';
import type { Deps } from '../usecases/deps.ts';
import {
  createAccount,
  issuePasswordCode,
  listAccounts,
  listPasswordRequests,
  patchAccount,
} from '../usecases/accounts/operator-accounts.ts';
import { iso } from '../../shared/time.ts';

export const operatorAccountRoutes = (deps: Deps) =>
  newApi<AccountEnv>()
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/operator/accounts',
        summary: 'All accounts',
        ...allowed(deps, 'account.list'),
        request: { query: PageQuery },
        responses: { 200: json(AccountPage, 'The accounts'), ...problems(400, 401, 403) },
      }),
      async (c) => c.json(await listAccounts(deps, c.req.valid('query')), 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/operator/accounts',
        summary: 'Create an account, with a password or with a one-time code to hand over',
        ...allowed(deps, 'account.create'),
        request: { headers: IdempotencyHeader, body: body(AccountCreate) },
        responses: { 201: json(AccountCreated, 'Created'), ...problems(400, 401, 403, 409) },
      }),
      async (c) => {
        const input = c.req.valid('json');
        const made = await createAccount(deps, c.var.caller, input, idempotencyOf(c, input));
        return c.json(orRefuse(made), 201);
      },
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/v1/operator/accounts/{id}',
        summary: 'Edit, disable or enable an account',
        ...allowed(deps, 'account.change'),
        request: { params: IdParam, headers: IfMatchHeader, body: body(OperatorAccountPatch) },
        responses: {
          200: versioned(json(Account, 'The account')),
          ...problems(400, 401, 403, 404, 409, 412),
        },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        const versions = meantFor(c.req.valid('header'));
        const patched = await patchAccount(deps, c.var.caller, id, c.req.valid('json'), versions);
        return c.json(withVersion(c, orRefuse(patched)), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/operator/accounts/{id}/password-code',
        summary: 'A one-time code with which the person sets a new password',
        ...allowed(deps, 'password.code'),
        request: { params: IdParam },
        responses: { 201: json(OneTimeCode, 'The code'), ...problems(401, 403, 404, 409) },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        const issued = orRefuse(await issuePasswordCode(deps, c.var.caller, id));
        return c.json({ code: issued.code, expiresAt: iso(issued.expiresAt) }, 201);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/operator/password-resets',
        summary: 'Requests of people who forgot their password',
        ...allowed(deps, 'password.list-requests'),
        request: { query: PageQuery },
        responses: { 200: json(PasswordResetPage, 'The requests'), ...problems(400, 401, 403) },
      }),
      async (c) => c.json(await listPasswordRequests(deps, c.req.valid('query')), 200),
    );
