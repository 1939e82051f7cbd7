/**
 * The attacker is a customer like others, and reaches for what is not theirs: ids of another's license
 * put below one's own, another's Idempotency-Key, an e-mail that looks like another's, and everything
 * that may happen once asked for many times at once. Of these, one once answered what it should not:
 *
 * - All who activate with a license key shared their Idempotency-Keys: a key that another had used
 *   before was refused, and so told that it was.
 */
import { describe, expect, test } from 'vitest';
import type { License } from '../../shared/api/licenses.ts';
import { generateKey } from '../../shared/statements/keys.ts';
import { makeRequest } from '../../shared/statements/typed/offline-request.ts';
import { random } from '../../server/system/create-deps.ts';
import { openCast } from '../support/examples/cast.ts';
import { fingerprint, openPortal } from '../support/server/server.ts';

describe('what is another’s', () => {
  test('is not found below a license of one’s own, and stays as it was', async () => {
    const cast = await openCast();
    const { ids, tokens } = cast;
    // Otto owns `otherLicense`; activation, offline key and user belong to Ana's.
    const own = `/v1/licenses/${ids.otherLicense}`;
    const tries: readonly [string, string, object?][] = [
      ['DELETE', `${own}/activations/${ids.activation}`],
      ['DELETE', `${own}/activations/${ids.activation}?dryRun=true`],
      ['DELETE', `${own}/activations/${ids.offlineKey}`],
      ['GET', `${own}/offline-keys/${ids.offlineKey}`],
      ['POST', `${own}/offline-keys/${ids.offlineKey}/renew`, {}],
      ['POST', `${own}/offline-keys/${ids.offlineKey}/lost`, { reason: 'stolen' }],
      ['POST', `${own}/offline-keys/${ids.offlineKey}/deactivation`, { proof: cast.request }],
      ['DELETE', `${own}/users/${ids.user}`],
      ['POST', `${own}/users/${ids.user}/code`],
      ['POST', `/v1/releases/${ids.license}/link`],
      ['POST', `/v1/licenses/${ids.license}/trial-login`],
    ];
    const before = await cast.ask('GET', `/v1/licenses/${ids.license}`, { token: tokens.owner });
    for (const [method, target, json] of tries) {
      const { status, body } = await cast.ask(method, target, { token: tokens.other, json });
      expect([method, target, status, body['code']]).toEqual([method, target, 404, 'not-found']);
    }
    const after = await cast.ask('GET', `/v1/licenses/${ids.license}`, { token: tokens.owner });
    expect(after.body).toEqual(before.body);
    expect((await cast.ask('GET', '/v1/account', { token: tokens.user })).status).toBe(200);
  });

  test('is not found where somebody wants to read or change it, and the journal has each try', async () => {
    const { ids, tokens, ask } = await openCast();
    const path = `/v1/licenses/${ids.license}`;
    const tries = [
      ['other', 'GET', path, 'license.read', 404, 'not-found'],
      ['other', 'POST', `${path}/activations/reset`, 'activation.reset', 404, 'not-found'],
      ['user', 'POST', `${path}/activations/reset`, 'activation.reset', 403, 'forbidden'],
      ['manager', 'GET', `${path}/users`, 'user.list', 403, 'forbidden'],
    ] as const;
    for (const [who, method, target, action, status, outcome] of tries) {
      const answer = await ask(method, target, { token: tokens[who] });
      expect([who, target, answer.status]).toEqual([who, target, status]);
      const journal = await ask<{ items: object[] }>('GET', '/v1/operator/journal', {
        token: tokens.operator,
      });
      expect(journal.body.items[0]).toMatchObject({ action, target: ids.license, outcome });
    }
    // What there is not is no record: else anybody could fill the journal with made-up ids.
    const before = await ask<{ items: object[] }>('GET', '/v1/operator/journal', {
      token: tokens.operator,
    });
    for (const method of ['GET', 'POST']) {
      const made = `/v1/licenses/lic_made-up${method === 'GET' ? '' : '/activations/reset'}`;
      expect((await ask(method, made, { token: tokens.other })).status).toBe(404);
    }
    const after = await ask<{ items: object[] }>('GET', '/v1/operator/journal', {
      token: tokens.operator,
    });
    expect(after.body).toEqual(before.body);
  });

  test('is in none of the lists that a stranger may ask for', async () => {
    const cast = await openCast();
    const lists = ['/v1/licenses', '/v1/invitations', '/v1/sessions', '/v1/account', '/v1/trials'];
    const about = ['ana@example.com', cast.ids.license, cast.ids.activation, 'server-1', 'plc-7'];
    for (const list of lists) {
      const { status, body } = await cast.ask('GET', list, { token: cast.tokens.other });
      expect(status).toBe(200);
      for (const word of about) expect(`${list}: ${JSON.stringify(body)}`).not.toContain(word);
    }
  });

  test('is no answer to its Idempotency-Key, which everybody has their own of', async () => {
    const cast = await openCast();
    const headers = { 'idempotency-key': 'a key that somebody else has used' };
    const json = { email: 'new@example.com', name: 'New' };
    const add = (license: string, token: string | undefined) =>
      cast.ask<{ setPasswordCode: string | null }>('POST', `/v1/licenses/${license}/users`, {
        token,
        json,
        headers,
      });
    const first = await add(cast.ids.license, cast.tokens.owner);
    expect(first.body.setPasswordCode).toMatch(/-/u);
    expect((await add(cast.ids.license, cast.tokens.owner)).body).toEqual(first.body);
    expect((await add(cast.ids.license, cast.tokens.other)).status).toBe(404);
    expect((await add(cast.ids.license, cast.tokens.user)).status).toBe(403);
    const others = await add(cast.ids.otherLicense, cast.tokens.other);
    expect([others.status, others.body.setPasswordCode]).toEqual([201, null]);
  });

  test('is not reached with the token of a machine, nor a machine with that of a person', async () => {
    const cast = await openCast();
    const second = await cast.activate('server-3', { licenseId: cast.ids.license });
    const checkIn = (id: string, token: string | undefined) =>
      cast.ask('POST', `/v1/activations/${id}/check-in`, { token, json: {} });
    expect((await checkIn(cast.ids.activation, second.body.activationToken)).status).toBe(403);
    expect((await checkIn(cast.ids.activation, cast.tokens.owner)).status).toBe(401);
    const machine = { token: second.body.activationToken };
    expect((await cast.ask('GET', '/v1/licenses', machine)).status).toBe(401);
  });
});

