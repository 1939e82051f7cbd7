/** What nobody foresaw: the answer gives nothing away, the log says all that mends it, and nothing secret. */
import { expect, test } from 'vitest';
import { createApp } from '../../../server/app.ts';
import { openPortal } from '../../support/server/server.ts';

test('an error that nobody foresaw is answered as a problem without its text, and logged by its route', async () => {
  const portal = await openPortal();
  const logged: unknown[][] = [];
  const log = { ...portal.deps.log, error: (...given: unknown[]) => void logged.push(given) };
  const broken = new Error('a detail of the inside');
  const app = createApp({
    ...portal.deps,
    log,
    store: { ...portal.deps.store, read: () => Promise.reject(broken) },
  });
  const answer = await app.request('/v1/downloads/a-secret-token');
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('5');
  const text = await answer.text();
  expect(JSON.parse(text)).toMatchObject({ code: 'unavailable' });
  expect(text).not.toMatch(/inside|stack|\.ts/u);
  expect(logged).toEqual([
    [{ err: broken, route: 'GET /v1/downloads/:token' }, expect.any(String)],
  ]);
});
