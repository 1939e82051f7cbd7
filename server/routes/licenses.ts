/** Licenses, the machines that hold their seats, and resets. */
import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import {
  ActivationPage,
  ActivationQuery,
  FoundMachines,
  MachineQuery,
} from '../../shared/api/activations.ts';
import { PageQuery } from '../../shared/api/common.ts';
import { License, LicensePage, ResetDone, ResetRequest } from '../../shared/api/licenses.ts';
import { signedIn } from '../http/callers.ts';
import {
  body,
  IdParam,
  json,
  newApi,
  nothing,
  problems,
  type AccountEnv,
} from '../http/contract.ts';
import { versioned, withVersion } from '../http/if-match.ts';
import { orRefuse } from '../http/problem.ts';
import type { Deps } from '../usecases/deps.ts';
import { getLicense, listActivations, listLicenses } from '../usecases/licenses/licenses.ts';
import { findMachines } from '../usecases/seats/find-machines.ts';
import { releaseActivation, resetActivations } from '../usecases/seats/reset-activations.ts';

const ReleaseQuery = z.object({ dryRun: z.enum(['true', 'false']).optional() });
const ActivationParam = IdParam.extend({ activationId: z.string().min(1).max(80) });

export const licenseRoutes = (deps: Deps) =>
  newApi<AccountEnv>()
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/licenses',
        summary: 'The licenses that the account owns or uses; for an operator all',
        ...signedIn(deps),
        request: { query: PageQuery },
        responses: { 200: json(LicensePage, 'The licenses'), ...problems(400, 401) },
      }),
      async (c) => c.json(await listLicenses(deps, c.var.caller, c.req.valid('query')), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/licenses/{id}',
        summary: 'My License',
        ...signedIn(deps),
        request: { params: IdParam },
        responses: {
          200: versioned(json(License, 'The license')),
          ...problems(401, 403, 404),
        },
      }),
      async (c) => {
        const license = orRefuse(await getLicense(deps, c.var.caller, c.req.valid('param').id));
        return c.json(withVersion(c, license), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/licenses/{id}/activations',
        summary: 'The machines that hold a seat, or those without one',
        ...signedIn(deps),
        request: { params: IdParam, query: ActivationQuery },
        responses: { 200: json(ActivationPage, 'The machines'), ...problems(400, 401, 403, 404) },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        const page = await listActivations(deps, c.var.caller, id, c.req.valid('query'));
        return c.json(orRefuse(page), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/machines',
        summary: 'The machines of one name that hold a seat, on all licenses that you may see',
        ...signedIn(deps),
        request: { query: MachineQuery },
        responses: { 200: json(FoundMachines, 'The machines'), ...problems(400, 401) },
      }),
      async (c) => c.json(await findMachines(deps, c.var.caller, c.req.valid('query')), 200),
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/v1/licenses/{id}/activations/{activationId}',
        summary: 'Release one machine, or say what that would do',
        ...signedIn(deps),
        request: { params: ActivationParam, query: ReleaseQuery },
        responses: {
          200: json(ResetDone, 'What it would do (dryRun)'),
          204: nothing('Its seat is free'),
          ...problems(400, 401, 403, 404, 409),
        },
      }),
      async (c) => {
        const { id, activationId } = c.req.valid('param');
        const dryRun = c.req.valid('query').dryRun === 'true';
        const done = orRefuse(
          await releaseActivation(deps, c.var.caller, id, activationId, dryRun),
        );
        return dryRun ? c.json(done, 200) : c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/licenses/{id}/activations/reset',
        summary: 'Reset the activations, or say what a reset would do',
        ...signedIn(deps),
        request: { params: IdParam, body: { ...body(ResetRequest), required: false } },
        responses: {
          200: json(ResetDone, 'What was released'),
          ...problems(400, 401, 403, 404, 409),
        },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        const done = await resetActivations(deps, c.var.caller, id, c.req.valid('json') ?? {});
        return c.json(orRefuse(done), 200);
      },
    );
