import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import type { Activated } from '../../../shared/api/activations.ts';
import type { License, LicenseChanged } from '../../../shared/api/licenses.ts';
import type { TrialLogin, TrialStarted } from '../../../shared/api/trials.ts';
import { day, openServer } from '../../support/server/server.ts';

const instance = 'https://try.example.com/app';

const openTrials = async (trial: object | null = { days: 10, url: instance }) => {
  const server = await openServer();
  await server.createAccount('ana@example.com');
  const ana = await server.signIn('ana@example.com');
  const made = await server.ask('POST', '/v1/operator/products', {
    token: server.operator,
    json: {
      id: 'suite',
      name: 'Suite',
      template: {
        type: 'subscription',
        maxActivations: 5,
        days: 365,
        graceDays: 14,
        entitlements: { exports: true, uploads: true, users: 25 },
      },
      trial,
    },
  });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  const start = (token = ana) =>
    server.ask<TrialStarted>('POST', '/v1/trial', { token, json: { product: 'suite' } });
  const entries = async (token = ana) =>
    (await server.ask<{ items: unknown[] }>('GET', '/v1/trials', { token })).body.items;
  return { ...server, ana, start, entries };
};

test('a trial is limited in time and in what it permits, whatever the template grants', async () => {
  const server = await openTrials({ days: 10, entitlements: { systemConfiguration: true } });
  expect(await server.entries()).toMatchObject([
    { product: 'suite', days: 10, online: false, trial: null },
  ]);
  const { status, body } = await server.start();
  expect(status).toBe(201);
  expect(body.license).toMatchObject({
    type: 'trial',
    name: 'Suite trial',
    maxActivations: 1,
    graceDays: 0,
    relation: 'owner',
    expiresAt: new Date(server.time.now + 10 * day).toISOString(),
    entitlements: {
      exports: true,
      users: 25,
      userManagement: false,
      systemConfiguration: false,
      uploads: false,
    },
  });
  expect(body.restrictions).toEqual([
    'No user management',
    'No system configuration',
    'No uploads',
  ]);
  expect(body.url).toBeUndefined();
  expect(await server.entries()).toMatchObject([
    { trial: { licenseId: body.license.id, status: 'active', purchased: false } },
  ]);
});

test('there is one trial a product and owner, also after its end, and for others too', async () => {
  const server = await openTrials();
  await server.createAccount('bob@example.com');
  const { body } = await server.start();
  const second = await server.start();
  expect(second).toMatchObject({
    status: 409,
    body: { code: 'conflict', licenseId: body.license.id },
  });
  server.time.now += 11 * day;
  const later = await server.start(await server.signIn('ana@example.com'));
  expect(later).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('Buy a license') },
  });
  expect((await server.start(await server.signIn('bob@example.com'))).status).toBe(201);
});

