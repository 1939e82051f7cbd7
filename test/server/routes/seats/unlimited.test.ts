/** A license without a limit: any number of machines, and nothing that counts against one. */
import { expect, test } from 'vitest';
import type { License, LicenseChanged, ResetDone } from '../../../../shared/api/licenses.ts';
import { openPortal } from '../../../support/server/server.ts';

const names = ['web-1', 'web-2', 'web-3', 'web-4'];

const openUnlimited = async (maxActivations: number | null = null) => {
  const portal = await openPortal({ maxActivations });
  const path = `/v1/licenses/${portal.license.id}`;
  const reset = () =>
    portal.ask<ResetDone>('POST', `${path}/activations/reset`, { token: portal.ana });
  const license = async () => (await portal.ask<License>('GET', path, { token: portal.ana })).body;
  const patch = (json: object) =>
    portal.ask<LicenseChanged>('PATCH', `/v1/operator/licenses/${portal.license.id}`, {
      token: portal.operator,
      json,
    });
  return { ...portal, reset, license, patch };
};

test('has a seat for everybody, and is reset however many run on', async () => {
  const portal = await openUnlimited();
  for (let round = 0; round < 3; round += 1) {
    for (const name of names) expect((await portal.activate(`${name}-${round}`)).status).toBe(201);
    expect(await portal.license()).toMatchObject({ maxActivations: null, counter: 4 });
    const { status, body } = await portal.reset();
    expect([status, body.counter, body.released.length]).toEqual([200, 0, 4]);
  }
});

test('hits nobody when a limit is lifted, and by the number beyond when one is set again', async () => {
  const portal = await openUnlimited(4);
  for (const name of names) await portal.activate(name);
  const lifted = await portal.patch({ maxActivations: null, dryRun: true });
  expect([lifted.status, lifted.body.hit]).toEqual([200, []]);
  expect((await portal.license()).maxActivations).toBe(4);
  expect((await portal.patch({ maxActivations: null })).body.hit).toEqual([]);
  const limited = await portal.patch({ maxActivations: 1, dryRun: true });
  expect(limited.body.hit.length).toBe(3);
});
