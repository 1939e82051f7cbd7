/** Seats from outside: activate, be refused, release, reset, check in again. */
import { describe, expect, test } from 'vitest';
import type { ActivationPage } from '../../../../shared/api/activations.ts';
import type { License, ResetDone } from '../../../../shared/api/licenses.ts';
import type { z } from 'zod';
import { day, hour, openPortal, openServer } from '../../../support/server/server.ts';

type Activations = z.infer<typeof ActivationPage>;

const claims = (statement: string): { exp: number } =>
  JSON.parse(Buffer.from(statement.split('.')[1] ?? '', 'base64url').toString());

const setLease = async (
  portal: Awaited<ReturnType<typeof openPortal>>,
  leaseHours: number,
): Promise<void> => {
  const { status } = await portal.ask('PATCH', `/v1/operator/licenses/${portal.license.id}`, {
    // The session that the portal was opened with may have ended.
    token: await portal.signIn('op@example.com'),
    json: { policy: { leaseHours } },
  });
  expect(status).toBe(200);
};

describe('activating', () => {
  test('takes a seat, tells the administrator and signs a lease', async () => {
    const portal = await openPortal();
    const { status, body } = await portal.activate('web-1');
    expect(status).toBe(201);
    expect(body.administrator).toEqual({
      email: 'ana@example.com',
      name: 'ana',
      password: 'activating',
    });
    expect(body.lease.split('.')).toHaveLength(3);
    const { body: license } = await portal.ask<License>(
      'GET',
      `/v1/licenses/${portal.license.id}`,
      {
        token: portal.ana,
      },
    );
    expect(license).toMatchObject({ counter: 1, offline: 0, status: 'active' });
  });

  test('the same machine again answers 200 and ends the old token', async () => {
    const portal = await openPortal();
    const first = await portal.activate('web-1');
    const again = await portal.activate('web-1');
    expect(again.status).toBe(200);
    expect(again.body.activation.id).toBe(first.body.activation.id);
    expect((await portal.checkIn(first.body)).status).toBe(401);
    expect((await portal.checkIn(again.body)).status).toBe(200);
  });

  test('the fourth of three is refused in the words that people search for', async () => {
    const portal = await openPortal();
    for (const name of ['web-1', 'web-2', 'web-3']) await portal.activate(name);
    const { status, body, headers } = await portal.ask('POST', '/v1/activations', {
      json: {
        email: 'ana@example.com',
        password: 'quiet harbor lantern',
        machine: { fingerprint: 'ab'.repeat(32), hostname: 'web-4' },
      },
    });
    expect(status).toBe(409);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(body).toMatchObject({
      code: 'activation-limit-exceeded',
      detail: 'Your license has exceeded its user limit: 3 of 3 activations are in use.',
      limit: 3,
      used: 3,
      nextFreeAt: null,
      holders: [
        { hostname: 'web-1', activatedBy: 'ana@example.com' },
        { hostname: 'web-2' },
        { hostname: 'web-3' },
      ],
      resolve: {
        command: `licet activations reset ${portal.license.id}`,
        who: 'ana@example.com',
      },
    });
  });

  test('whoever may free a seat is named: the owner, then users who manage it and can sign in, five at most', async () => {
    const portal = await openPortal({ maxActivations: 1 });
    await portal.activate('web-1');
    const users = `/v1/licenses/${portal.license.id}/users`;
    const add = async (name: string, manage: boolean) => {
      portal.time.now += 1;
      const json = { email: `${name}@example.com`, name, manage };
      const added = await portal.ask<{ account: { id: string } }>('POST', users, {
        token: portal.ana,
        json,
      });
      expect(added.status).toBe(201);
      return added.body.account.id;
    };
    await portal.createAccount('invited@example.com');
    await add('invited', true);
    await add('user', false);
    const gone = await add('gone', true);
    const patch = { token: portal.operator, json: { status: 'disabled' } };
    await portal.ask('PATCH', `/v1/operator/accounts/${gone}`, patch);
    for (const name of ['m1', 'm2', 'm3', 'm4', 'm5']) await add(name, true);
    const { body } = await portal.activate('web-2');
    expect(body).toMatchObject({
      resolve: {
        who: ['ana', 'm1', 'm2', 'm3', 'm4'].map((name) => `${name}@example.com`).join(', '),
      },
    });
  });

  test('a hundred at once for the last seat: exactly one gets it', async () => {
    const portal = await openPortal({ maxActivations: 1 });
    const names = Array.from({ length: 100 }, (_, index) => `node-${index}`);
    const { licenseKey } = portal.license;
    const answers = await Promise.all(names.map((name) => portal.activate(name, { licenseKey })));
    const statuses = answers.map((answer) => answer.status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(99);
  });

  test('credentials that fit several licenses are told which', async () => {
    const portal = await openPortal();
    const dev = await portal.createLicense({ name: 'Dev', maxActivations: 1 });
    const { status, body } = await portal.activate('web-1');
    expect(status).toBe(409);
    expect(body).toMatchObject({
      code: 'license-choice-required',
      choices: [
        { id: portal.license.id, name: 'Prod', product: 'suite' },
        { id: dev.id, name: 'Dev', product: 'suite' },
      ],
    });
    expect((await portal.activate('web-1', { licenseId: dev.id })).status).toBe(201);
    expect((await portal.activate('web-2', { licenseId: 'Prod' })).status).toBe(201);
  });

  test('credentials that fit more licenses than a sentence holds are told ten of them, and in `choices` all', async () => {
    const portal = await openPortal();
    for (let n = 1; n < 12; n += 1) await portal.createLicense({ name: `Site ${n}` });
    const { body } = await portal.activate('web-1');
    expect(body).toMatchObject({
      choices: { length: 12 },
      detail: expect.stringMatching(/“Site 9” \(lic_\w+\) and 2 more\. Name one/u),
    });
  });

  test('a license key takes a seat, and leaves the password to choose', async () => {
    const portal = await openPortal();
    const typed = portal.license.licenseKey.toLowerCase().replaceAll('-', ' ');
    const { status, body } = await portal.activate('web-1', { licenseKey: typed });
    expect(status).toBe(201);
    expect(body.administrator.password).toBe('choose');
    expect(body.activation.activatedBy).toBe('license key');
  });

  test('the same Idempotency-Key again gives the same answer', async () => {
    const portal = await openPortal();
    const key = { 'idempotency-key': 'install-web-1-once' };
    const first = await portal.activate('web-1', {}, key);
    const second = await portal.activate('web-1', {}, key);
    expect(second.status).toBe(201);
    expect(second.body).toEqual(first.body);
    expect((await portal.activate('web-2', {}, key)).body).toMatchObject({ code: 'conflict' });
    // The keys of whoever holds another license key are their own.
    const dev = await portal.createLicense({ name: 'Dev' });
    for (const { licenseKey, id } of [portal.license, dev]) {
      const { status, body } = await portal.activate('db-1', { licenseKey }, key);
      expect([status, body.license.id]).toEqual([201, id]);
    }
  });

  test.each([
    ['suspended', 'license-suspended'],
    ['revoked', 'license-revoked'],
  ])('a %s license refuses and gives the reason', async (status, code) => {
    const portal = await openPortal();
    await portal.ask('PATCH', `/v1/operator/licenses/${portal.license.id}`, {
      token: portal.operator,
      json: { status, reason: 'unpaid invoice' },
    });
    const { status: answered, body } = await portal.activate('web-1');
    expect(answered).toBe(403);
    expect(body).toMatchObject({ code, detail: expect.stringContaining('unpaid invoice') });
  });

  test('past its end a subscription is in grace, then expired', async () => {
    const end = '2026-03-10T00:00:00.000Z';
    const portal = await openPortal({ type: 'subscription', expiresAt: end, graceDays: 7 });
    const activated = await portal.activate('web-1');
    portal.time.now = Date.parse(end) + 2 * day;
    const inGrace = await portal.checkIn(activated.body);
    expect(inGrace.status).toBe(200);
    expect(inGrace.body).toMatchObject({ license: { warning: expect.stringContaining('Renew') } });
    portal.time.now = Date.parse(end) + 7 * day;
    const after = await portal.checkIn(activated.body);
    expect(after.status).toBe(403);
    expect(after.body).toMatchObject({
      code: 'license-expired',
      detail: expect.stringContaining('Renew it'),
    });
  });

  test('a shorter lease for the license shortens none that is out: its seat is held until then', async () => {
    const portal = await openPortal({
      maxActivations: 1,
      policy: { floating: true, leaseHours: 72 },
    });
    const start = portal.time.now;
    const first = await portal.activate('web-1');
    portal.time.now = start + 70 * hour;
    const lease = claims((await portal.checkIn(first.body)).body.lease);
    expect(lease.exp).toBe(Math.floor((start + 142 * hour) / 1000));
    await setLease(portal, 1);
    portal.time.now = start + 100 * hour;
    const refused = await portal.activate('web-2');
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ nextFreeAt: new Date(start + 142 * hour).toISOString() });
    // Its next lease is short; the one before, which somebody may still hold, is not forgotten.
    await portal.checkIn(first.body);
    await portal.activate('web-1');
    portal.time.now = start + 140 * hour;
    expect((await portal.activate('web-2')).status).toBe(409);
    portal.time.now = start + 143 * hour;
    expect((await portal.activate('web-2')).status).toBe(201);
  });

  test('a longer lease for the license prolongs none that is out', async () => {
    const portal = await openPortal({
      maxActivations: 1,
      policy: { floating: true, leaseHours: 1 },
    });
    const first = await portal.activate('web-1');
    await portal.checkIn(first.body);
    await setLease(portal, 72);
    portal.time.now += 2 * hour;
    expect((await portal.activate('web-2')).status).toBe(201);
  });

  test('a floating seat is free when its lease has ended', async () => {
    const portal = await openPortal({
      maxActivations: 1,
      policy: { floating: true, leaseHours: 2 },
    });
    const { body } = await portal.activate('web-1');
    const refused = await portal.activate('web-2');
    expect(refused.body).toMatchObject({ nextFreeAt: body.activation.leaseExpiresAt });
    portal.time.now += 2 * hour;
    expect((await portal.activate('web-2')).status).toBe(201);
  });
});

