/**
 * The attacker has the password, and many networks: six digits were tried from 400 of them, of which each had
 * its own free tries, and 826 of 1,200 guesses were checked within a minute. So wrong codes count for the
 * account too. Its person keeps getting in from where they signed in before.
 *
 * And what a product met whose answer was lost on the way: it sent the activation again, with the same
 * Idempotency-Key, and was told that its one-time password was used before.
 */
import { Secret, TOTP } from 'otpauth';
import { expect, test } from 'vitest';
import { fingerprint, goodPassword, openPortal } from '../support/server/server.ts';

type Portal = Awaited<ReturnType<typeof openPortal>>;

const right = { email: 'ana@example.com', password: goodPassword };
const home = '198.51.100.7';

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

const wrongCode = (code: () => string): string => (code() === '123456' ? '654321' : '123456');

const machine = {
  fingerprint: fingerprint('host-1'),
  hostname: 'host-1',
  platform: 'linux',
  version: '1.2.3',
};

test('whoever has the password can not guess the second factor from many networks', async () => {
  const portal = await openPortal();
  const code = await enrol(portal);
  const signIn = (totp: string, from: string) =>
    portal.ask('POST', '/v1/sessions', { json: { ...right, totp }, from });
  expect((await signIn(code(), home)).status).toBe(201);
  portal.time.now += 30_000;
  const statuses: number[] = [];
  for (let network = 0; network < 60; network += 1) {
    portal.time.now += 100;
    statuses.push((await signIn(wrongCode(code), `2001:db8:0:${network}::1`)).status);
  }
  expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(25);
  // Not even the right one comes through from a network that is new.
  const lucky = await signIn(code(), '2001:db8:1:1::1');
  expect([lucky.status, Number(lucky.headers.get('retry-after')) > 0]).toEqual([429, true]);
  expect((await signIn(code(), home)).status).toBe(201);
});

test('nor the codes that turn it off, with a session that was left open', async () => {
  const portal = await openPortal();
  const code = await enrol(portal);
  const guess = (network: number) =>
    portal.ask('DELETE', '/v1/account/totp', {
      json: { code: wrongCode(code) },
      token: portal.ana,
      from: `2001:db8:0:${network}::1`,
    });
  const answers = await Promise.all(Array.from({ length: 100 }, (_, network) => guess(network)));
  expect(answers.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(25);
});

test('nor with activations, which ask for the same code', async () => {
  const portal = await openPortal();
  const code = await enrol(portal);
  const guess = (network: number) =>
    portal.ask('POST', '/v1/activations', {
      json: { ...right, totp: wrongCode(code), machine },
      from: `2001:db8:0:${network}::1`,
    });
  const answers = await Promise.all(Array.from({ length: 40 }, (_, network) => guess(network)));
  expect(answers.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(25);
  expect(answers.filter(({ status }) => status === 201)).toEqual([]);
});

test('an activation that is sent again gets its answer again, and spends no one-time password', async () => {
  const portal = await openPortal();
  const code = await enrol(portal);
  const request = {
    json: { ...right, totp: code(), machine },
    headers: { 'idempotency-key': 'the-key-of-a-product' },
    from: home,
  };
  // The second while the first is under way, others minutes later.
  const [first, second] = await Promise.all([
    portal.ask('POST', '/v1/activations', request),
    portal.ask('POST', '/v1/activations', request),
  ]);
  expect([first.status, second.status]).toEqual([201, 201]);
  for (let count = 0; count < 15; count += 1) {
    portal.time.now += 60_000;
    const again = await portal.ask('POST', '/v1/activations', request);
    expect([again.status, again.body]).toEqual([201, first.body]);
  }
  expect(second.body).toEqual(first.body);
  // The throttle was fed nothing: a wrong code is a first one.
  const wrong = { json: { ...right, totp: wrongCode(code) }, from: home };
  expect((await portal.ask('POST', '/v1/sessions', wrong)).status).toBe(401);
});

test('a one-time password that activated once activates nothing else', async () => {
  const portal = await openPortal();
  const code = await enrol(portal);
  const activate = (name: string) =>
    portal.ask('POST', '/v1/activations', {
      json: { ...right, totp: code(), machine: { ...machine, fingerprint: fingerprint(name) } },
      headers: { 'idempotency-key': `the-key-of-${name}` },
    });
  const answers = await Promise.all(['host-1', 'host-2', 'host-3'].map((name) => activate(name)));
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 401, 401]);
});

test('a one-time password is spent by an activation that is refused, however often', async () => {
  const portal = await openPortal({ maxActivations: 1 });
  const code = await enrol(portal);
  const activate = (name: string) =>
    portal.ask('POST', '/v1/activations', {
      json: { ...right, totp: code(), machine: { ...machine, fingerprint: fingerprint(name) } },
    });
  expect((await activate('host-1')).status).toBe(201);
  for (let count = 0; count < 3; count += 1) {
    portal.time.now += 30_000;
    expect((await activate('host-2')).status).toBe(409);
    expect((await activate('host-2')).status).toBe(401);
  }
});
