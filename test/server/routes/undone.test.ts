/** What the disk refused was never there: nobody is told of it, and nothing remembers it. */
import { expect, onTestFinished, test } from 'vitest';
import type { Activation } from '../../../shared/api/activations.ts';
import { breakDisk } from '../../support/server/failing-disk.ts';
import { openPortal } from '../../support/server/server.ts';

test('a check-in that takes its seat again and is refused by the disk is not shown as done', async () => {
  const portal = await openPortal();
  const { body } = await portal.activate('web-1');
  const license = `/v1/licenses/${portal.license.id}`;
  const lastSeen = async () => {
    const path = `${license}/activations?seat=without`;
    const { items } = (
      await portal.ask<{ items: Activation[] }>('GET', path, { token: portal.ana })
    ).body;
    return items.map(({ lastSeenAt }) => lastSeenAt);
  };
  await portal.ask('POST', `${license}/activations/reset`, { token: portal.ana, json: {} });
  const before = await lastSeen();
  const told: string[] = [];
  portal.deps.live.watch((_license, activation) => told.push(activation));

  portal.time.now += 60_000;
  onTestFinished(await breakDisk());
  expect((await portal.checkIn(body)).status).toBe(503);
  expect(await lastSeen()).toEqual(before);
  expect(told).toEqual([]);
});

test('an activation that the disk refused leaves no mark behind', async () => {
  const portal = await openPortal();
  onTestFinished(await breakDisk());
  expect((await portal.activate('web-1')).status).toBe(503);
  expect(await portal.deps.store.marks.idsOf('act_')).toEqual([]);
});