describe('resetting', () => {
  test('sets the counter to 0, stops nobody, and names the machines in a receipt', async () => {
    const portal = await openPortal();
    const machines = [];
    for (const name of ['web-1', 'web-2', 'web-3'])
      machines.push((await portal.activate(name)).body);
    const target = `/v1/licenses/${portal.license.id}/activations/reset`;
    const asked = { token: portal.ana, json: { dryRun: true } };
    const dry = await portal.ask<ResetDone>('POST', target, asked);
    expect(dry.body).toMatchObject({ counter: 0, receipt: null });
    expect(dry.body.released.map((machine) => machine.running)).toEqual([true, true, true]);
    const done = await portal.ask<ResetDone>('POST', target, { token: portal.ana });
    expect(done.status).toBe(200);
    expect(done.body).toMatchObject({ counter: 0, offline: 0 });
    const claims = JSON.parse(
      Buffer.from(done.body.receipt?.split('.')[1] ?? '', 'base64url').toString(),
    ) as { licet: { released: { hostname: string }[] } };
    expect(claims.licet.released.map((machine) => machine.hostname)).toEqual([
      'web-1',
      'web-2',
      'web-3',
    ]);

    // The fourth comes first, so of the three that ran on, the last finds no seat.
    expect((await portal.activate('web-4')).status).toBe(201);
    const statuses = [];
    for (const machine of machines) statuses.push((await portal.checkIn(machine)).status);
    expect(statuses).toEqual([200, 200, 409]);
  });

  test('can not farm seats: at most as many live leases without a seat as the license has', async () => {
    const portal = await openPortal({ maxActivations: 2 });
    const target = `/v1/licenses/${portal.license.id}/activations/reset`;
    for (const name of ['a', 'b']) await portal.activate(name);
    expect((await portal.ask('POST', target, { token: portal.ana })).status).toBe(200);
    for (const name of ['c', 'd']) await portal.activate(name);
    const refused = await portal.ask('POST', target, { token: portal.ana });
    expect(refused.status).toBe(409);
    expect(refused.body['code']).toBe('reset-limit-exceeded');
    expect(Number(refused.headers.get('retry-after'))).toBe(72 * 3600);
    portal.time.now += 72 * hour;
    expect((await portal.ask('POST', target, { token: portal.ana })).status).toBe(401);
    const again = await portal.signIn('ana@example.com');
    expect((await portal.ask('POST', target, { token: again })).status).toBe(200);
    // Those whose lease is over run no more, and count no more.
    for (const name of ['e', 'f']) await portal.activate(name);
    expect((await portal.ask('POST', target, { token: again })).status).toBe(200);
  });

  test('deactivating on the machine counts the same, so turns can not be taken without end', async () => {
    const portal = await openPortal({ maxActivations: 1 });
    const statuses = [];
    for (const name of ['a', 'b']) {
      const { body } = await portal.activate(name);
      const target = `/v1/activations/${body.activation.id}`;
      statuses.push((await portal.ask('DELETE', target, { token: body.activationToken })).status);
    }
    expect(statuses).toEqual([204, 409]);
  });

  test('a dead machine is released also while too many others run without a seat', async () => {
    const portal = await openPortal({ maxActivations: 3 });
    const dead = (await portal.activate('dead')).body.activation.id;
    portal.time.now += 2 * day;
    const others = [];
    for (const name of ['a', 'b']) others.push((await portal.activate(name)).body.activation.id);
    portal.time.now += day;
    const token = await portal.signIn('ana@example.com');
    const release = (id: string) =>
      portal.ask('DELETE', `/v1/licenses/${portal.license.id}/activations/${id}`, { token });
    for (const id of others) expect((await release(id)).status).toBe(204);
    await portal.ask('PATCH', `/v1/operator/licenses/${portal.license.id}`, {
      token: await portal.signIn('op@example.com'),
      json: { maxActivations: 1 },
    });
    expect((await release(dead)).status).toBe(204);
  });

  test('dead machines can always be cleared', async () => {
    const portal = await openPortal({ maxActivations: 2 });
    for (const name of ['a', 'b']) await portal.activate(name);
    portal.time.now += 9 * day;
    const owner = await portal.signIn('ana@example.com');
    const alive = await portal.activate('a');
    const target = `/v1/licenses/${portal.license.id}/activations/reset`;
    const done = await portal.ask<ResetDone>('POST', target, {
      token: owner,
      json: { unseenDays: 7 },
    });
    expect(done.body.released.map((machine) => machine.hostname)).toEqual(['b']);
    expect(done.body.counter).toBe(1);
    expect((await portal.checkIn(alive.body)).status).toBe(200);
  });

  test('a cap of the operator holds for the owner', async () => {
    const portal = await openPortal({ policy: { resetsPerYear: 1 } });
    const target = `/v1/licenses/${portal.license.id}/activations/reset`;
    await portal.activate('a');
    expect((await portal.ask('POST', target, { token: portal.operator })).status).toBe(200);
    await portal.activate('a');
    expect((await portal.ask('POST', target, { token: portal.ana })).status).toBe(200);
    await portal.activate('a');
    const refused = await portal.ask('POST', target, { token: portal.ana });
    expect(refused.body).toMatchObject({ code: 'reset-limit-exceeded', resetsPerYear: 1 });
    expect((await portal.ask('POST', target, { token: portal.operator })).status).toBe(200);
  });

  test('one machine is released, and its page shows the others', async () => {
    const portal = await openPortal();
    const { body } = await portal.activate('web-1');
    await portal.activate('web-2');
    const base = `/v1/licenses/${portal.license.id}/activations`;
    const released = await portal.ask('DELETE', `${base}/${body.activation.id}`, {
      token: portal.ana,
    });
    expect(released.status).toBe(204);
    const held = await portal.ask<Activations>('GET', base, { token: portal.ana });
    expect(held.body.items.map((item) => item.hostname)).toEqual(['web-2']);
    const without = await portal.ask<Activations>('GET', `${base}?seat=without`, {
      token: portal.ana,
    });
    expect(without.body.items.map((item) => item.hostname)).toEqual(['web-1']);
  });
});

