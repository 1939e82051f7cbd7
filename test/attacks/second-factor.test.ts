/**
 * The attacker has the password, or a session that was left open, but not the device of the second
 * factor. What let them past it once:
 *
 * - Turning the second factor off asks for a code of the device, but counted no wrong ones: with a stolen
 *   session the six digits were guessed within minutes.
 * - Whoever had a session could set up a device of their own, and keep the account's person out with it.
 * - An owner who had made an account for somebody else's e-mail set up a second factor on it. That person
 *   set a password with an operator's code, and was asked for a device that the owner had; there was no way
 *   to take it off.
 */
import { Secret, TOTP } from 'otpauth';
import { afterEach, describe, expect, test } from 'vitest';
import { goodPassword, openPortal } from '../support/server/server.ts';
import { breakDisk } from '../support/server/failing-disk.ts';

type Portal = Awaited<ReturnType<typeof openPortal>>;

const right = { email: 'ana@example.com', password: goodPassword };
const home = '198.51.100.7';
const attacker = '203.0.113.66';

const send = (
  portal: Portal,
  method: string,
  path: string,
  { json, token, from = home }: { json?: object; token?: string; from?: string },
): Promise<Response> =>
  Promise.resolve(
    portal.app.request(
      path,
      {
        method,
        headers: {
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      },
      { remoteAddress: from },
    ),
  );

const enrol = async (portal: Portal) => {
  const { body } = await portal.ask<{ secret: string }>('POST', '/v1/account/totp', {
    token: portal.ana,
    json: { currentPassword: goodPassword },
  });
  const authenticator = new TOTP({ secret: Secret.fromBase32(body.secret) });
  const code = (): string => authenticator.generate({ timestamp: portal.time.now });
  await portal.ask('PUT', '/v1/account/totp', { token: portal.ana, json: { code: code() } });
  portal.time.now += 30_000;
  return code;
};

const signIn = (portal: Portal, totp?: string, from = home): Promise<Response> =>
  send(portal, 'POST', '/v1/sessions', { json: { ...right, totp }, from });

const wrongCode = (code: () => string): string => (code() === '123456' ? '654321' : '123456');

test('whoever found a session can not guess the codes that turn the second factor off', async () => {
  const portal = await openPortal();
  const code = await enrol(portal);
  const guess = (guessed: string) =>
    send(portal, 'DELETE', '/v1/account/totp', {
      json: { code: guessed },
      token: portal.ana,
      from: attacker,
    });
  // Sent at once, so that none waits for what the one before showed.
  const answers = await Promise.all(Array.from({ length: 40 }, () => guess(wrongCode(code))));
  const wrong = answers.filter(({ status }) => status === 401);
  expect(wrong.length).toBeLessThanOrEqual(10);
  const last = answers.at(-1);
  expect([last?.status, Number(last?.headers.get('retry-after')) > 0]).toEqual([429, true]);
  // Not even the right one comes through there, and the second factor is still on.
  expect((await guess(code())).status).toBe(429);
  const account = await portal.ask('GET', '/v1/account', { token: portal.ana });
  expect(account.body['twoFactor']).toBe(true);
  // Its owner at home turns it off.
  const own = await send(portal, 'DELETE', '/v1/account/totp', {
    json: { code: code() },
    token: portal.ana,
  });
  expect(own.status).toBe(204);
});

test('whoever found a session can not set up a second factor of their own: that asks for the password', async () => {
  const portal = await openPortal();
  const begin = (currentPassword: string) =>
    send(portal, 'POST', '/v1/account/totp', {
      json: { currentPassword },
      token: portal.ana,
      from: attacker,
    });
  const guesses = Array.from({ length: 40 }, (_, i) => begin(`a guess of the attacker ${i}`));
  const statuses = (await Promise.all(guesses)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(10);
  expect(statuses.at(-1)).toBe(429);
  expect((await begin(goodPassword)).status).toBe(429);
});

describe('a second factor that its person has not', () => {
  const openSquatted = async () => {
    const portal = await openPortal();
    const added = await portal.ask<{ account: { id: string }; setPasswordCode: string }>(
      'POST',
      `/v1/licenses/${portal.license.id}/users`,
      { token: portal.ana, json: { email: 'vic@example.com', name: 'Vic' } },
    );
    await portal.redeem(added.body.setPasswordCode);
    const squatter = { ...portal, ana: await portal.signIn('vic@example.com') };
    const code = await enrol(squatter);
    return { ...portal, code, id: added.body.account.id };
  };

  test('ends with the password of whoever set it up, when an operator’s code sets another', async () => {
    const portal = await openSquatted();
    await expect(portal.signIn('vic@example.com')).rejects.toThrow('401');
    const issued = await portal.ask<{ code: string }>(
      'POST',
      `/v1/operator/accounts/${portal.id}/password-code`,
      { token: portal.operator },
    );
    await portal.redeem(issued.body.code, 'my own harbor lantern');
    await portal.signIn('vic@example.com', 'my own harbor lantern');
  });

  test('is kept when a new password is of the same line', async () => {
    const portal = await openPortal();
    await enrol(portal);
    const issued = await portal.ask<{ code: string }>(
      'POST',
      `/v1/operator/accounts/${portal.owner.id}/password-code`,
      { token: portal.operator },
    );
    await portal.redeem(issued.body.code, 'my own harbor lantern');
    await expect(portal.signIn('ana@example.com', 'my own harbor lantern')).rejects.toThrow(
      'totpRequired',
    );
  });

  test('is taken off by an operator, who can turn none on; the journal says so', async () => {
    const portal = await openPortal();
    await enrol(portal);
    const change = (json: object, token: string) =>
      portal.ask('PATCH', `/v1/operator/accounts/${portal.owner.id}`, { token, json });
    expect((await change({ twoFactor: false }, portal.ana)).status).toBe(403);
    expect((await change({ twoFactor: true }, portal.operator)).status).toBe(400);
    const off = await change({ twoFactor: false }, portal.operator);
    expect([off.status, off.body['twoFactor']]).toEqual([200, false]);
    await portal.signIn('ana@example.com');
    const journal = await portal.ask<{ items: object[] }>('GET', '/v1/operator/journal', {
      token: portal.operator,
    });
    expect(journal.body.items).toContainEqual(
      expect.objectContaining({
        action: 'account.edit',
        target: portal.owner.id,
        details: { role: 'owner', secondFactor: 'removed' },
      }),
    );
  });
});

test('the journal says where a one-time password came from', async () => {
  const portal = await openPortal();
  const code = await enrol(portal);
  expect((await signIn(portal, code(), attacker)).status).toBe(201);
  const journal = await portal.ask<{ items: { action: string; actor: object }[] }>(
    'GET',
    '/v1/operator/journal',
    { token: portal.operator },
  );
  const used = journal.body.items.filter(({ action }) => action === 'totp.use');
  expect(used).toMatchObject([{ actor: { id: portal.owner.id, from: attacker } }]);
});

describe('while the server is read-only', () => {
  const repairs: (() => void)[] = [];
  afterEach(() => repairs.splice(0).forEach((repair) => repair()));

  const failDisk = async (portal: Portal): Promise<void> => {
    repairs.push(await breakDisk());
    const write = () =>
      portal.ask('PATCH', '/v1/account', { token: portal.ana, json: { company: 'Harbor' } });
    expect((await write()).status).toBe(503);
    expect((await portal.ask('GET', '/readyz')).body).toMatchObject({ status: 'read-only' });
  };

  test('the second factor is asked for, and each one-time password still works once', async () => {
    const portal = await openPortal();
    const code = await enrol(portal);
    const before = code();
    expect((await signIn(portal, before)).status).toBe(201);
    await failDisk(portal);

    expect((await signIn(portal)).status).toBe(401);
    expect((await signIn(portal, wrongCode(code))).status).toBe(401);
    // Used while the disk was well.
    expect((await signIn(portal, before)).status).toBe(401);
    portal.time.now += 30_000;
    const totp = code();
    const answers = await Promise.all(Array.from({ length: 5 }, () => signIn(portal, totp)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    portal.time.now += 30_000;
    expect((await signIn(portal, code())).status).toBe(201);
  });

  test('what is somebody else’s is not found, though the try can not be journaled', async () => {
    const portal = await openPortal();
    await portal.createAccount('otto@example.com');
    const otto = await portal.signIn('otto@example.com');
    await failDisk(portal);
    const asked = { token: otto };
    const { status } = await portal.ask('GET', `/v1/licenses/${portal.license.id}`, asked);
    expect(status).toBe(404);
  });

  test('fifty sessions are the most, as ever', async () => {
    const portal = await openPortal();
    await failDisk(portal);
    const tokens: string[] = [];
    for (let count = 0; count < 51; count += 1) {
      portal.time.now += 1000;
      const { token } = (await (await signIn(portal)).json()) as { token: string };
      tokens.push(token);
    }
    const status = async (token = '') => (await portal.ask('GET', '/v1/account', { token })).status;
    expect(await status(tokens[0])).toBe(401);
    expect(await status(tokens[1])).toBe(200);
    expect(await status(tokens[50])).toBe(200);
  });

  test('the session reads, is listed and can be ended', async () => {
    const portal = await openPortal();
    await failDisk(portal);
    const answer = await signIn(portal);
    const { token } = (await answer.json()) as { token: string };
    const license = await portal.ask('GET', `/v1/licenses/${portal.license.id}`, { token });
    expect(license.status).toBe(200);
    const sessions = await portal.ask<{ items: { id: string; current: boolean }[] }>(
      'GET',
      '/v1/sessions',
      { token },
    );
    expect(sessions.body.items.map(({ current }) => current)).toEqual([false, true]);
    const other = (await (await signIn(portal)).json()) as { token: string };
    const current = await portal.ask<{ id: string }>('GET', '/v1/sessions/current', {
      token: other.token,
    });
    const end = `/v1/sessions/${current.body.id}`;
    expect((await portal.ask('DELETE', end, { token })).status).toBe(204);
    expect((await portal.ask('GET', '/v1/account', { token: other.token })).status).toBe(401);
    expect((await portal.ask('DELETE', '/v1/sessions/current', { token })).status).toBe(204);
    expect((await portal.ask('GET', '/v1/account', { token })).status).toBe(401);
  });
});
