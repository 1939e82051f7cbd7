/** Sessions: how long they last, that they are listed, and all that ends them. */
import { describe, expect, test } from 'vitest';
import type { Session } from '../../../shared/api/accounts.ts';
import { goodPassword, hour, openPortal } from '../../support/server/server.ts';

type Portal = Awaited<ReturnType<typeof openPortal>>;

const minute = 60_000;

const statusOf = async (portal: Portal, token: string): Promise<number> =>
  (await portal.ask('GET', '/v1/account', { token })).status;

const sessionsOf = async (portal: Portal, token: string): Promise<readonly Session[]> => {
  const { body } = await portal.ask<{ items: Session[] }>('GET', '/v1/sessions', { token });
  return body.items;
};

const email = 'ana@example.com';

test('a token has 256 bits or more, and only its hash is kept', async () => {
  const portal = await openPortal();
  const bits = (portal.ana.length - 'ls_'.length) * Math.log2(64);
  expect(bits).toBeGreaterThanOrEqual(256);
  const kept = await portal.deps.store.read((reader) => reader.sessions.list());
  expect(JSON.stringify(kept)).not.toContain(portal.ana);
  expect(kept.map(({ tokenHash }) => tokenHash)).toContain(portal.deps.digest(portal.ana));
});

describe('a session', () => {
  test('ends when it is not used for an hour; use keeps it', async () => {
    const portal = await openPortal();
    portal.time.now += hour - 1;
    expect(await statusOf(portal, portal.ana)).toBe(200);
    portal.time.now += hour - 1;
    expect(await statusOf(portal, portal.ana)).toBe(200);
    portal.time.now += hour;
    expect(await statusOf(portal, portal.ana)).toBe(401);
  });

  test('ends when it is signed out', async () => {
    const portal = await openPortal();
    const other = await portal.signIn(email);
    const out = await portal.ask('DELETE', '/v1/sessions/current', { token: portal.ana });
    expect(out.status).toBe(204);
    expect(await statusOf(portal, portal.ana)).toBe(401);
    expect(await statusOf(portal, other)).toBe(200);
  });

  test('ends after a day, however much it is used', async () => {
    const portal = await openPortal();
    for (let used = 0; used < 24 * hour - 30 * minute; used += 30 * minute) {
      portal.time.now += 30 * minute;
      expect(await statusOf(portal, portal.ana)).toBe(200);
    }
    portal.time.now += 30 * minute;
    expect(await statusOf(portal, portal.ana)).toBe(401);
  });

  test('is listed with where it is used from and until when, and can be ended', async () => {
    const portal = await openPortal();
    const signedIn = await portal.app.request(
      '/v1/sessions',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'licet/1.0 (a\u00e9 laptop)' },
        body: JSON.stringify({ email, password: goodPassword }),
      },
      { remoteAddress: '198.51.100.7' },
    );
    const { token } = (await signedIn.json()) as { token: string };
    const all = await sessionsOf(portal, portal.ana);
    expect(all.filter(({ current }) => current)).toHaveLength(1);
    expect(all).toHaveLength(2);
    const other = all.find(({ current }) => !current);
    expect(other).toMatchObject({
      from: '198.51.100.7',
      agent: 'licet/1.0 (a laptop)',
      expiresAt: new Date(portal.time.now + hour).toISOString(),
    });
    const end = `/v1/sessions/${other?.id}`;
    expect((await portal.ask('DELETE', end, { token: portal.ana })).status).toBe(204);
    expect(await statusOf(portal, token)).toBe(401);
    expect(await statusOf(portal, portal.ana)).toBe(200);
    expect(await sessionsOf(portal, portal.ana)).toHaveLength(1);
  });

  test('of somebody else can not be ended', async () => {
    const portal = await openPortal();
    const [operators] = await sessionsOf(portal, portal.operator);
    const end = `/v1/sessions/${operators?.id}`;
    expect((await portal.ask('DELETE', end, { token: portal.ana })).status).toBe(404);
    expect(await statusOf(portal, portal.operator)).toBe(200);
  });

  test.each<[string, (portal: Portal) => Promise<{ status: number }>]>([
    [
      'a change of the password',
      (portal) =>
        portal.ask('PUT', '/v1/account/password', {
          token: portal.ana,
          json: { currentPassword: goodPassword, newPassword: 'another harbor lantern' },
        }),
    ],
    [
      'disabling the account',
      (portal) =>
        portal.ask('PATCH', `/v1/operator/accounts/${portal.owner.id}`, {
          token: portal.operator,
          json: { status: 'disabled' },
        }),
    ],
    [
      'another e-mail',
      (portal) =>
        portal.ask('PATCH', `/v1/operator/accounts/${portal.owner.id}`, {
          token: portal.operator,
          json: { email: 'ana.new@example.com' },
        }),
    ],
  ])('elsewhere ends with %s', async (_what, end) => {
    const portal = await openPortal();
    const elsewhere = await portal.signIn(email);
    expect((await end(portal)).status).toBeLessThan(300);
    expect(await statusOf(portal, elsewhere)).toBe(401);
  });
});

describe('an account with fifty sessions', () => {
  test('loses with one more the one that was unused for longest, and the journal says so', async () => {
    const portal = await openPortal();
    const tokens = [portal.ana];
    while (tokens.length < 50) {
      portal.time.now += 1000;
      tokens.push(await portal.signIn(email));
    }
    // The first is in use: somebody works with it while scripts sign in.
    portal.time.now += 1000;
    expect(await statusOf(portal, portal.ana)).toBe(200);
    portal.time.now += 1000;
    const one = await portal.signIn(email);
    expect(await statusOf(portal, portal.ana)).toBe(200);
    expect(await statusOf(portal, tokens[1] ?? '')).toBe(401);
    expect(await statusOf(portal, tokens[2] ?? '')).toBe(200);
    expect(await statusOf(portal, one)).toBe(200);
    const journal = await portal.ask<{ items: object[] }>('GET', '/v1/operator/journal', {
      token: portal.operator,
    });
    expect(journal.body.items).toContainEqual(
      expect.objectContaining({
        action: 'session.start',
        target: portal.owner.id,
        details: { ended: 1, why: 'too many sessions' },
      }),
    );
  });
});
