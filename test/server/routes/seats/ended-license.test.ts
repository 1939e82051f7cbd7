/** A license that permits nothing makes no offline key; what has ended ends no second time. */
import { describe, expect, test } from 'vitest';
import type { OfflineKeyWithKey } from '../../../../shared/api/offline-keys.ts';
import { act, counter, issue, machine } from '../../../support/machines/air-gapped.ts';
import { openPortal } from '../../../support/server/server.ts';

type Portal = Awaited<ReturnType<typeof openPortal>>;

const journal = async (portal: Portal) => {
  const asked = { token: portal.operator };
  return (await portal.ask<{ items: object[] }>('GET', '/v1/operator/journal', asked)).body.items;
};

const change = (portal: Portal, json: object) =>
  portal.ask('PATCH', `/v1/operator/licenses/${portal.license.id}`, {
    token: portal.operator,
    json,
  });

describe.each([
  ['suspended', 'license.suspend', { status: 'suspended', reason: 'unpaid' }],
  ['revoked', 'license.revoke', { status: 'revoked', reason: 'copied' }],
])('a license that is %s', (status, action, patch) => {
  test('makes and renews no offline key, and the journal says so', async () => {
    const portal = await openPortal();
    const { id } = (await issue(portal, machine(portal, 'plc-7').typed)).body;
    expect((await change(portal, patch)).status).toBe(200);
    expect((await journal(portal))[0]).toMatchObject({ action, target: portal.license.id });
    const code = `license-${status}`;
    const refused = { status: 403, body: { code } };
    expect(await issue(portal, machine(portal, 'plc-8').typed)).toMatchObject(refused);
    expect((await journal(portal))[0]).toMatchObject({
      action: 'offline-key.issue',
      target: portal.license.id,
      outcome: code,
    });
    expect(await act(portal, id, 'renew')).toMatchObject(refused);
    expect((await journal(portal))[0]).toMatchObject({
      action: 'offline-key.renew',
      target: id,
      outcome: code,
      details: { hostname: 'plc-7' },
    });
    expect(await counter(portal)).toEqual([1, 1]);
  });
});

test('resuming and moving are told apart from other changes in the journal', async () => {
  const portal = await openPortal();
  await portal.createAccount('otto@example.com');
  await change(portal, { status: 'suspended', reason: 'unpaid' });
  for (const [json, action] of [
    [{ status: 'active' }, 'license.resume'],
    [{ status: 'active' }, 'license.change'],
    [{ name: 'Production' }, 'license.change'],
    [{ ownerEmail: 'otto@example.com' }, 'license.move'],
  ] as const) {
    expect((await change(portal, json)).status).toBe(200);
    expect((await journal(portal))[0]).toMatchObject({ action });
  }
});

test('a key that was written off is neither lost nor written off again; a lost one says why', async () => {
  const portal = await openPortal();
  const { id } = (await issue(portal, machine(portal, 'plc-7').typed)).body;
  await act(portal, id, 'lost', { reason: 'the cabinet burned' });
  const path = `/v1/licenses/${portal.license.id}/offline-keys/${id}`;
  const key = async () =>
    (await portal.ask<OfflineKeyWithKey>('GET', path, { token: portal.ana })).body;
  expect(await key()).toMatchObject({ status: 'lost', reason: 'the cabinet burned' });
  const writeOff = () =>
    portal.ask('POST', `/v1/operator/offline-keys/${id}/write-off`, { token: portal.operator });
  expect((await writeOff()).status).toBe(200);
  expect(await writeOff()).toMatchObject({ status: 409, body: { detail: /was written off/u } });
  expect((await act(portal, id, 'lost', { reason: 'again' })).status).toBe(409);
  expect(await key()).toMatchObject({ status: 'written-off', reason: 'the cabinet burned' });
});

test('a license is made of a product and for an account that there are', async () => {
  const portal = await openPortal();
  const named = async (input: object, field: string): Promise<void> =>
    expect(portal.createLicense(input)).rejects.toThrow(`"field":"${field}"`);
  await named({ product: 'unheard-of' }, 'product');
  await named({ ownerEmail: 'nobody@example.com' }, 'ownerEmail');
  expect(await change(portal, { ownerEmail: 'nobody@example.com' })).toMatchObject({
    status: 400,
    body: { errors: [{ field: 'ownerEmail' }] },
  });
});

test('a machine that holds no seat is not released, and a refused reset is in the journal', async () => {
  const portal = await openPortal({ maxActivations: 1 });
  const path = `/v1/licenses/${portal.license.id}/activations`;
  const one = (await portal.activate('one')).body.activation.id;
  const release = (id: string) => portal.ask('DELETE', `${path}/${id}`, { token: portal.ana });
  const reset = () => portal.ask('POST', `${path}/reset`, { token: portal.ana });
  expect((await reset()).status).toBe(200);
  expect((await release(one)).status).toBe(404);
  const two = (await portal.activate('two')).body.activation.id;
  const outcome = 'reset-limit-exceeded';
  expect((await release(two)).status).toBe(409);
  expect((await journal(portal))[0]).toMatchObject({ action: 'activation.release', outcome });
  expect((await reset()).status).toBe(409);
  expect((await journal(portal))[0]).toMatchObject({ action: 'activation.reset', outcome });
});
