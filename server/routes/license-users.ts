/** The people on a license. */
import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import { OneTimeCode } from '../../shared/api/common.ts';
import { LicenseUserAdd, LicenseUserAdded, LicenseUserPage } from '../../shared/api/licenses.ts';
import { idempotencyOf, signedIn } from '../http/callers.ts';
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
import type { Deps } from '../usecases/deps.ts';
import {
  addUser,
  listUsers,
  removeUser,
  renewUserCode,
} from '../usecases/licenses/license-users.ts';
import { iso } from '../../shared/time.ts';

const UserParam = IdParam.extend({ accountId: z.string().min(1).max(80) });

export const licenseUserRoutes = (deps: Deps) =>
  newApi<AccountEnv>()
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/licenses/{id}/users',
        summary: 'The users of a license',
        ...signedIn(deps),
        request: { params: IdParam },
        responses: { 200: json(LicenseUserPage, 'The users'), ...problems(401, 403, 404) },
      }),
      async (c) => {
        const users = await listUsers(deps, c.var.caller, c.req.valid('param').id);
        return c.json({ items: orRefuse(users), nextCursor: null }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/licenses/{id}/users',
        summary: 'Add a user: a new e-mail gets a one-time code, a known one an invitation',
        ...signedIn(deps),
        request: { params: IdParam, headers: IdempotencyHeader, body: body(LicenseUserAdd) },
        responses: { 201: json(LicenseUserAdded, 'Added'), ...problems(400, 401, 403, 404, 409) },
      }),
      async (c) => {
        const input = c.req.valid('json');
        const { id } = c.req.valid('param');
        const added = await addUser(deps, c.var.caller, id, input, idempotencyOf(c, input));
        return c.json(orRefuse(added), 201);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/v1/licenses/{id}/users/{accountId}',
        summary: 'Remove a user; machines that they activated keep running',
        ...signedIn(deps),
        request: { params: UserParam },
        responses: { 204: nothing('Removed'), ...problems(401, 403, 404) },
      }),
      async (c) => {
        const { id, accountId } = c.req.valid('param');
        orRefuse(await removeUser(deps, c.var.caller, id, accountId));
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/licenses/{id}/users/{accountId}/code',
        summary: 'A new one-time code for a user whom adding created',
        ...signedIn(deps),
        request: { params: UserParam },
        responses: { 201: json(OneTimeCode, 'The code'), ...problems(401, 403, 404) },
      }),
      async (c) => {
        const { id, accountId } = c.req.valid('param');
        const issued = orRefuse(await renewUserCode(deps, c.var.caller, id, accountId));
        return c.json({ code: issued.code, expiresAt: iso(issued.expiresAt) }, 201);
      },
    );
