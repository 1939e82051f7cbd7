/** Changing a password, asking for one and setting it by a code: what each refuses, and that it changed nothing. */
import { describe, expect, test } from 'vitest';
import { day, goodPassword, openPortal } from '../../support/server/server.ts';

type Portal = Awaited<ReturnType<typeof openPortal>>;

const other = 'an orchard beyond walls';
const email = 'ana@example.com';

const change = (portal: Portal, currentPassword: string, newPassword: string) =>
  portal.ask('PUT', '/v1/account/password', {
    token: portal.ana,
    json: { currentPassword, newPassword },
  });

/** A code of the operator for Ana. */
const codeFor = async (portal: Portal): Promise<string> => {
  const target = `/v1/operator/accounts/${portal.owner.id}/password-code`;
  const { body } = await portal.ask<{ code: string }>('POST', target, { token: portal.operator });
  return body.code;
};

describe('changing a password', () => {
  test('needs the current one, however good the new one is', async () => {
    const portal = await openPortal();
    expect(await change(portal, other, 'another harbor lantern')).toMatchObject({
      status: 401,
      body: { code: 'invalid-credentials', errors: [{ field: 'currentPassword' }] },
    });
    await expect(portal.signIn(email, goodPassword)).resolves.toMatch(/^ls_/u);
  });

  test('changes it: the same one again is refused', async () => {
    const portal = await openPortal();
    expect(await change(portal, goodPassword, goodPassword)).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'newPassword', message: 'is the old one' }] },
    });
  });

  test('twice at once changes it once: the other is told, and its password is none', async () => {
    const portal = await openPortal();
    const given = ['first of the harbor lanterns', 'second of the harbor lanterns'];
    const answers = await Promise.all(given.map((one) => change(portal, goodPassword, one)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([204, 409]);
    const [kept = '', lost = ''] = statuses[0] === 204 ? given : given.toReversed();
    await expect(portal.signIn(email, kept)).resolves.toMatch(/^ls_/u);
    await expect(portal.signIn(email, lost)).rejects.toThrow('401');
  });
});

describe('a code', () => {
  test('is not spent by a password on the list of common ones, nor by one that is too short', async () => {
    const portal = await openPortal();
    const code = await codeFor(portal);
    expect(await portal.redeem(code, 'passwordpassword')).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'newPassword', message: 'is on the list of common ones' }] },
    });
    expect((await portal.redeem(code, 'too short')).status).toBe(400);
    await expect(portal.signIn(email, goodPassword)).resolves.toMatch(/^ls_/u);
    expect((await portal.redeem(code, other)).status).toBe(200);
  });

  test('ends with a newer one, and with every other way by which the password is set', async () => {
    const portal = await openPortal();
    const older = await codeFor(portal);
    const newer = await codeFor(portal);
    expect((await portal.redeem(older, other)).status).toBe(401);
    expect((await change(portal, goodPassword, other)).status).toBe(204);
    expect((await portal.redeem(newer, 'another harbor lantern')).status).toBe(401);
    await expect(portal.signIn(email, other)).resolves.toMatch(/^ls_/u);
  });

  test('ends when its account is disabled, also for when it is enabled again', async () => {
    const portal = await openPortal();
    const code = await codeFor(portal);
    const target = `/v1/operator/accounts/${portal.owner.id}`;
    for (const status of ['disabled', 'active']) {
      await portal.ask('PATCH', target, { token: portal.operator, json: { status } });
      expect((await portal.redeem(code, other)).status).toBe(401);
    }
    await portal.ask('PATCH', target, { token: portal.operator, json: { status: 'disabled' } });
    const more = await portal.ask('POST', `${target}/password-code`, { token: portal.operator });
    expect(more).toMatchObject({ status: 409, body: { detail: /Enable the account first/u } });
  });
});

test('a forgotten password costs like a failed try: nobody fills the operator’s list from one address', async () => {
  const portal = await openPortal();
  const forgotten = (from: string) =>
    portal.ask('POST', '/v1/password-resets', { from, json: { email: 'someone@example.com' } });
  const statuses = new Set<number>();
  for (let i = 0; i < 52; i += 1) statuses.add((await forgotten('203.0.113.66')).status);
  expect([...statuses]).toEqual([202, 429]);
  expect((await forgotten('198.51.100.7')).status).toBe(202);
});

test('the operator sees what became of a request: open, a code was issued, done, or a week old', async () => {
  const portal = await openPortal();
  const forgotten = (address: string) =>
    portal.ask('POST', '/v1/password-resets', { json: { email: address } });
  const statuses = async (token = portal.operator) => {
    const list = await portal.ask<{ items: { status: string; account: object | null }[] }>(
      'GET',
      '/v1/operator/password-resets',
      { token },
    );
    return list.body.items.map(({ status, account }) => [status, account !== null]);
  };
  await forgotten(email);
  portal.time.now += 1;
  await forgotten('nobody@example.com');
  expect(await statuses()).toEqual([
    ['open', true],
    ['open', false],
  ]);
  const journal = await portal.ask<{ items: object[] }>('GET', '/v1/operator/journal', {
    token: portal.operator,
  });
  const asked = { action: 'password.request', outcome: 'ok', actor: { id: 'anonymous' } };
  expect(journal.body.items.slice(0, 2)).toMatchObject([
    { ...asked, target: /^(?!acc_)/u },
    { ...asked, target: portal.owner.id },
  ]);
  const code = await codeFor(portal);
  expect(await statuses()).toEqual([
    ['code-issued', true],
    ['open', false],
  ]);
  await portal.redeem(code, other);
  const end = [
    ['done', true],
    ['open', false],
  ];
  expect(await statuses()).toEqual(end);
  portal.time.now += 7 * day;
  expect(await statuses(await portal.signIn('op@example.com'))).toEqual(end);
  portal.time.now += 1;
  expect(await statuses(await portal.signIn('op@example.com'))).toEqual([
    ['done', true],
    ['expired', false],
  ]);
});

test('wrong codes and wrong license keys are journaled as counts, with where they came from', async () => {
  const portal = await openPortal();
  const from = '203.0.113.66';
  const code = await codeFor(portal);
  await portal.redeem(code, other);
  await portal.ask('PUT', '/v1/password-resets', { from, json: { code, newPassword: other } });
  const machine = { fingerprint: 'ab'.repeat(32), hostname: 'web-1' };
  for (const json of [
    { licenseKey: code, machine },
    { email, password: goodPassword, machine },
  ]) {
    expect((await portal.ask('POST', '/v1/activations', { from, json })).status).toBe(401);
  }
  await portal.deps.failures.flush();
  const journal = await portal.ask<{ items: object[] }>('GET', '/v1/operator/journal', {
    token: portal.operator,
  });
  const actor = { id: 'anonymous', from };
  const outcome = 'invalid-credentials';
  expect(journal.body.items.slice(0, 2)).toMatchObject([
    { action: 'activation.create', actor, outcome, details: { count: 2 } },
    { action: 'password.redeem', actor, outcome, details: { count: 1 } },
  ]);
});
