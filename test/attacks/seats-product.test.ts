/**
 * A license key of the wrong product burned a seat at each try: the server gave the seat, and the product
 * refused the lease, since it is for another one. What says its product is refused before a seat is taken.
 */
import { expect, test } from 'vitest';
import type { License } from '../../shared/api/licenses.ts';
import { fingerprint, goodPassword, openPortal } from '../support/server/server.ts';

type Portal = Awaited<ReturnType<typeof openPortal>>;

const machine = { fingerprint: fingerprint('web-1'), hostname: 'web-1' };
const credentials = { email: 'ana@example.com', password: goodPassword };

const ask = (portal: Portal, json: object) =>
  portal.ask<{ license: License }>('POST', '/v1/activations', { json: { ...json, machine } });

const used = async (portal: Portal) => {
  const target = `/v1/licenses/${portal.license.id}`;
  return (await portal.ask<License>('GET', target, { token: portal.ana })).body.counter;
};

test.each([
  ['a license key', (portal: Portal) => ({ licenseKey: portal.license.licenseKey })],
  ['an e-mail and password', () => credentials],
  ['a named license', (portal: Portal) => ({ ...credentials, licenseId: portal.license.id })],
])('%s of another product takes no seat', async (_, by) => {
  const portal = await openPortal();
  const refused = await ask(portal, { ...by(portal), product: 'other' });
  expect(refused.status).toBe(409);
  expect(refused.body).toMatchObject({
    code: 'wrong-product',
    detail: expect.stringMatching(/“other”.*“Prod” is for “suite”/u),
  });
  expect(await used(portal)).toBe(0);
  expect((await ask(portal, { ...by(portal), product: 'suite' })).status).toBe(201);
});

test('a person with licenses of two products needs to name none: the product says which', async () => {
  const portal = await openPortal();
  const json = { id: 'viewer', name: 'Viewer' };
  await portal.ask('POST', '/v1/operator/products', { token: portal.operator, json });
  const viewer = await portal.createLicense({ name: 'View', product: 'viewer' });
  const { status, body } = await ask(portal, { ...credentials, product: 'viewer' });
  expect([status, body.license.id]).toEqual([201, viewer.id]);
  expect(await used(portal)).toBe(0);
});
