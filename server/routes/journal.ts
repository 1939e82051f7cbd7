/** The journal, read page by page. */
import { createRoute } from '@hono/zod-openapi';
import { PageQuery } from '../../shared/api/common.ts';
import { JournalPage } from '../../shared/api/server.ts';
import { allowed } from '../http/callers.ts';
import { json, newApi, problems, type AccountEnv } from '../http/contract.ts';
import type { Deps } from '../usecases/deps.ts';
import { listJournal } from '../usecases/journal.ts';

export const journalRoutes = (deps: Deps) =>
  newApi<AccountEnv>().openapi(
    createRoute({
      method: 'get',
      path: '/v1/operator/journal',
      summary: 'The journal, newest first',
      ...allowed(deps, 'journal.read'),
      request: { query: PageQuery },
      responses: { 200: json(JournalPage, 'The records'), ...problems(400, 401, 403) },
    }),
    async (c) => c.json(await listJournal(deps, c.req.valid('query')), 200),
  );
