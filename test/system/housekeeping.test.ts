import { describe, expect, test } from 'vitest';
import { housekeeping } from '../../server/usecases/housekeeping.ts';
import { day, hour, openPortal } from '../support/server.ts';

describe('what has ended is forgotten', () => {
  test('sessions, codes, kept answers and password requests, each after its time', async () => {
    const portal = await openPortal();
    await portal.ask('POST', '/v1/operator/accounts', {
      token: portal.operator,
      json: { email: 'ina@example.com', name: 'Invited' },
      headers: { 'idempotency-key': 'create-ina' },
    });
    await portal.ask('POST', '/v1/password-resets', { json: { email: 'ana@example.com' } });
    const counts = () =>
      portal.deps.store.read(async (reader) => ({
        sessions: await reader.sessions.count(),
        codes: await reader.codes.count(),
        idempotency: await reader.idempotency.count(),
        passwordRequests: await reader.passwordRequests.count(),
      }));
    const before = await counts();
    expect(before).toEqual({ sessions: 2, codes: 1, idempotency: 1, passwordRequests: 1 });
    await housekeeping(portal.deps);
    expect(await counts()).toEqual(before);
    portal.time.now += 2 * hour;
    await housekeeping(portal.deps);
    expect(await counts()).toEqual({ ...before, sessions: 0 });
    portal.time.now += day;
    await housekeeping(portal.deps);
    expect(await counts()).toEqual({ sessions: 0, codes: 0, idempotency: 0, passwordRequests: 1 });
    portal.time.now += 7 * day;
    await housekeeping(portal.deps);
    expect(await counts()).toMatchObject({ passwordRequests: 0 });
  });
});

test('once the certificate of the signing key has ended, activating says so, and reading goes on', async () => {
  const portal = await openPortal();
  portal.time.now += 366 * day;
  const { status, body, headers } = await portal.activate('server-1');
  expect(status).toBe(503);
  expect(headers.get('retry-after')).toBe('3600');
  expect(body).toMatchObject({
    code: 'unavailable',
    detail: expect.stringContaining('licet keys rotate'),
  });
  const token = await portal.signIn('ana@example.com');
  const license = await portal.ask('GET', `/v1/licenses/${portal.license.id}`, { token });
  expect(license).toMatchObject({ status: 200, body: { counter: 0 } });
});
