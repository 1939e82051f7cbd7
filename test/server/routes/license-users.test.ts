/** The people on a license: who can be added, what removing takes away, whose an invitation is. */
import { describe, expect, test } from 'vitest';
import type { Account, AccountCreated } from '../../../shared/api/accounts.ts';
import type { Invitation, License, LicenseUserAdded } from '../../../shared/api/licenses.ts';
import { day, goodPassword, openPortal } from '../../support/server/server.ts';

const openUsers = async () => {
  const portal = await openPortal();
  const license = `/v1/licenses/${portal.license.id}`;
  const users = `${license}/users`;
  const add = (email: string, token = portal.ana) => {
    portal.time.now += 1;
    return portal.ask<LicenseUserAdded>('POST', users, { token, json: { email, name: 'Typed' } });
  };
  /** A user who set a password. */
  const join = async (email: string) => {
    const { body } = await add(email);
    await portal.redeem(body.setPasswordCode ?? '');
    return { id: body.account.id, token: await portal.signIn(email) };
  };
  const invitations = async (token: string) =>
    (await portal.ask<{ items: Invitation[] }>('GET', '/v1/invitations', { token })).body.items;
  const journal = async () =>
    (
      await portal.ask<{ items: object[] }>('GET', '/v1/operator/journal', {
        token: portal.operator,
      })
    ).body.items;
  const remove = (id: string) => portal.ask('DELETE', `${users}/${id}`, { token: portal.ana });
  const code = (id: string, token = portal.ana) =>
    portal.ask<{ code: string }>('POST', `${users}/${id}/code`, { token });
  return { ...portal, path: license, add, join, invitations, journal, remove, code };
};

describe('adding a user', () => {
  test('is refused for the owner, for who is one already, and after the two hundredth', async () => {
    const portal = await openUsers();
    const conflict = async (email: string, detail: RegExp): Promise<void> =>
      expect(await portal.add(email)).toMatchObject({
        status: 409,
        body: { code: 'conflict', detail },
      });
    await conflict('ana@example.com', /ana@example\.com owns this license/u);
    const added = await portal.add('uma@example.com');
    expect(added.status).toBe(201);
    expect(added.body.codeExpiresAt).toBe(new Date(portal.time.now + day).toISOString());
    await conflict('uma@example.com', /is a user of this license already/u);
    await portal.createAccount('otto@example.com');
    expect((await portal.add('otto@example.com')).body.status).toBe('invited');
    await conflict('otto@example.com', /is a user of this license already/u);
    for (let count = 2; count < 200; count += 1) {
      expect((await portal.add(`user${count}@example.com`)).status).toBe(201);
    }
    await conflict('more@example.com', /has 200 users, which is the most/u);
  });

  test('gives a new account the company of the owner, and none where an operator adds', async () => {
    const portal = await openUsers();
    await portal.ask('PATCH', '/v1/account', { token: portal.ana, json: { company: 'Harbor' } });
    await portal.ask('PATCH', '/v1/account', {
      token: portal.operator,
      json: { company: 'Vendor' },
    });
    await portal.add('uma@example.com');
    await portal.add('otto@example.com', portal.operator);
    const { body } = await portal.ask<{ items: Account[] }>('GET', '/v1/operator/accounts', {
      token: portal.operator,
    });
    const companies = body.items.map(({ email, company }) => [email, company]);
    expect(companies.slice(-2)).toEqual([
      ['uma@example.com', 'Harbor'],
      ['otto@example.com', null],
    ]);
  });
});

describe('a user who is removed', () => {
  test('sees nothing of the license any more, however often they sign in, and takes no seat', async () => {
    const portal = await openUsers();
    const { id, token } = await portal.join('uma@example.com');
    expect((await portal.ask('GET', portal.path, { token })).status).toBe(200);
    expect((await portal.remove(id)).status).toBe(204);
    expect(await portal.journal()).toContainEqual(
      expect.objectContaining({
        action: 'user.remove',
        target: portal.license.id,
        outcome: 'ok',
        details: { account: id },
      }),
    );
    const again = await portal.signIn('uma@example.com');
    const mine = await portal.ask<{ items: License[] }>('GET', '/v1/licenses', { token: again });
    expect(mine.body.items).toEqual([]);
    expect((await portal.ask('GET', portal.path, { token: again })).status).toBe(404);
    const credentials = { email: 'uma@example.com', password: goodPassword };
    expect((await portal.activate('laptop', credentials)).status).toBe(404);
  });

  test('is gone: can not be removed again, gets no code, can be added anew', async () => {
    const portal = await openUsers();
    const { id } = await portal.join('uma@example.com');
    expect((await portal.code(id)).status).toBe(201);
    await portal.remove(id);
    expect((await portal.remove(id)).status).toBe(404);
    expect((await portal.code(id)).status).toBe(404);
    expect((await portal.add('uma@example.com')).body).toMatchObject({
      status: 'invited',
      setPasswordCode: null,
    });
  });
});

