/** Licenses in the hands of an operator: all of them, new ones, changes, keys. */
import { createRoute } from '@hono/zod-openapi';
import { PageQuery } from '../../shared/api/common.ts';
import { LicenseImport, LicenseImported } from '../../shared/api/import.ts';
import {
  LicenseChanged,
  LicenseCreate,
  LicenseCreated,
  LicenseKey,
  LicensePage,
  LicensePatch,
} from '../../shared/api/licenses.ts';
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
import { checkImport, importLicenses } from '../usecases/licenses/import-licenses.ts';
import { listLicenses } from '../usecases/licenses/licenses.ts';
import {
  createLicense,
  patchLicense,
  rotateLicenseKey,
} from '../usecases/licenses/operator-licenses.ts';

export const operatorLicenseRoutes = (deps: Deps) =>
  newApi<AccountEnv>()
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/operator/licenses',
        summary: 'All licenses',
        ...allowed(deps, 'license.list-all'),
        request: { query: PageQuery },
        responses: { 200: json(LicensePage, 'The licenses'), ...problems(400, 401, 403) },
      }),
      async (c) => c.json(await listLicenses(deps, c.var.caller, c.req.valid('query')), 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/operator/licenses',
        summary: 'Create a license; its key is shown in this answer only',
        ...allowed(deps, 'license.create'),
        request: { headers: IdempotencyHeader, body: body(LicenseCreate) },
        responses: { 201: json(LicenseCreated, 'Created'), ...problems(400, 401, 403) },
      }),
      async (c) => {
        const input = c.req.valid('json');
        const made = await createLicense(deps, c.var.caller, input, idempotencyOf(c, input));
        return c.json(orRefuse(made), 201);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/operator/licenses/import',
        summary:
          'Create many licenses, all or none; with dryRun only say what is wrong with which row',
        ...allowed(deps, 'license.import'),
        request: { headers: IdempotencyHeader, body: body(LicenseImport) },
        responses: {
          200: json(LicenseImported, 'What was created, or is wrong'),
          ...problems(400, 401, 403),
        },
      }),
      async (c) => {
        const input = c.req.valid('json');
        if (input.dryRun) return c.json(await checkImport(deps, input), 200);
        const done = await importLicenses(deps, c.var.caller, input, idempotencyOf(c, input));
        return c.json(orRefuse(done), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/v1/operator/licenses/{id}',
        summary: 'Change, suspend, resume, revoke or move a license, or say what a change would do',
        ...allowed(deps, 'license.operate'),
        request: { params: IdParam, headers: IfMatchHeader, body: body(LicensePatch) },
        responses: {
          200: versioned(json(LicenseChanged, 'The license')),
          ...problems(400, 401, 403, 404, 409, 412),
        },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        const versions = meantFor(c.req.valid('header'));
        const changed = await patchLicense(deps, c.var.caller, id, c.req.valid('json'), versions);
        return c.json(withVersion(c, orRefuse(changed)), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/operator/licenses/{id}/license-key',
        summary: 'A new license key; the old one ends',
        ...allowed(deps, 'license.operate'),
        request: { params: IdParam },
        responses: { 201: json(LicenseKey, 'The key'), ...problems(401, 403, 404) },
      }),
      async (c) =>
        c.json(orRefuse(await rotateLicenseKey(deps, c.var.caller, c.req.valid('param').id)), 201),
    );
