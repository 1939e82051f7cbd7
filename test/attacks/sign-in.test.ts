/**
 * The attacker guesses passwords: many for one owner, one for many accounts, many at once, and looks at
 * what the answers, their times and their order give away. The owner must still get in.
 */
import { TOTP, Secret } from 'otpauth';
import { describe, expect, test } from 'vitest';
import { createApp } from '../../server/app.ts';
import { makeOneTimeCode } from '../../shared/one-time-codes.ts';
import { random } from '../../server/system/create-deps.ts';
import { goodPassword, openPortal } from '../support/server/server.ts';

type Portal = Awaited<ReturnType<typeof openPortal>>;

const attacker = '203.0.113.66';
const home = '198.51.100.7';

const signIn = async (
  portal: Pick<Portal, 'app'>,
  credentials: { readonly email: string; readonly password: string; readonly totp?: string },
  remoteAddress: string,
): Promise<Response> =>
  portal.app.request(
    '/v1/sessions',
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(credentials),
    },
    { remoteAddress },
  );

const email = 'ana@example.com';
const right = { email, password: goodPassword };
const wrong = { email, password: 'not the right one at all' };

describe('guessing', () => {
  test('101 wrong passwords: 429 with Retry-After, while the owner gets in from another address', async () => {
    const portal = await openPortal();
    const statuses: number[] = [];
    let last = new Response();
    for (let i = 0; i < 101; i += 1) {
      last = await signIn(portal, wrong, attacker);
      statuses.push(last.status);
    }
    expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 401));
    expect(statuses.at(-1)).toBe(429);
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await last.json()).toMatchObject({ code: 'too-many-requests' });
    expect((await signIn(portal, right, home)).status).toBe(201);
    // Not even the right password comes through where the guessing was.
    expect((await signIn(portal, right, attacker)).status).toBe(429);
    portal.time.now += 15 * 60_000;
    expect((await signIn(portal, right, attacker)).status).toBe(201);
  });

  test('a burst sent at once learns no more than guesses sent one by one', async () => {
    const portal = await openPortal();
    const burst = [...Array.from({ length: 40 }, () => wrong), right];
    const answers = await Promise.all(burst.map((guess) => signIn(portal, guess, attacker)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(10);
    expect(statuses.at(-1)).toBe(429);
  });

  test('one password tried on many accounts is slowed by its address', async () => {
    const portal = await openPortal();
    const statuses = new Set<number>();
    for (let i = 0; i < 60; i += 1) {
      const guess = { email: `person${i}@example.com`, password: wrong.password };
      statuses.add((await signIn(portal, guess, attacker)).status);
    }
    expect([...statuses]).toEqual([401, 429]);
  });

  test('one-time codes are slowed too', async () => {
    const portal = await openPortal();
    const statuses = new Set<number>();
    for (let i = 0; i < 60; i += 1) {
      const guess = { code: makeOneTimeCode(random), newPassword: 'another harbor lantern' };
      const answer = await portal.app.request(
        '/v1/password-resets',
        {
          method: 'PUT',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(guess),
        },
        { remoteAddress: attacker },
      );
      statuses.add(answer.status);
    }
    expect([...statuses]).toEqual([401, 429]);
  });

  test('known and unknown e-mails, disabled and passwordless accounts answer alike', async () => {
    const portal = await openPortal();
    const account = await portal.createAccount('dora@example.com');
    await portal.ask('PATCH', `/v1/operator/accounts/${account.id}`, {
      token: portal.operator,
      json: { status: 'disabled' },
    });
    await portal.ask('POST', '/v1/operator/accounts', {
      token: portal.operator,
      json: { email: 'ina@example.com', name: 'Invited' },
    });
    const answers: string[] = [];
    const guesses = [
      wrong,
      { email: 'nobody@example.com', password: goodPassword },
      { email: 'dora@example.com', password: goodPassword },
      { email: 'ina@example.com', password: goodPassword },
    ];
    for (const guess of guesses) {
      const answer = await signIn(portal, guess, home);
      answers.push(`${answer.status} ${await answer.text()}`);
    }
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toMatch(/^401 /u);
  });
});

