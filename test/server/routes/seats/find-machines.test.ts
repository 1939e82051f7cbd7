/** Machines by name across licenses: what releasing one by its hostname goes by. */
import { describe, expect, test } from 'vitest';
import type { FoundMachines } from '../../../../shared/api/activations.ts';
import { fingerprint, openPortal } from '../../../support/server/server.ts';

const openTwo = async () => {
  const portal = await openPortal();
  const dev = await portal.createLicense({ name: 'Dev' });
  await portal.activate('web-1', { licenseId: portal.license.id });
  await portal.activate('build-1', { licenseId: portal.license.id });
  await portal.activate('build-1', { licenseId: dev.id });
  const find = async (token: string, query: string) => {
    const path = `/v1/machines?${query}`;
    const { body } = await portal.ask<FoundMachines>('GET', path, { token });
    return body.items.map(({ hostname, licenseName }) => `${hostname} on ${licenseName}`).sort();
  };
  return { ...portal, dev, find };
};

describe('machines of one name', () => {
  test('are found on every license of the caller, and for an operator on all', async () => {
    const { find, ana, operator, createAccount, signIn } = await openTwo();
    await createAccount('otto@example.com');
    const stranger = await signIn('otto@example.com');
    const both = ['build-1 on Dev', 'build-1 on Prod'];
    expect(await find(ana, 'name=BUILD-1')).toEqual(both);
    expect(await find(operator, 'name=build-1')).toEqual(both);
    expect(await find(stranger, 'name=build-1')).toEqual([]);
  });

  test('are found by id and fingerprint too, and on one license by its name or id', async () => {
    const { find, ana, dev, activate } = await openTwo();
    expect(await find(ana, 'name=build-1&license=dev')).toEqual(['build-1 on Dev']);
    expect(await find(ana, `name=build-1&license=${dev.id}`)).toEqual(['build-1 on Dev']);
    expect(await find(ana, `name=${fingerprint('web-1').slice(0, 12)}`)).toEqual(['web-1 on Prod']);
    const { body } = await activate('web-1', { licenseId: dev.id });
    expect(await find(ana, `name=${body.activation.id}`)).toEqual(['web-1 on Dev']);
    expect(await find(ana, 'name=build')).toEqual([]);
  });

  test('without a seat are not among them', async () => {
    const { find, ana, dev, ask } = await openTwo();
    await ask('POST', `/v1/licenses/${dev.id}/activations/reset`, { token: ana, json: {} });
    expect(await find(ana, 'name=build-1')).toEqual(['build-1 on Prod']);
  });
});
