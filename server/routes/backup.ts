/** A backup over the network. */
import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import { BackupMake } from '../../shared/api/accounts.ts';
import { allowed } from '../http/callers.ts';
import { body, newApi, problems, type AccountEnv } from '../http/contract.ts';
import { orRefuse } from '../http/problem.ts';
import { beginBackup } from '../usecases/upkeep/backup.ts';
import type { Deps } from '../usecases/deps.ts';

const BackupQuery = z.object({
  /** `false` leaves the files to download out. */
  releases: z.enum(['true', 'false']).optional(),
});

const gzip = { 'application/gzip': { schema: z.string().meta({ format: 'binary' }) } };

export const backupRoutes = (deps: Deps) =>
  newApi<AccountEnv>().openapi(
    createRoute({
      method: 'post',
      path: '/v1/operator/backup',
      summary: 'A backup, as a file; it has everything but the unlock secret',
      ...allowed(deps, 'backup.make'),
      request: { query: BackupQuery, body: body(BackupMake) },
      responses: {
        200: {
          description: 'The file. One that ends early is refused by a restore',
          content: gzip,
        },
        ...problems(400, 401, 403),
      },
    }),
    async (c) => {
      const withReleases = c.req.valid('query').releases !== 'false';
      const { fileName, bytes } = orRefuse(
        await beginBackup(deps, c.var.caller, c.req.valid('json'), withReleases),
      );
      const headers = {
        'content-type': 'application/gzip',
        'content-disposition': `attachment; filename="${fileName}"`,
      };
      return new Response(bytes, { headers });
    },
  );