test('a product without a trial, an unknown one, and a mere user are refused', async () => {
  const none = await openTrials(null);
  const offersNone = { code: 'not-found', detail: /This product offers no trial/u };
  expect(await none.start()).toMatchObject({ status: 404, body: offersNone });
  expect(await none.entries()).toEqual([]);
  const unknown = { token: none.ana, json: { product: 'unheard-of' } };
  expect(await none.ask('POST', '/v1/trial', unknown)).toMatchObject({
    status: 404,
    body: offersNone,
  });

  const server = await openTrials();
  const { body } = await server.start();
  const added = await server.ask<{ setPasswordCode: string }>(
    'POST',
    `/v1/licenses/${body.license.id}/users`,
    { token: server.ana, json: { email: 'dev@example.com', name: 'Dev' } },
  );
  await server.redeem(added.body.setPasswordCode);
  const dev = await server.signIn('dev@example.com');
  expect(await server.start(dev)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
});

test('the same Idempotency-Key starts it once', async () => {
  const server = await openTrials();
  const send = () =>
    server.ask<TrialStarted>('POST', '/v1/trial', {
      token: server.ana,
      json: { product: 'suite' },
      headers: { 'idempotency-key': 'once-and-only' },
    });
  const [first, second] = [await send(), await send()];
  expect(second).toMatchObject({ status: 201, body: { license: { id: first.body.license.id } } });
});

test('the login token is for that instance and person, for 60 seconds; the short address leads there once', async () => {
  const server = await openTrials();
  const { body } = await server.start();
  const url = new URL(body.url ?? '');
  expect(`${url.origin}${url.pathname}`).toBe(instance);
  const claims = decodeJwt(url.searchParams.get('licet_token') ?? '');
  expect(claims).toMatchObject({
    aud: instance,
    licet: { email: 'ana@example.com', license: body.license.id },
  });
  expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(60);

  const again = await server.ask<TrialLogin>(
    'POST',
    `/v1/licenses/${body.license.id}/trial-login`,
    {
      token: server.ana,
    },
  );
  expect(again.status).toBe(201);
  expect(again.body.shortUrl.length).toBeLessThan(70);
  // A chat program looks at what is pasted into it, and must not be the one who goes there.
  await server.app.request(again.body.shortUrl, { method: 'HEAD' });
  const followed = await server.app.request(again.body.shortUrl);
  expect(followed.status).toBe(302);
  const target = new URL(followed.headers.get('location') ?? '');
  const second = decodeJwt(target.searchParams.get('licet_token') ?? '');
  expect(second.jti).not.toBe(claims.jti);
  expect((await server.app.request(again.body.shortUrl)).status).toBe(404);
  server.time.now += 61_000;
  expect((await server.app.request(body.shortUrl ?? '')).status).toBe(404);
});

test('the short address leads nobody anywhere once its account is disabled, or the product has no instance', async () => {
  const server = await openTrials();
  const { body } = await server.start();
  const { operator: token } = server;
  const me = await server.ask<{ id: string }>('GET', '/v1/account', { token: server.ana });
  const change = (target: string, json: object) => server.ask('PATCH', target, { token, json });
  const follow = async () => (await server.app.request(body.shortUrl ?? '')).status;
  await change('/v1/operator/products/suite', { trial: { url: null } });
  expect(await follow()).toBe(404);
  await change('/v1/operator/products/suite', { trial: { url: instance } });
  await change(`/v1/operator/accounts/${me.body.id}`, { status: 'disabled' });
  expect(await follow()).toBe(404);
  await change(`/v1/operator/accounts/${me.body.id}`, { status: 'active' });
  expect(await follow()).toBe(302);
});

test('an ended trial refuses with how to go on; bought, it runs on without activating anew', async () => {
  const server = await openTrials();
  const { body } = await server.start();
  const activated = await server.activate('one');
  expect(activated.status).toBe(201);
  server.time.now += 11 * day;
  const ended = await server.checkIn(activated.body);
  expect(ended).toMatchObject({
    status: 403,
    body: { code: 'license-expired', detail: expect.stringContaining('stays activated') },
  });
  const operator = await server.signIn('op@example.com');
  const login = await server.ask('POST', `/v1/licenses/${body.license.id}/trial-login`, {
    token: await server.signIn('ana@example.com'),
  });
  expect(login.status).toBe(403);

  const bought = await server.ask<LicenseChanged>(
    'PATCH',
    `/v1/operator/licenses/${body.license.id}`,
    { token: operator, json: { type: 'subscription' } },
  );
  expect(bought).toMatchObject({
    status: 200,
    body: {
      id: body.license.id,
      name: 'Suite',
      type: 'subscription',
      status: 'active',
      maxActivations: 5,
      graceDays: 14,
      counter: 1,
      entitlements: { exports: true, uploads: true, users: 25 },
      expiresAt: new Date(server.time.now + 365 * day).toISOString(),
    },
  });
  expect(bought.body.entitlements).not.toHaveProperty('userManagement');
  const renewed = await server.checkIn(activated.body);
  expect(renewed.status).toBe(200);
  expect(decodeJwt(renewed.body.lease)['licet']).toMatchObject({
    activation: (activated.body satisfies Activated).activation.id,
    license: { type: 'subscription', entitlements: { uploads: true } },
  });
});

test('what is said when a trial is bought counts more than the template', async () => {
  const server = await openTrials();
  const { body } = await server.start();
  const bought = await server.ask<License>('PATCH', `/v1/operator/licenses/${body.license.id}`, {
    token: server.operator,
    json: { type: 'perpetual', maxActivations: 2, name: 'Prod' },
  });
  expect(bought.body).toMatchObject({
    type: 'perpetual',
    maxActivations: 2,
    name: 'Prod',
    expiresAt: null,
  });
});

test('bought with an entitlement that the product does not name it stays a trial, and says why', async () => {
  const server = await openTrials();
  const { body } = await server.start();
  const path = `/v1/operator/licenses/${body.license.id}`;
  const bought = await server.ask('PATCH', path, {
    token: server.operator,
    json: { type: 'subscription', entitlements: { unheardOf: true } },
  });
  expect(bought).toMatchObject({ status: 400, body: { errors: [{ field: 'entitlements' }] } });
  const endless = { type: 'perpetual', expiresAt: '2027-01-01T00:00:00.000Z' };
  expect(await server.ask('PATCH', path, { token: server.operator, json: endless })).toMatchObject({
    status: 400,
    body: { errors: [{ field: 'expiresAt' }] },
  });
  const mine = await server.ask<License>('GET', `/v1/licenses/${body.license.id}`, {
    token: server.ana,
  });
  expect(mine.body).toMatchObject({ type: 'trial', name: 'Suite trial' });
});

test('the address of an instance is encrypted or local', async () => {
  const server = await openTrials();
  for (const [url, status] of [
    ['http://try.example.com', 400],
    ['http://127.example.com', 400],
    ['javascript:alert(1)', 400],
    ['https://user:secret@try.example.com', 400],
    ['http://127.0.0.1:8080/', 200],
  ] as const) {
    const patched = await server.ask('PATCH', '/v1/operator/products/suite', {
      token: server.operator,
      json: { trial: { url } },
    });
    expect([url, patched.status]).toEqual([url, status]);
  }
});