describe('an e-mail', () => {
  test.each(['ANA@EXAMPLE.COM', ' ana@example.com ', 'Ana@Example.com'])(
    'written as “%s” is the same account',
    async (email) => {
      const portal = await openPortal();
      const made = await portal.ask('POST', '/v1/operator/accounts', {
        token: portal.operator,
        json: { email, name: 'Squatter' },
      });
      expect([made.status, made.body['code']]).toEqual([409, 'conflict']);
    },
  );

  test.each([
    ['with a letter of another script', '\u0430na@example.com'],
    ['with a full-width letter', '\uff41na@example.com'],
    ['with a zero-width space', 'ana\u200b@example.com'],
    ['with a combining mark', 'ana\u0301@example.com'],
    ['with a dotted capital I', '\u0130na@example.com'],
    ['with a null', 'ana\u0000@example.com'],
    ['with a line feed', 'ana@example.com\nbcc@example.com'],
    ['with a direction mark', '\u202eana@example.com'],
    ['with a name beside', 'Ana <ana@example.com>'],
  ])('that only looks like another, %s, is refused', async (_how, email) => {
    const portal = await openPortal();
    const made = await portal.ask('POST', '/v1/operator/accounts', {
      token: portal.operator,
      json: { email, name: 'Squatter' },
    });
    expect([made.status, made.body['code']]).toEqual([400, 'invalid-request']);
  });

  test('with the sign for kelvin is the one with a k', async () => {
    const portal = await openPortal();
    await portal.createAccount('kim@example.com');
    const made = await portal.ask('POST', '/v1/operator/accounts', {
      token: portal.operator,
      json: { email: '\u212aim@example.com', name: 'Squatter' },
    });
    expect(made.status).toBe(409);
  });
});

