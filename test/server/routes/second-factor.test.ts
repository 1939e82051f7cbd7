/** The second factor through its life: begun, confirmed, used, turned off. */
import { Secret, TOTP } from 'otpauth';
import { expect, test } from 'vitest';
import type { Account } from '../../../shared/api/accounts.ts';
import { goodPassword, openPortal } from '../../support/server/server.ts';

const path = '/v1/account/totp';
const step = 30_000;

const openBegun = async () => {
  const portal = await openPortal();
  const { ana: token } = portal;
  const begin = () =>
    portal.ask<{ secret: string; uri: string }>('POST', path, {
      token,
      json: { currentPassword: goodPassword },
    });
  const { status, body } = await begin();
  expect(status).toBe(201);
  const generator = new TOTP({ secret: Secret.fromBase32(body.secret) });
  /** The code of now, or of so many steps away. */
  const code = (away = 0): string =>
    generator.generate({ timestamp: portal.time.now + away * step });
  const confirm = async (given: string) =>
    (await portal.ask('PUT', path, { token, json: { code: given } })).status;
  const end = async (given: string) =>
    (await portal.ask('DELETE', path, { token, json: { code: given } })).status;
  const signIn = async (totp?: string) => {
    const json = { email: 'ana@example.com', password: goodPassword, totp };
    return (await portal.ask('POST', '/v1/sessions', { json })).status;
  };
  const isOn = async () =>
    (await portal.ask<Account>('GET', '/v1/account', { token })).body.twoFactor;
  return { ...portal, uri: body.uri, begin, code, confirm, end, signIn, isOn };
};

test('counts only once a first code has confirmed it, and that code not a second time', async () => {
  const portal = await openBegun();
  expect(portal.uri).toMatch(/^otpauth:\/\/totp\/Test:ana%40example\.com\?/u);
  expect(await portal.isOn()).toBe(false);
  expect(await portal.signIn()).toBe(201);
  const wrong = portal.code() === '123456' ? '654321' : '123456';
  expect(await portal.confirm(wrong)).toBe(401);
  expect(await portal.isOn()).toBe(false);
  // Not confirmed, it is nothing that could be turned off by a code.
  expect(await portal.end(wrong)).toBe(204);
  const first = portal.code();
  expect(await portal.confirm(first)).toBe(204);
  expect(await portal.isOn()).toBe(true);
  expect(await portal.confirm(first)).toBe(401);
  expect(await portal.signIn()).toBe(401);
  expect(await portal.signIn(first)).toBe(401);
  portal.time.now += step;
  expect(await portal.signIn(portal.code())).toBe(201);
});

test('is not set up a second time while it is on: its device would be replaced', async () => {
  const portal = await openBegun();
  expect((await portal.begin()).status).toBe(201);
  expect(await portal.confirm(portal.code())).toBe(401);
  const again = await openBegun();
  expect(await again.confirm(again.code())).toBe(204);
  expect(await again.begin()).toMatchObject({ status: 409, body: { code: 'conflict' } });
  again.time.now += step;
  expect(await again.signIn(again.code())).toBe(201);
});

test('takes the code of 30 seconds before or after, for clocks that differ, and none further away', async () => {
  const portal = await openBegun();
  portal.time.now += 10 * step;
  for (const away of [-2, 2]) expect(await portal.confirm(portal.code(away))).toBe(401);
  expect(await portal.confirm(portal.code(-1))).toBe(204);
  expect(await portal.signIn(portal.code(1))).toBe(201);
  // A later one was used: this one is of the past.
  expect(await portal.signIn(portal.code())).toBe(401);
});

test('is turned off by a code that was not used yet; then the password is enough', async () => {
  const portal = await openBegun();
  await portal.confirm(portal.code());
  portal.time.now += step;
  const used = portal.code();
  expect(await portal.signIn(used)).toBe(201);
  expect(await portal.end(used)).toBe(401);
  expect(await portal.isOn()).toBe(true);
  portal.time.now += step;
  expect(await portal.end(portal.code())).toBe(204);
  expect(await portal.isOn()).toBe(false);
  expect(await portal.signIn()).toBe(201);
  const journal = await portal.ask<{ items: { action: string; target: string }[] }>(
    'GET',
    '/v1/operator/journal',
    { token: portal.operator },
  );
  const actions = journal.body.items
    .filter(({ action }) => action.startsWith('totp.'))
    .map(({ action, target }) => [action, target === portal.owner.id]);
  expect(actions).toEqual(
    ['totp.off', 'totp.use', 'totp.on', 'totp.begin'].map((action) => [action, true]),
  );
});

test('is not turned off by guessing: of many codes sent at once only a few are tried', async () => {
  const portal = await openBegun();
  expect(await portal.confirm(portal.code())).toBe(204);
  portal.time.now += step;
  const right = portal.code();
  const wrong = right === '123456' ? '654321' : '123456';
  const guesses = [...Array.from({ length: 40 }, () => wrong), right];
  const statuses = await Promise.all(guesses.map((guess) => portal.end(guess)));
  expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(11);
  expect(statuses.at(-1)).toBe(429);
  expect(await portal.isOn()).toBe(true);
});
