/** Accounts from outside: signing in, codes, passwords, users, invitations. */
import { describe, expect, test } from 'vitest';
import type { AccountCreated } from '../../../shared/api/accounts.ts';
import type { Invitation, License, LicenseUserAdded } from '../../../shared/api/licenses.ts';
import { keepOldHash } from '../../support/old-hash.ts';
import {
  goodPassword,
  hour,
  openPortal,
  openServer,
  type TestServer,
} from '../../support/server/server.ts';

const other = 'an orchard beyond walls';

const addUser = (portal: TestServer, token: string, licenseId: string, json: object) =>
  portal.ask<LicenseUserAdded>('POST', `/v1/licenses/${licenseId}/users`, { token, json });

describe('passwords', () => {
  test('changing ends the old password and every other session', async () => {
    const portal = await openPortal();
    const elsewhere = await portal.signIn('ana@example.com');
    const changed = await portal.ask('PUT', '/v1/account/password', {
      token: portal.ana,
      json: { currentPassword: goodPassword, newPassword: other },
    });
    expect(changed.status).toBe(204);
    const statuses = [];
    for (const token of [portal.ana, elsewhere]) {
      statuses.push((await portal.ask('GET', '/v1/account', { token })).status);
    }
    expect(statuses).toEqual([200, 401]);
    await expect(portal.signIn('ana@example.com')).rejects.toThrow('401');
    await expect(portal.signIn('ana@example.com', other)).resolves.toMatch(/^ls_/u);
  });

  test.each([
    ['short', 'newPassword: needs 15 characters or more'],
    ['passwordpassword', 'common'],
    // Fifteen in UTF-16, eight to whoever types them.
    ['🔑🔒🗝🔐🛡🔏🧷x', 'newPassword: needs 15 characters or more'],
  ])('%s is refused with what to do', async (newPassword, said) => {
    const portal = await openPortal();
    const { status, body } = await portal.ask('PUT', '/v1/account/password', {
      token: portal.ana,
      json: { currentPassword: goodPassword, newPassword },
    });
    expect(status).toBe(400);
    expect(body['detail']).toContain(said);
  });

  test('64 characters of Unicode work, and none of them is cut off', async () => {
    const portal = await openPortal();
    const long = 'Grüße-Ünïcödé-日本語-🙂'.repeat(4).slice(0, 64);
    const json = { currentPassword: goodPassword, newPassword: long };
    await portal.ask('PUT', '/v1/account/password', { token: portal.ana, json });
    await expect(portal.signIn('ana@example.com', long)).resolves.toMatch(/^ls_/u);
    await expect(portal.signIn('ana@example.com', long.slice(0, -1))).rejects.toThrow('401');
  });

  test('a forgotten one: request, number, code of the operator, once and for a day', async () => {
    const portal = await openPortal();
    const json = { email: 'Ana@Example.com' };
    const noted = await portal.ask<{ request: string }>('POST', '/v1/password-resets', { json });
    expect(noted.status).toBe(202);
    const list = await portal.ask<{ items: { request: string; account: { id: string } }[] }>(
      'GET',
      '/v1/operator/password-resets',
      { token: portal.operator },
    );
    const entry = list.body.items.find((item) => item.request === noted.body.request);
    const target = `/v1/operator/accounts/${entry?.account.id}/password-code`;
    const issue = () => portal.ask<{ code: string }>('POST', target, { token: portal.operator });
    const late = (await issue()).body.code;
    portal.time.now += 24 * hour;
    expect((await portal.redeem(late, other)).status).toBe(401);
    const operator = await portal.signIn('op@example.com');
    const issued = await portal.ask<{ code: string }>('POST', target, { token: operator });
    expect(issued.body.code).toMatch(/^(?:[0-9A-Z]{6}-){3}[0-9A-Z]{6}$/u);
    const { code } = issued.body;
    const typo = code.replace(/^./u, (first) => (first === '0' ? '1' : '0'));
    expect((await portal.redeem(typo, other)).body['detail']).toContain('Group 1');
    expect((await portal.redeem(code.toLowerCase().replaceAll('-', ''), other)).status).toBe(200);
    expect((await portal.redeem(code, other)).status).toBe(401);
    await expect(portal.signIn('ana@example.com', other)).resolves.toMatch(/^ls_/u);
  });

  test('that is forgotten stays on the operator’s list, however often somebody elsewhere asks too', async () => {
    const portal = await openPortal();
    const forgotten = async (remoteAddress: string) => {
      portal.time.now += 1000;
      const answer = await portal.app.request(
        '/v1/password-resets',
        {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ email: 'ana@example.com' }),
        },
        { remoteAddress },
      );
      return ((await answer.json()) as { request: string }).request;
    };
    const number = await forgotten('198.51.100.7');
    for (let i = 0; i < 30; i += 1) await forgotten('203.0.113.66');
    const { body } = await portal.ask<{ items: { request: string }[] }>(
      'GET',
      '/v1/operator/password-resets',
      { token: portal.operator },
    );
    expect(body.items.map(({ request }) => request)).toContain(number);
    expect(body.items).toHaveLength(2);
  });

  test('hashed with older parameters is hashed anew when its owner signs in, and is still the same', async () => {
    const portal = await openPortal();
    const hash = await keepOldHash(portal, portal.owner.id);
    const stored = () => portal.deps.store.read((reader) => reader.accounts.get(portal.owner.id));
    const before = await stored();
    await expect(portal.signIn('ana@example.com', other)).rejects.toThrow('401');
    expect((await stored())?.password?.hash).toBe(hash);

    // At once, so that each finds the old hash.
    const signedIn = [1, 2, 3].map(() => portal.signIn('ana@example.com'));
    await Promise.all(signedIn);
    const after = await stored();
    expect(after?.password?.hash).toMatch(/^\$argon2id\$v=19\$m=1024,t=1,p=1\$/u);
    expect(after?.password).toMatchObject({
      origin: before?.password?.origin,
      changedAt: before?.password?.changedAt,
    });
    await portal.signIn('ana@example.com');
    expect((await stored())?.password?.hash).toBe(after?.password?.hash);
    expect((await portal.ask('GET', '/v1/account', { token: portal.ana })).status).toBe(200);
  });

  test('known and unknown e-mails get the same words', async () => {
    const portal = await openPortal();
    const tries = [];
    for (const email of ['ana@example.com', 'nobody@example.com']) {
      const json = { email, password: 'not the password at all' };
      const { status, body } = await portal.ask('POST', '/v1/sessions', { json });
      tries.push({ status, body });
    }
    expect(tries[0]).toEqual(tries[1]);
    expect(tries[0]?.status).toBe(401);
  });
});