describe('a code for a user', () => {
  test('is the operator’s to issue too, but not for who has an account of their own', async () => {
    const portal = await openUsers();
    const { id } = await portal.join('uma@example.com');
    await portal.createAccount('otto@example.com');
    const ottos = (await portal.add('otto@example.com')).body.account.id;
    const issued = await portal.code(id, portal.operator);
    expect(issued.status).toBe(201);
    expect((await portal.code(ottos, portal.operator)).status).toBe(403);
    expect(await portal.journal()).toContainEqual(
      expect.objectContaining({ action: 'user.code', target: ottos, outcome: 'forbidden' }),
    );
    // From then on it is not the owner's any more.
    expect((await portal.redeem(issued.body.code)).status).toBe(200);
    expect((await portal.code(id)).status).toBe(403);
    // Whoever became an owner is no user of anybody: not even the operator's code comes this way.
    await portal.createLicense({ ownerEmail: 'uma@example.com', name: 'Umas' });
    expect((await portal.code(id, portal.operator)).status).toBe(403);
  });

  test('sets no password of an account that is disabled', async () => {
    const portal = await openUsers();
    const { id } = await portal.join('uma@example.com');
    const operator = { token: portal.operator };
    await portal.ask('PATCH', `/v1/operator/accounts/${id}`, {
      ...operator,
      json: { status: 'disabled' },
    });
    expect((await portal.code(id)).status).toBe(403);
    const promoted = await portal.ask<AccountCreated>('POST', '/v1/operator/accounts', {
      ...operator,
      json: { email: 'uma@example.com', name: 'Uma' },
    });
    expect(promoted.body.account).toMatchObject({ id, role: 'owner', status: 'disabled' });
    expect((await portal.redeem(promoted.body.setPasswordCode ?? '')).status).toBe(401);
  });
});

describe('an invitation', () => {
  test('is of whom it is made to: nobody else accepts or declines it, and once declined it is gone', async () => {
    const portal = await openUsers();
    await portal.createAccount('otto@example.com');
    await portal.createAccount('eve@example.com');
    const [otto, eve] = [
      await portal.signIn('otto@example.com'),
      await portal.signIn('eve@example.com'),
    ];
    await portal.add('otto@example.com');
    const [offered] = await portal.invitations(otto);
    expect(offered).toMatchObject({
      licenseName: 'Prod',
      productName: 'Suite',
      invitedBy: 'ana@example.com',
      manage: false,
    });
    expect(await portal.invitations(eve)).toEqual([]);
    const path = `/v1/invitations/${offered?.id}`;
    const accept = (token: string) => portal.ask('POST', `${path}/accept`, { token });
    const decline = (token: string) => portal.ask('DELETE', path, { token });
    expect((await accept(eve)).status).toBe(404);
    expect((await decline(eve)).status).toBe(404);
    expect((await decline(otto)).status).toBe(204);
    expect((await portal.journal())[0]).toMatchObject({
      action: 'invitation.decline',
      target: portal.license.id,
      outcome: 'ok',
    });
    expect(await portal.invitations(otto)).toEqual([]);
    expect((await accept(otto)).status).toBe(404);
    expect((await portal.ask('GET', portal.path, { token: otto })).status).toBe(404);
  });

  test('that was accepted is none any more', async () => {
    const portal = await openUsers();
    await portal.createAccount('otto@example.com');
    const otto = await portal.signIn('otto@example.com');
    await portal.add('otto@example.com');
    const [offered] = await portal.invitations(otto);
    const path = `/v1/invitations/${offered?.id}`;
    expect((await portal.ask('POST', `${path}/accept`, { token: otto })).status).toBe(204);
    expect(await portal.invitations(otto)).toEqual([]);
    expect((await portal.ask('DELETE', path, { token: otto })).status).toBe(404);
    expect((await portal.ask('GET', portal.path, { token: otto })).status).toBe(200);
  });
});