describe('lists', () => {
  test('page by cursor and filter by hostname, e-mail and version', async () => {
    const portal = await openPortal({ maxActivations: null });
    for (let index = 0; index < 7; index += 1) {
      await portal.activate(`${index % 2 ? 'db' : 'web'}-${index}`, {
        licenseKey: portal.license.licenseKey,
      });
    }
    const base = `/v1/licenses/${portal.license.id}/activations`;
    const pages: string[][] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query: string = cursor === '' ? '?limit=3' : `?limit=3&cursor=${cursor}`;
      const { body } = await portal.ask<Activations>('GET', base + query, { token: portal.ana });
      pages.push(body.items.map((item) => item.hostname));
      cursor = body.nextCursor;
    }
    expect(pages).toEqual([['web-0', 'db-1', 'web-2'], ['db-3', 'web-4', 'db-5'], ['web-6']]);
    const { body } = await portal.ask<Activations>('GET', `${base}?filter=DB-&limit=2`, {
      token: portal.ana,
    });
    expect(body.items.map((item) => item.hostname)).toEqual(['db-1', 'db-3']);
  });

  test('somebody else sees nothing, and the try is journaled', async () => {
    const portal = await openPortal();
    await portal.createAccount('eve@example.com');
    const eve = await portal.signIn('eve@example.com');
    const { status, body } = await portal.ask('GET', `/v1/licenses/${portal.license.id}`, {
      token: eve,
    });
    expect(status).toBe(404);
    expect(body['code']).toBe('not-found');
    const journal = await portal.ask<{ items: { action: string; outcome: string }[] }>(
      'GET',
      '/v1/operator/journal',
      { token: portal.operator },
    );
    expect(journal.body.items[0]).toMatchObject({ action: 'license.read', outcome: 'not-found' });
  });

  test('an unknown token is refused', async () => {
    const server = await openServer();
    const { status, headers } = await server.ask('GET', '/v1/licenses', { token: 'ls_nothing' });
    expect(status).toBe(401);
    // RFC 6750, 3: told from none, so that a client knows to sign in anew.
    expect(headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    const none = await server.ask('GET', '/v1/licenses');
    expect([none.status, none.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  });
});