describe('operators', () => {
  test('a disabled account is out with its next request', async () => {
    const portal = await openPortal();
    await portal.ask('PATCH', `/v1/operator/accounts/${portal.owner.id}`, {
      token: portal.operator,
      json: { status: 'disabled' },
    });
    expect((await portal.ask('GET', '/v1/account', { token: portal.ana })).status).toBe(401);
    await expect(portal.signIn('ana@example.com')).rejects.toThrow('401');
  });

  test('a taken e-mail is a conflict that names the field', async () => {
    const portal = await openPortal();
    const { status, body } = await portal.ask('POST', '/v1/operator/accounts', {
      token: portal.operator,
      json: { email: 'ANA@example.com', name: 'Another Ana' },
    });
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'conflict', errors: [{ field: 'email' }] });
  });

  test('the last one can not be disabled', async () => {
    const server = await openServer();
    const me = await server.ask<{ id: string }>('GET', '/v1/account', { token: server.operator });
    const { status } = await server.ask('PATCH', `/v1/operator/accounts/${me.body.id}`, {
      token: server.operator,
      json: { status: 'disabled' },
    });
    expect(status).toBe(409);
  });

  test('an owner may not do their work', async () => {
    const portal = await openPortal();
    const { status, body } = await portal.ask('GET', '/v1/operator/accounts', {
      token: portal.ana,
    });
    expect(status).toBe(403);
    expect(body['code']).toBe('forbidden');
  });
});

