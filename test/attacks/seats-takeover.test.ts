/**
 * A user without `manage` freed anybody's seat: fingerprints are in the list of machines, so they activated
 * with their own password and the victim's fingerprint. That ended the victim's token, and with the new one
 * they deactivated the machine. Who may release a machine may still do so this way, and so may the machine
 * itself, which has its token.
 */
import { expect, test } from 'vitest';
import type { Activated } from '../../shared/api/activations.ts';
import type { AccountCreated } from '../../shared/api/accounts.ts';
import { day, fingerprint, goodPassword, openPortal } from '../support/server/server.ts';

type Portal = Awaited<ReturnType<typeof openPortal>>;

const addUser = async (portal: Portal, name: string, manage: boolean) => {
  const email = `${name}@example.com`;
  const { body } = await portal.ask<AccountCreated>(
    'POST',
    `/v1/licenses/${portal.license.id}/users`,
    {
      token: portal.ana,
      json: { email, name, manage },
    },
  );
  await portal.redeem(body.setPasswordCode ?? '');
  return { email };
};

const open = async () => {
  const portal = await openPortal();
  const uma = await addUser(portal, 'uma', false);
  const victim = (await portal.activate('build-1')).body;
  return { portal, uma, victim };
};

test('a user without manage can’t take over another’s machine by activating with its fingerprint', async () => {
  const { portal, uma, victim } = await open();
  const refused = await portal.activate('build-1', uma);
  expect(refused.status).toBe(403);
  expect(refused.body).toMatchObject({
    code: 'forbidden',
    detail: expect.stringContaining('activated by ana@example.com'),
  });
  expect((await portal.checkIn(victim)).status).toBe(200);
});

test('nor after a reset, while the machine still runs on its lease', async () => {
  const { portal, uma, victim } = await open();
  const reset = `/v1/licenses/${portal.license.id}/activations/reset`;
  expect((await portal.ask('POST', reset, { token: portal.ana })).status).toBe(200);
  expect((await portal.activate('build-1', uma)).status).toBe(403);
  expect((await portal.checkIn(victim)).status).toBe(200);
});

test('nor can whoever has only the license key', async () => {
  const { portal, victim } = await open();
  const { licenseKey } = portal.license;
  expect((await portal.activate('build-1', { licenseKey })).status).toBe(403);
  expect((await portal.checkIn(victim)).status).toBe(200);
});

test('who may release the machine may activate it again, and so may the machine itself', async () => {
  const { portal, uma } = await open();
  const max = await addUser(portal, 'max', true);
  const taken = await portal.activate('build-1', max);
  expect(taken.status).toBe(200);

  const json = {
    ...uma,
    password: goodPassword,
    activationToken: taken.body.activationToken,
    machine: { fingerprint: fingerprint('build-1'), hostname: 'build-1' },
  };
  const again = await portal.ask<Activated>('POST', '/v1/activations', { json });
  expect(again.status).toBe(200);
  expect((await portal.checkIn(taken.body)).status).toBe(401);
  expect((await portal.checkIn(again.body)).status).toBe(200);
});

test('a machine that was released and whose lease has ended is anybody’s', async () => {
  const { portal, uma, victim } = await open();
  const target = `/v1/licenses/${portal.license.id}/activations/${victim.activation.id}`;
  expect((await portal.ask('DELETE', target, { token: portal.ana })).status).toBe(204);
  portal.time.now += 4 * day;
  expect((await portal.activate('build-1', uma)).status).toBe(200);
});
