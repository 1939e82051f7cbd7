/**
 * A check-in writes nothing but a mark in memory, saved every minute. `kill -9` lost it: a floating machine had
 * its new lease and the server thought that it had ended, so another machine got the seat, and the first one's
 * next check-in was refused. What may have been promised before a crash stays held until it must have ended.
 */
import { expect, onTestFinished, test } from 'vitest';
import { createApp } from '../../server/app.ts';
import type { Activated } from '../../shared/api/activations.ts';
import { openCrashed } from '../support/server/crashed.ts';
import { fingerprint, hour, openPortal } from '../support/server/server.ts';

type Portal = Awaited<ReturnType<typeof openPortal>>;

/** The server after a crash, asked as before. */
const crash = async (portal: Portal) => {
  const { store, close } = await openCrashed(portal.directory, () => portal.time.now);
  onTestFinished(close);
  const app = createApp({ ...portal.deps, store });
  const post = async (target: string, json: object, token?: string) =>
    (
      await app.request(target, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(json),
      })
    ).status;
  return {
    activate: (hostname: string) =>
      post('/v1/activations', {
        licenseKey: portal.license.licenseKey,
        machine: { fingerprint: fingerprint(hostname), hostname },
      }),
    checkIn: ({ activation, activationToken }: Activated) =>
      post(`/v1/activations/${activation.id}/check-in`, {}, activationToken),
    reset: () => post(`/v1/licenses/${portal.license.id}/activations/reset`, {}, portal.ana),
  };
};

const minute = hour / 60;

test('a check-in that a crash forgets still holds its floating seat', async () => {
  const portal = await openPortal({
    maxActivations: 1,
    policy: { floating: true, leaseHours: 1 },
  });
  const a = (await portal.activate('a')).body;
  portal.time.now += 50 * minute;
  expect((await portal.checkIn(a)).status).toBe(200);
  const after = await crash(portal);
  portal.time.now += 11 * minute;
  expect(await after.activate('b')).toBe(409);
  expect(await after.checkIn(a)).toBe(200);
  portal.time.now += 61 * minute;
  expect(await after.activate('b')).toBe(201);
});

test('a machine whose check-in a crash forgets still counts as running when its seat is reset', async () => {
  const portal = await openPortal({ maxActivations: 1, policy: { leaseHours: 1 } });
  const a = (await portal.activate('a')).body;
  portal.time.now += 59 * minute;
  portal.ana = await portal.signIn('ana@example.com');
  expect((await portal.checkIn(a)).status).toBe(200);
  const after = await crash(portal);
  portal.time.now += 2 * minute;
  expect(await after.reset()).toBe(200);
  expect(await after.activate('b')).toBe(201);
  // Two run on one seat now; a third must wait until the first has ended.
  expect(await after.reset()).toBe(409);
});

test('a lease that had ended is renewed by a write, which no crash forgets', async () => {
  const portal = await openPortal({ maxActivations: 1, policy: { leaseHours: 1 } });
  const a = (await portal.activate('a')).body;
  portal.time.now += 3 * hour;
  portal.ana = await portal.signIn('ana@example.com');
  expect((await portal.checkIn(a)).status).toBe(200);
  const after = await crash(portal);
  portal.time.now += 2 * minute;
  expect(await after.reset()).toBe(200);
  expect(await after.activate('b')).toBe(201);
  expect(await after.reset()).toBe(409);
});

test('a server that was stopped holds no floating seat for longer', async () => {
  const portal = await openPortal({
    maxActivations: 1,
    policy: { floating: true, leaseHours: 1 },
  });
  await portal.activate('a');
  await portal.deps.store.close();
  const after = await crash(portal);
  portal.time.now += 61 * minute;
  expect(await after.activate('b')).toBe(201);
});
