/** An operator's work with accounts: what is refused, and what a change takes away from who had it. */
import { describe, expect, test } from 'vitest';
import type { Account } from '../../../shared/api/accounts.ts';
import { goodPassword, openPortal } from '../../support/server/server.ts';

const openOperator = async () => {
  const portal = await openPortal();
  const { operator: token } = portal;
  const me = (await portal.ask<Account>('GET', '/v1/account', { token })).body;
  const change = (id: string, json: object) =>
    portal.ask<Account>('PATCH', `/v1/operator/accounts/${id}`, { token, json });
  const create = (json: object) =>
    portal.ask('POST', '/v1/operator/accounts', { token, json: { name: 'New', ...json } });
  const newest = async () => {
    const { body } = await portal.ask<{ items: object[] }>('GET', '/v1/operator/journal', {
      token,
    });
    return body.items[0];
  };
  const works = async (session: string): Promise<boolean> =>
    (await portal.ask('GET', '/v1/account', { token: session })).status === 200;
  return { ...portal, me, change, create, newest, works };
};

describe('an account is not', () => {
  test('made with a password on the list of common ones', async () => {
    const portal = await openOperator();
    const json = { email: 'new@example.com', password: 'passwordpassword' };
    expect(await portal.create(json)).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'password', message: 'is on the list of common ones' }] },
    });
    expect((await portal.create({ email: 'new@example.com' })).status).toBe(201);
  });

  test('changed where there is none, nor given an e-mail that another one has', async () => {
    const portal = await openOperator();
    expect((await portal.change('acc_none', { name: 'Nobody' })).status).toBe(404);
    const code = '/v1/operator/accounts/acc_none/password-code';
    expect((await portal.ask('POST', code, { token: portal.operator })).status).toBe(404);
    expect(await portal.change(portal.owner.id, { email: 'op@example.com' })).toMatchObject({
      status: 409,
      body: { errors: [{ field: 'email' }] },
    });
    // Its own, however it is typed, is no other's.
    const own = await portal.change(portal.owner.id, { email: 'ANA@example.com', phone: '7' });
    expect(own).toMatchObject({ status: 200, body: { email: 'ana@example.com', phone: '7' } });
  });
});

describe('the last active operator', () => {
  test('is neither disabled nor made an owner; where there is another, both can be', async () => {
    const portal = await openOperator();
    for (const json of [{ status: 'disabled' }, { role: 'owner' }]) {
      expect(await portal.change(portal.me.id, json)).toMatchObject({
        status: 409,
        body: { detail: /last active operator/u },
      });
    }
    const second = await portal.createAccount('second@example.com', 'operator');
    expect((await portal.change(second.id, { status: 'disabled' })).status).toBe(200);
    // One who is disabled is no operator that is left, and can be made an owner.
    expect((await portal.change(portal.me.id, { role: 'owner' })).status).toBe(409);
    expect((await portal.change(second.id, { role: 'owner' })).status).toBe(200);
    await portal.change(second.id, { role: 'operator', status: 'active' });
    expect((await portal.change(portal.me.id, { role: 'owner' })).status).toBe(200);
    expect(await portal.works(portal.operator)).toBe(false);
  });
});

describe('a change of an account', () => {
  test.each([
    ['another e-mail', { email: 'ana@new.example' }, 'account.edit'],
    ['another role', { role: 'operator' }, 'account.edit'],
    ['disabling', { status: 'disabled' }, 'account.disable'],
  ])('by %s ends its sessions, and the journal says which', async (_, json, action) => {
    const portal = await openOperator();
    expect((await portal.change(portal.owner.id, json)).status).toBe(200);
    expect(await portal.newest()).toMatchObject({ action, target: portal.owner.id });
    expect(await portal.works(portal.ana)).toBe(false);
  });

  test('by anything else ends none', async () => {
    const portal = await openOperator();
    const json = {
      name: 'Ana Maria',
      company: 'Harbor',
      phone: '1',
      role: 'owner',
      status: 'active',
    };
    expect((await portal.change(portal.owner.id, json)).body).toMatchObject({
      name: 'Ana Maria',
      company: 'Harbor',
      phone: '1',
    });
    expect(await portal.newest()).toMatchObject({
      action: 'account.edit',
      details: { role: 'owner' },
    });
    expect(await portal.works(portal.ana)).toBe(true);
    // What is not named stays; null takes it away.
    const less = await portal.change(portal.owner.id, { company: null });
    expect(less.body).toMatchObject({ name: 'Ana Maria', company: null, phone: '1' });
  });

  test('that enables it again lets its person in with the password that they had', async () => {
    const portal = await openOperator();
    await portal.change(portal.owner.id, { status: 'disabled' });
    await expect(portal.signIn('ana@example.com')).rejects.toThrow('401');
    await portal.change(portal.owner.id, { status: 'active' });
    expect(await portal.newest()).toMatchObject({ action: 'account.enable' });
    await expect(portal.signIn('ana@example.com', goodPassword)).resolves.toMatch(/^ls_/u);
    // The sessions of before stay ended.
    expect(await portal.works(portal.ana)).toBe(false);
  });
});

test('My Info is what was written there, and nobody else’s', async () => {
  const portal = await openOperator();
  const json = { name: 'Ana Ruiz', company: 'Harbor', phone: '1' };
  expect((await portal.ask('PATCH', '/v1/account', { token: portal.ana, json })).status).toBe(200);
  const { body } = await portal.ask('GET', '/v1/account', { token: portal.ana });
  expect(body).toMatchObject({ ...json, email: 'ana@example.com' });
  expect(await portal.newest()).toMatchObject({ action: 'account.edit', target: portal.owner.id });
  const { body: others } = await portal.ask('GET', '/v1/account', { token: portal.operator });
  expect(others).toMatchObject({ name: 'Olga Operator', company: null, phone: null });
});

test('a user becomes an owner with the first license, whichever way it is made', async () => {
  const portal = await openOperator();
  const users = `/v1/licenses/${portal.license.id}/users`;
  const roleOf = async (email: string) => {
    const { body } = await portal.ask<{ items: Account[] }>('GET', '/v1/operator/accounts', {
      token: portal.operator,
    });
    return body.items.find((account) => account.email === email)?.role;
  };
  for (const name of ['one', 'two', 'three']) {
    const json = { email: `${name}@example.com`, name };
    await portal.ask('POST', users, { token: portal.ana, json });
    expect(await roleOf(json.email)).toBe('user');
  }
  await portal.createLicense({ ownerEmail: 'one@example.com', name: 'First' });
  const json = { ownerEmail: 'two@example.com' };
  const path = `/v1/operator/licenses/${portal.license.id}`;
  await portal.ask('PATCH', path, { token: portal.operator, json });
  const row = { ownerEmail: 'three@example.com', name: 'Third', product: 'suite' };
  const imported = await portal.ask('POST', '/v1/operator/licenses/import', {
    token: portal.operator,
    json: { rows: [row] },
  });
  expect(imported.status).toBe(200);
  for (const name of ['one', 'two', 'three']) {
    expect(await roleOf(`${name}@example.com`)).toBe('owner');
  }
});