describe('asked for many times at once', () => {
  const times = <T>(count: number, ask: (i: number) => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: count }, (_, i) => ask(i)));
  const statuses = (answers: readonly { status: number }[]): Record<number, number> => {
    const counts: Record<number, number> = {};
    for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  };

  test('an account for one e-mail is made once', async () => {
    const portal = await openPortal();
    const answers = await times(20, (i) =>
      portal.ask('POST', '/v1/operator/accounts', {
        token: portal.operator,
        json: { email: i % 2 === 0 ? 'new@example.com' : 'NEW@example.com', name: 'New' },
      }),
    );
    expect(statuses(answers)).toEqual({ 201: 1, 409: 19 });
  });

  test('the same Idempotency-Key makes one thing, and everybody hears of that', async () => {
    const portal = await openPortal();
    const answers = await times(20, () =>
      portal.ask<License>('POST', '/v1/operator/licenses', {
        token: portal.operator,
        headers: { 'idempotency-key': 'pressed twenty times' },
        json: { ownerEmail: 'ana@example.com', name: 'Once', product: 'suite' },
      }),
    );
    expect(statuses(answers)).toEqual({ 201: 20 });
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    const { body } = await portal.ask<{ items: License[] }>('GET', '/v1/licenses', {
      token: portal.ana,
    });
    expect(body.items.filter(({ name }) => name === 'Once')).toHaveLength(1);
  });

  test('the last seat goes to one machine, online or offline', async () => {
    const portal = await openPortal({ maxActivations: 1 });
    const path = `/v1/licenses/${portal.license.id}/offline-keys`;
    const answers = await times(40, async (i) => {
      if (i % 2 === 0) return portal.activate(`online-${i}`);
      const request = makeRequest({
        key: generateKey(random),
        fingerprint: fingerprint(`offline-${i}`),
        hostname: `offline-${i}`,
        now: portal.time.now,
        random,
      });
      return portal.ask('POST', path, { token: portal.ana, json: { request: request.jws } });
    });
    expect(statuses(answers)).toEqual({ 201: 1, 409: 39 });
  });

  test('a trial is started once, and its short address leads there once', async () => {
    const portal = await openPortal();
    await portal.ask('PATCH', '/v1/operator/products/suite', {
      token: portal.operator,
      json: { trial: { days: 30, maxActivations: 1, url: 'https://try.example.com/' } },
    });
    const started = await times(20, () =>
      portal.ask<{ shortUrl: string }>('POST', '/v1/trial', {
        token: portal.ana,
        json: { product: 'suite' },
      }),
    );
    expect(statuses(started)).toEqual({ 201: 1, 409: 19 });
    const short = started.find(({ status }) => status === 201)?.body.shortUrl ?? '';
    const followed = await times(20, async () => portal.app.request(new URL(short).pathname));
    expect(statuses(followed)).toEqual({ 302: 1, 404: 19 });
  });

  test('an invitation is accepted once, and nobody is a user twice', async () => {
    const portal = await openPortal();
    await portal.createAccount('eve@example.com');
    const eve = await portal.signIn('eve@example.com');
    const users = `/v1/licenses/${portal.license.id}/users`;
    const added = await times(10, () =>
      portal.ask('POST', users, {
        token: portal.ana,
        json: { email: 'eve@example.com', name: 'Eve' },
      }),
    );
    expect(statuses(added)).toEqual({ 201: 1, 409: 9 });
    const offered = await portal.ask<{ items: { id: string }[] }>('GET', '/v1/invitations', {
      token: eve,
    });
    const accept = `/v1/invitations/${offered.body.items[0]?.id}/accept`;
    const answers = await times(10, () => portal.ask('POST', accept, { token: eve }));
    expect(statuses(answers)).toEqual({ 204: 1, 404: 9 });
  });

  test('the last operator stays', async () => {
    const portal = await openPortal();
    const second = await portal.createAccount('second@example.com', 'operator');
    const token = await portal.signIn('second@example.com');
    const me = await portal.ask<{ id: string }>('GET', '/v1/account', { token: portal.operator });
    const disable = (id: string, by: string) =>
      portal.ask('PATCH', `/v1/operator/accounts/${id}`, {
        token: by,
        json: { status: 'disabled' },
      });
    // Each ends the other.
    await Promise.all([disable(second.id, portal.operator), disable(me.body.id, token)]);
    const active = await portal.deps.store.read((reader) => reader.accounts.by('role', 'operator'));
    expect(active.filter(({ disabled }) => !disabled)).toHaveLength(1);
  });
});
