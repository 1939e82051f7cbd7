/**
 * What was read before a transaction, and what the clock had ended, won seats or lost them:
 *
 * - After a reset a machine that checked in twice at once (a restart, two processes) was refused by itself:
 *   the first check-in took the only seat, the second found it taken.
 * - Floating seats that had ended stayed written down; a clock that was set back revived them beside those
 *   that had been given since: 4 of 2.
 */
import { expect, test } from 'vitest';
import { counter, issue, machine } from '../support/machines/air-gapped.ts';
import { day, hour, openPortal } from '../support/server/server.ts';

test('a machine that checks in several times at once after a reset isn’t refused by itself', async () => {
  const portal = await openPortal({ maxActivations: 1 });
  const { body } = await portal.activate('web-1');
  const reset = `/v1/licenses/${portal.license.id}/activations/reset`;
  expect((await portal.ask('POST', reset, { token: portal.ana })).status).toBe(200);
  const all = await Promise.all([1, 2, 3, 4].map(() => portal.checkIn(body)));
  expect(all.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
});

test('a clock that is set back doesn’t revive floating seats that went to other machines', async () => {
  const portal = await openPortal({
    maxActivations: 2,
    policy: { floating: true, leaseHours: 1 },
  });
  for (const name of ['a', 'b']) await portal.activate(name);
  portal.time.now += 2 * hour;
  for (const name of ['c', 'd']) expect((await portal.activate(name)).status).toBe(201);
  portal.time.now -= 90 * 60_000;
  portal.ana = await portal.signIn('ana@example.com');
  expect(await counter(portal)).toEqual([2, 0]);
});

test('nor do seats of offline keys that ended come back', async () => {
  const portal = await openPortal({ maxActivations: 1 });
  expect((await issue(portal, machine(portal, 'plc').jws, { days: 1 })).status).toBe(201);
  portal.time.now += 2 * day;
  expect((await portal.activate('web-1')).status).toBe(201);
  portal.time.now -= 36 * hour;
  portal.ana = await portal.signIn('ana@example.com');
  expect(await counter(portal)).toEqual([1, 0]);
});
