/** How a license is used over time. */
import { createRoute } from '@hono/zod-openapi';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { Usage, UsageQuery } from '../../shared/api/usage.ts';
import { signedIn } from '../http/callers.ts';
import { IdParam, json, newApi, problems, type AccountEnv } from '../http/contract.ts';
import { orRefuse } from '../http/problem.ts';
import type { Deps } from '../usecases/deps.ts';
import { readUsage } from '../usecases/licenses/usage.ts';

const csvOf = ({ days, maxActivations }: Usage): string =>
  stringify(
    days.map((day) => ({ ...day, maxActivations: maxActivations ?? '' })),
    { header: true, columns: ['day', 'used', 'peak', 'refused', 'maxActivations'] },
  );

export const usageRoutes = (deps: Deps) =>
  newApi<AccountEnv>()
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/licenses/{id}/usage',
        summary: 'Seats used, peak and refusals of each day',
        ...signedIn(deps),
        request: { params: IdParam, query: UsageQuery },
        responses: { 200: json(Usage, 'The usage'), ...problems(400, 401, 403, 404) },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        return c.json(orRefuse(await readUsage(deps, c.var.caller, id, c.req.valid('query'))), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/licenses/{id}/usage.csv',
        summary: 'The same as CSV',
        ...signedIn(deps),
        request: { params: IdParam, query: UsageQuery },
        responses: {
          200: { description: 'The usage', content: { 'text/csv': { schema: z.string() } } },
          ...problems(400, 401, 403, 404),
        },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        const usage = orRefuse(await readUsage(deps, c.var.caller, id, c.req.valid('query')));
        return c.body(csvOf(usage), 200, { 'content-type': 'text/csv; charset=utf-8' });
      },
    );
