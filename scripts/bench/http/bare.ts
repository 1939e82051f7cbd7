/** What licet is measured beside: a Hono app of two routes, `node bare.ts ANSWER` with the JSON that GET answers. */
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

const answer: unknown = JSON.parse(process.argv[2] ?? 'null');
const app = new Hono()
  .get('/read', (c) => c.json(answer))
  .post('/echo', async (c) => c.json(await c.req.json<unknown>()));

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }: AddressInfo) => {
  process.stdout.write(`${JSON.stringify({ listening: `http://127.0.0.1:${port}` })}\n`);
});
