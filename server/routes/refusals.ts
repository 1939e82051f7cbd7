/** Why machines get no seat of a license. */
import { createRoute } from '@hono/zod-openapi';
import { RefusalReport } from '../../shared/api/refusals.ts';
import { signedIn } from '../http/callers.ts';
import { IdParam, json, newApi, problems, type AccountEnv } from '../http/contract.ts';
import { orRefuse } from '../http/problem.ts';
import type { Deps } from '../usecases/deps.ts';
import { readRefusals } from '../usecases/seats/refusals.ts';

export const refusalRoutes = (deps: Deps) =>
  newApi<AccountEnv>().openapi(
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
  );
