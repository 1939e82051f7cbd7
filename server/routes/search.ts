/** Search over all that an operator looks after. */
import { createRoute } from '@hono/zod-openapi';
import { SearchQuery, SearchResult } from '../../shared/api/search.ts';
import { allowed } from '../http/callers.ts';
import { json, newApi, problems, type AccountEnv } from '../http/contract.ts';
import type { Deps } from '../usecases/deps.ts';
import { search } from '../usecases/search.ts';

export const searchRoutes = (deps: Deps) =>
  newApi<AccountEnv>().openapi(
    createRoute({
      method: 'get',
      path: '/v1/operator/search',
      summary: 'Find anything by a part of its name: a hostname finds its license and owner',
      ...allowed(deps, 'search.all'),
      request: { query: SearchQuery },
      responses: { 200: json(SearchResult, 'What was found'), ...problems(400, 401, 403) },
    }),
    async (c) => c.json(await search(deps, c.req.valid('query').q), 200),
  );