describe('users of a license', () => {
  test('set a password by their code, activate without naming it, and change nothing', async () => {
    const portal = await openPortal();
    const dev = await portal.createLicense({ name: 'Dev', maxActivations: 1 });
    const added = await addUser(portal, portal.ana, dev.id, {
      email: 'dev@b.example',
      name: 'Dee',
    });
    expect(added.status).toBe(201);
    expect((await portal.redeem(added.body.setPasswordCode ?? '')).status).toBe(200);
    const credentials = { email: 'dev@b.example', password: goodPassword };
    const activated = await portal.activate('laptop', credentials);
    expect(activated.body.license.name).toBe('Dev');

    const token = await portal.signIn('dev@b.example');
    const mine = await portal.ask<{ items: License[] }>('GET', '/v1/licenses', { token });
    expect(mine.body.items.map(({ name, relation }) => [name, relation])).toEqual([
      ['Dev', 'user'],
    ]);
    const reset = `/v1/licenses/${dev.id}/activations/reset`;
    expect((await portal.ask('POST', reset, { token })).status).toBe(403);
    expect((await portal.ask('GET', `/v1/licenses/${portal.license.id}`, { token })).status).toBe(
      404,
    );

    const gone = `/v1/licenses/${dev.id}/users/${added.body.account.id}`;
    expect((await portal.ask('DELETE', gone, { token: portal.ana })).status).toBe(204);
    expect((await portal.ask('GET', '/v1/account', { token })).status).toBe(401);
    expect((await portal.checkIn(activated.body)).status).toBe(200);
  });

  test('with manage they release and reset, but add nobody', async () => {
    const portal = await openPortal();
    const added = await addUser(portal, portal.ana, portal.license.id, {
      email: 'dev@b.example',
      name: 'Dee',
      manage: true,
    });
    await portal.redeem(added.body.setPasswordCode ?? '');
    const token = await portal.signIn('dev@b.example');
    await portal.activate('web-1');
    const reset = `/v1/licenses/${portal.license.id}/activations/reset`;
    expect((await portal.ask('POST', reset, { token })).status).toBe(200);
    const adding = await addUser(portal, token, portal.license.id, {
      email: 'x@y.example',
      name: 'X',
    });
    expect(adding.status).toBe(403);
  });

  test('somebody with an account gets no code: they sign in and accept', async () => {
    const portal = await openPortal();
    await portal.createAccount('eve@example.com');
    const json = { email: 'eve@example.com', name: 'Eve' };
    const added = await addUser(portal, portal.ana, portal.license.id, json);
    expect(added.body).toMatchObject({ setPasswordCode: null, status: 'invited' });
    const code = `/v1/licenses/${portal.license.id}/users/${added.body.account.id}/code`;
    expect((await portal.ask('POST', code, { token: portal.ana })).status).toBe(403);

    const eve = await portal.signIn('eve@example.com');
    const license = `/v1/licenses/${portal.license.id}`;
    expect((await portal.ask('GET', license, { token: eve })).status).toBe(404);
    const offered = await portal.ask<{ items: Invitation[] }>('GET', '/v1/invitations', {
      token: eve,
    });
    const accept = `/v1/invitations/${offered.body.items[0]?.id}/accept`;
    expect((await portal.ask('POST', accept, { token: eve })).status).toBe(204);
    expect((await portal.ask('GET', license, { token: eve })).status).toBe(200);
  });

  test('nobody keeps a password that another owner could have set, once they become an owner', async () => {
    const portal = await openPortal();
    const json = { email: 'victim@c.example', name: 'V' };
    const added = await addUser(portal, portal.ana, portal.license.id, json);
    await portal.redeem(added.body.setPasswordCode ?? '');
    const squatter = await portal.signIn('victim@c.example');
    const changed = { currentPassword: goodPassword, newPassword: other };
    await portal.ask('PUT', '/v1/account/password', { token: squatter, json: changed });

    const made = await portal.ask<AccountCreated>('POST', '/v1/operator/accounts', {
      token: portal.operator,
      json: { email: 'victim@c.example', name: 'Vic' },
    });
    expect(made.status).toBe(201);
    expect((await portal.ask('GET', '/v1/account', { token: squatter })).status).toBe(401);
    await expect(portal.signIn('victim@c.example', other)).rejects.toThrow('401');
    expect((await portal.redeem(made.body.setPasswordCode ?? '')).status).toBe(200);
    const again = `/v1/licenses/${portal.license.id}/users/${made.body.account.id}/code`;
    expect((await portal.ask('POST', again, { token: portal.ana })).status).toBe(403);
  });
});