/** The portal, and how often a password was checked in it. */
const openCounted = async () => {
  const portal = await openPortal();
  let checked = 0;
  const { passwords } = portal.deps;
  const verify: typeof passwords.verify = (...given) => {
    checked += 1;
    return passwords.verify(...given);
  };
  const app = createApp({ ...portal.deps, passwords: { ...passwords, verify } });
  const changePassword = (currentPassword: string, remoteAddress: string) =>
    app.request(
      '/v1/account/password',
      {
        method: 'PUT',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${portal.ana}` },
        body: JSON.stringify({ currentPassword, newPassword: 'another harbor lantern' }),
      },
      { remoteAddress },
    );
  /** How many were checked by what is done. */
  const count = async (work: () => Promise<unknown>): Promise<number> => {
    const before = checked;
    await work();
    return checked - before;
  };
  return { ...portal, app, count, changePassword };
};

describe('checking a password, which is costly', () => {
  test('is done for unknown e-mails as for known ones, and not for who has to wait', async () => {
    const portal = await openCounted();
    const unknown = { email: 'nobody@example.com', password: goodPassword };
    expect(await portal.count(() => signIn(portal, wrong, attacker))).toBe(1);
    expect(await portal.count(() => signIn(portal, unknown, attacker))).toBe(1);
    for (let i = 0; i < 9; i += 1) await signIn(portal, wrong, attacker);
    const waiting = async () => {
      expect((await signIn(portal, right, attacker)).status).toBe(429);
      expect((await portal.changePassword(goodPassword, attacker)).status).toBe(429);
    };
    expect(await portal.count(waiting)).toBe(0);
  });

  test('is put off when too many wait for it; what was not checked counts as no wrong try', async () => {
    const portal = await openCounted();
    // Each from an address of its own: none has more that waits than whoever comes next would.
    const busy = Array.from({ length: 150 }, (_, index) =>
      portal.deps.passwords.verify(goodPassword, null, `192.0.2.${index}`),
    );
    for (let i = 0; i < 11; i += 1) {
      for (const answer of [
        await signIn(portal, right, home),
        await portal.changePassword(goodPassword, home),
      ]) {
        expect([answer.status, await answer.json()]).toMatchObject([
          429,
          { detail: /More people are signing in/u },
        ]);
      }
    }
    await Promise.all(busy);
    expect((await signIn(portal, right, home)).status).toBe(201);
    expect((await portal.changePassword(goodPassword, home)).status).toBe(204);
  });
});

test('the right password forgets the wrong tries before it, and its address is known from then on', async () => {
  const portal = await openPortal();
  const tries = async (count: number, from: string): Promise<Set<number>> => {
    const statuses = new Set<number>();
    for (let i = 0; i < count; i += 1) statuses.add((await signIn(portal, wrong, from)).status);
    return statuses;
  };
  expect([...(await tries(9, home))]).toEqual([401]);
  expect((await signIn(portal, right, home)).status).toBe(201);
  expect([...(await tries(9, home))]).toEqual([401]);
  expect((await signIn(portal, right, home)).status).toBe(201);
  // Who guesses at other accounts from the same address holds up whoever was not here before.
  for (let i = 0; i < 51; i += 1) {
    await signIn(portal, { ...wrong, email: `person${i}@example.com` }, home);
  }
  await portal.createAccount('new@example.com');
  const fresh = { email: 'new@example.com', password: goodPassword };
  expect((await signIn(portal, fresh, home)).status).toBe(429);
  expect((await signIn(portal, right, home)).status).toBe(201);
});

describe('a second factor', () => {
  const enrol = async (portal: Portal) => {
    const { body } = await portal.ask<{ secret: string; uri: string }>('POST', '/v1/account/totp', {
      token: portal.ana,
      json: { currentPassword: goodPassword },
    });
    const authenticator = new TOTP({ secret: Secret.fromBase32(body.secret) });
    const code = () => authenticator.generate({ timestamp: portal.time.now });
    const { status } = await portal.ask('PUT', '/v1/account/totp', {
      token: portal.ana,
      json: { code: code() },
    });
    expect(status).toBe(204);
    portal.time.now += 30_000;
    return code;
  };

  test('is asked for; its one-time password works once', async () => {
    const portal = await openPortal();
    const code = await enrol(portal);
    const without = await signIn(portal, right, home);
    expect([without.status, await without.json()]).toMatchObject([401, { totpRequired: true }]);
    const totp = code();
    expect((await signIn(portal, { ...right, totp }, home)).status).toBe(201);
    expect((await signIn(portal, { ...right, totp }, home)).status).toBe(401);
    portal.time.now += 30_000;
    expect((await signIn(portal, { ...right, totp: code() }, home)).status).toBe(201);
  });

  test('used twice at once lets one in', async () => {
    const portal = await openPortal();
    const totp = (await enrol(portal))();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => signIn(portal, { ...right, totp }, home)),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  });

  test('can not be guessed: wrong ones are throttled like passwords', async () => {
    const portal = await openPortal();
    const code = await enrol(portal);
    let status = 0;
    let tries = 0;
    for (; status !== 429; tries += 1) {
      const totp = code() === '123456' ? '654321' : '123456';
      ({ status } = await signIn(portal, { ...right, totp }, attacker));
    }
    expect(tries).toBeLessThanOrEqual(11);
  });
});

test('no code of an activation or sign-in shows whose e-mail has an account: a forgotten password answers alike', async () => {
  const portal = await openPortal();
  const ask = (address: string) =>
    portal.ask('POST', '/v1/password-resets', { json: { email: address } });
  const [known, unknown] = [await ask(email), await ask('nobody@example.com')];
  expect(known.status).toBe(unknown.status);
  expect(Object.keys(known.body)).toEqual(Object.keys(unknown.body));
});
