/** Insight: usage over time, search, metrics. */
import { createRoute } from '@hono/zod-openapi';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { RefusalReport } from '../../shared/api/refusals.ts';
import { SearchQuery, SearchResult } from '../../shared/api/search.ts';
import { Usage, UsageQuery } from '../../shared/api/usage.ts';
import { allowed, signedIn } from '../http/callers.ts';
import { IdParam, json, newApi, problems, type AccountEnv } from '../http/contract.ts';
import { mayReadMetrics, type Metrics } from '../http/metrics.ts';
import { orRefuse, RefusalError } from '../http/problem.ts';
import { remoteAddress } from '../http/remote-address.ts';
import type { Deps } from '../usecases/deps.ts';
import { readRefusals } from '../usecases/refusals.ts';
import { search } from '../usecases/search.ts';
import { readUsage } from '../usecases/usage.ts';

const csvOf = ({ days, maxActivations }: Usage): string =>
  stringify(
    days.map((day) => ({ ...day, maxActivations: maxActivations ?? '' })),
    { header: true, columns: ['day', 'used', 'peak', 'refused', 'maxActivations'] },
  );

export const insightRoutes = (deps: Deps, metrics: Metrics) =>
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
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/licenses/{id}/refusals',
        summary: 'Why machines are refused: who asked for a seat lately, and who holds them',
        ...signedIn(deps),
        request: { params: IdParam },
        responses: { 200: json(RefusalReport, 'The report'), ...problems(400, 401, 403, 404) },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        return c.json(orRefuse(await readRefusals(deps, c.var.caller, id)), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/operator/search',
        summary: 'Find anything by a part of its name: a hostname finds its license and owner',
        ...allowed(deps, 'search.all'),
        request: { query: SearchQuery },
        responses: { 200: json(SearchResult, 'What was found'), ...problems(400, 401, 403) },
      }),
      async (c) => c.json(await search(deps, c.req.valid('query').q), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/metrics',
        summary: 'Metrics for Prometheus, to this machine and private networks',
        responses: {
          200: { description: 'The metrics', content: { 'text/plain': { schema: z.string() } } },
          ...problems(403),
        },
      }),
      async (c) => {
        if (!mayReadMetrics(remoteAddress(c), c.req.header('x-forwarded-for'))) {
          throw new RefusalError({
            code: 'forbidden',
            detail:
              'Metrics are shown to this machine and private networks only. Read them from there.',
          });
        }
        return c.text(await metrics.text(), 200, { 'content-type': metrics.contentType });
      },
    );
