/** A machine that goes on asking for a seat that it can't have must not fill the disk. */
import { expect, test } from 'vitest';
import type { JournalHeader } from '../../../server/store/store.ts';
import { openPortal } from '../../support/server/server.ts';

const refusals = async (portal: Awaited<ReturnType<typeof openPortal>>) => {
  const found: JournalHeader[] = [];
  for await (const header of portal.deps.store.entries())
    if (header.outcome === 'activation-limit-exceeded') found.push(header);
  return found.map(({ details }) => details);
};

test('a machine that is refused again and again is journaled once a minute, with how often', async () => {
  const portal = await openPortal({ maxActivations: 1 });
  const { licenseKey } = portal.license;
  await portal.activate('first', { licenseKey });
  for (let n = 0; n < 40; n += 1) {
    expect((await portal.activate('second', { licenseKey })).status).toBe(409);
  }
  expect(await refusals(portal)).toEqual([{ hostname: 'second' }]);
  portal.time.now += 60_000;
  expect((await portal.activate('second', { licenseKey })).status).toBe(409);
  expect(await refusals(portal)).toEqual([
    { hostname: 'second' },
    { hostname: 'second', count: 40 },
  ]);
});

test('one key under ever new hostnames is counted together beyond the first fifty', async () => {
  const portal = await openPortal({ maxActivations: 1 });
  const { licenseKey } = portal.license;
  await portal.activate('first', { licenseKey });
  for (let n = 0; n < 80; n += 1) {
    expect((await portal.activate(`host-${n}`, { licenseKey })).status).toBe(409);
  }
  const found = await refusals(portal);
  expect(found.length).toBeLessThanOrEqual(51);
  expect(found.at(-1)).toEqual(undefined);
});

test('what was counted when the server stops is journaled, and counts as usage and in the metrics', async () => {
  const portal = await openPortal({ maxActivations: 1 });
  const { licenseKey } = portal.license;
  await portal.activate('first', { licenseKey });
  for (let n = 0; n < 5; n += 1) await portal.activate('second', { licenseKey });
  const told: unknown[] = [];
  portal.deps.store.watch(({ header }) => told.push(header.details?.['count']));
  await portal.deps.store.close();
  expect(told).toEqual([4]);
});
