/** Metrics for Prometheus. */
import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import { newApi, problems } from '../http/contract.ts';
import { mayReadMetrics, type Metrics } from '../http/metrics.ts';
import { RefusalError } from '../http/problem.ts';
import { remoteAddress } from '../http/remote-address.ts';

export const metricsRoutes = (metrics: Metrics) =>
  newApi().openapi(
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
