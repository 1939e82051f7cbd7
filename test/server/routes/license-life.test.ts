import { describe, expect, test } from 'vitest';
import type {
  License,
  LicenseChanged,
  LicensePatch,
  LicenseUserAdded,
  ResetDone,
} from '../../../shared/api/licenses.ts';
import type { CheckedIn } from '../../../shared/api/activations.ts';
import { day, hour, openPortal, type Asked } from '../../support/server/server.ts';

type Portal = Awaited<ReturnType<typeof openPortal>>;

const must = <T>(asked: Asked<T>, status: number): T => {
  if (asked.status !== status) throw new Error(JSON.stringify(asked.body));
  return asked.body;
};

const patch = async (portal: Portal, json: LicensePatch) =>
  portal.ask<LicenseChanged>('PATCH', `/v1/operator/licenses/${portal.license.id}`, {
    token: await portal.signIn('op@example.com'),
    json,
  });

const view = async (portal: Portal, email = 'ana@example.com') =>
  portal.ask<License>('GET', `/v1/licenses/${portal.license.id}`, {
    token: await portal.signIn(email),
  });

describe('types behave as they are named', () => {
  test('a perpetual license has no end and takes none', async () => {
    const portal = await openPortal({ type: 'perpetual' });
    expect(portal.license).toMatchObject({ type: 'perpetual', expiresAt: null, graceEndsAt: null });
    const refused = await patch(portal, { expiresAt: '2027-01-01T00:00:00.000Z' });
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    await expect(
      portal.createLicense({ type: 'perpetual', expiresAt: '2027-01-01T00:00:00.000Z' }),
    ).rejects.toThrow('a perpetual license does not expire');
    portal.time.now += 300 * day;
    must(await portal.activate('one'), 201);
  });

  test('a subscription has an end, by its template or a year; it becomes perpetual and back', async () => {
    const portal = await openPortal({ type: 'subscription', expiresAt: null });
    const year = new Date(portal.time.now + 365 * day).toISOString();
    expect(portal.license.expiresAt).toBe(year);
    const endless = await patch(portal, { expiresAt: null });
    expect(endless).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect(must(await patch(portal, { type: 'perpetual' }), 200).expiresAt).toBeNull();
    expect(must(await patch(portal, { type: 'subscription' }), 200).expiresAt).toBe(year);
  });

  test('a trial ends by its day', async () => {
    const portal = await openPortal({ type: 'trial', expiresAt: null });
    const month = new Date(portal.time.now + 30 * day).toISOString();
    expect(portal.license.expiresAt).toBe(month);
    portal.time.now += 30 * day;
    expect(must(await view(portal), 200).status).toBe('expired');
  });
});

test('an end comes in stages that product and owner are told: 30, 7, 1 days, grace, then a refusal that says how to renew', async () => {
  const portal = await openPortal({
    type: 'subscription',
    expiresAt: '2026-05-01T08:00:00.000Z',
    graceDays: 14,
  });
  const machine = must(await portal.activate('one'), 201);
  const end = Date.parse('2026-05-01T08:00:00.000Z');
  const told = async (at: number) => {
    portal.time.now = at;
    const { license } = must(await portal.checkIn(machine), 200) as unknown as CheckedIn;
    const owner = must(await view(portal), 200);
    expect(owner).toMatchObject({ warning: license.warning, notice: license.notice });
    const { code, daysLeft } = owner.notice ?? {};
    return [owner.status, owner.warning, code, daysLeft] as const;
  };
  expect(await told(end - 31 * day)).toEqual(['active', null, undefined, undefined]);
  const stages = [
    [end - 30 * day, 'active', 'in 30 days', 'expires-within-30-days', 30],
    [end - 8 * day, 'active', 'in 8 days', 'expires-within-30-days', 8],
    [end - 7 * day, 'active', 'in 7 days', 'expires-within-7-days', 7],
    [end - day, 'active', 'within a day', 'expires-within-1-day', 1],
    [end, 'grace', 'stops on 2026-05-15', 'in-grace', 14],
    [end + 14 * day - 1, 'grace', 'Renew it', 'in-grace', 1],
  ] as const;
  for (const [at, status, text, code, daysLeft] of stages) {
    expect(await told(at)).toEqual([status, expect.stringContaining(text), code, daysLeft]);
  }
  portal.time.now = end + 14 * day;
  const refused = await portal.checkIn(machine);
  expect(refused).toMatchObject({
    status: 403,
    body: { code: 'license-expired', detail: expect.stringContaining('Renew it') },
  });

  must(await patch(portal, { expiresAt: '2027-05-01T08:00:00.000Z' }), 200);
  must(await portal.checkIn(machine), 200);
  expect(must(await view(portal), 200)).toMatchObject({
    status: 'active',
    counter: 1,
    warning: null,
    notice: null,
  });
});

test('suspended with a reason, resumed, revoked for good', async () => {
  const portal = await openPortal();
  const machine = must(await portal.activate('one'), 201);
  expect(
    must(await patch(portal, { status: 'suspended', reason: 'x', dryRun: true }), 200),
  ).toMatchObject({
    status: 'suspended',
    counter: 1,
  });
  must(await portal.checkIn(machine), 200);
  expect(await patch(portal, { status: 'suspended' })).toMatchObject({
    status: 400,
    body: { errors: [{ field: 'reason' }] },
  });
  must(await patch(portal, { status: 'suspended', reason: 'The invoice of May is open' }), 200);
  expect(await portal.checkIn(machine)).toMatchObject({
    status: 403,
    body: { code: 'license-suspended', detail: expect.stringContaining('invoice of May') },
  });
  expect(must(await view(portal), 200).reason).toBe('The invoice of May is open');
  expect(must(await patch(portal, { status: 'active' }), 200).reason).toBeNull();
  must(await portal.checkIn(machine), 200);
  must(await patch(portal, { status: 'revoked', reason: 'Refunded' }), 200);
  expect(await portal.activate('two')).toMatchObject({ body: { code: 'license-revoked' } });
  expect((await patch(portal, { status: 'active' })).status).toBe(409);
});

test('lowering the seats says first who would be hit: the longest unseen', async () => {
  const portal = await openPortal({ maxActivations: 3 });
  const [one] = [
    must(await portal.activate('one'), 201),
    must(await portal.activate('two'), 201),
    must(await portal.activate('three'), 201),
  ];
  portal.time.now += 60_000;
  must(await portal.checkIn(one), 200);
  const dry = must(await patch(portal, { maxActivations: 1, dryRun: true }), 200);
  expect(dry.hit.map(({ hostname }) => hostname).sort()).toEqual(['three', 'two']);
  expect(dry).toMatchObject({ maxActivations: 1, counter: 1 });
  expect(must(await view(portal), 200)).toMatchObject({ maxActivations: 3, counter: 3 });
  const done = must(await patch(portal, { maxActivations: 1 }), 200);
  expect([done.counter, done.hit.length]).toEqual([1, 2]);
  must(await portal.checkIn(one), 200);
  expect((await portal.activate('four')).status).toBe(409);
});

test('moved to another owner: machines run on, the old owner is out, the new one is no user any more', async () => {
  const portal = await openPortal();
  const machine = must(await portal.activate('one'), 201);
  await portal.createAccount('bob@example.com');
  const users = `/v1/licenses/${portal.license.id}/users`;
  must(
    await portal.ask<LicenseUserAdded>('POST', users, {
      token: portal.ana,
      json: { email: 'bob@example.com', name: 'Bob' },
    }),
    201,
  );
  must(await patch(portal, { ownerEmail: 'bob@example.com' }), 200);
  must(await portal.checkIn(machine), 200);
  expect((await view(portal)).status).toBe(404);
  expect(must(await view(portal, 'bob@example.com'), 200).relation).toBe('owner');
  const bob = await portal.signIn('bob@example.com');
  expect(
    must(await portal.ask<{ items: unknown[] }>('GET', users, { token: bob }), 200).items,
  ).toEqual([]);
  expect(await patch(portal, { ownerEmail: 'nobody@example.com' })).toMatchObject({ status: 400 });
});

test('a new license key ends the old one and touches no machine', async () => {
  const portal = await openPortal();
  const { licenseKey } = portal.license;
  const machine = must(await portal.activate('one', { licenseKey }), 201);
  const target = `/v1/operator/licenses/${portal.license.id}/license-key`;
  const rotated = must(
    await portal.ask<{ licenseKey: string }>('POST', target, { token: portal.operator }),
    201,
  );
  expect((await portal.activate('two', { licenseKey })).status).toBe(401);
  must(await portal.activate('two', { licenseKey: rotated.licenseKey }), 201);
  must(await portal.checkIn(machine), 200);
});

test('a release can be tried dry, by the same rule as the release itself', async () => {
  const portal = await openPortal({ maxActivations: 1 });
  const machine = must(await portal.activate('one'), 201);
  const target = (id: string) => `/v1/licenses/${portal.license.id}/activations/${id}`;
  const dry = (id: string) =>
    portal.ask<ResetDone>('DELETE', `${target(id)}?dryRun=true`, { token: portal.ana });
  expect(must(await dry(machine.activation.id), 200)).toMatchObject({
    counter: 0,
    released: [{ hostname: 'one', running: true }],
    receipt: null,
  });
  expect(must(await view(portal), 200).counter).toBe(1);
  must(await portal.ask('DELETE', target(machine.activation.id), { token: portal.ana }), 204);
  const second = must(await portal.activate('two'), 201);
  for (const query of ['?dryRun=true', '']) {
    const refused = await portal.ask('DELETE', `${target(second.activation.id)}${query}`, {
      token: portal.ana,
    });
    expect(refused).toMatchObject({ status: 409, body: { code: 'reset-limit-exceeded' } });
  }
});

test('a floating seat is held until the last check-in plus the lease, by the clock alone', async () => {
  const portal = await openPortal({
    maxActivations: 1,
    policy: { floating: true, leaseHours: 2, checkInMinutes: 30 },
  });
  const start = portal.time.now;
  const one = must(await portal.activate('one'), 201);
  portal.time.now = start + 1.5 * hour;
  must(await portal.checkIn(one), 200);
  portal.time.now = start + 3 * hour;
  const full = await portal.activate('two');
  expect(full).toMatchObject({
    status: 409,
    body: { nextFreeAt: new Date(start + 3.5 * hour).toISOString(), used: 1 },
  });
  portal.time.now = start + 3.5 * hour;
  const seq = portal.deps.store.seq();
  const owner = await portal.signIn('ana@example.com');
  const target = `/v1/licenses/${portal.license.id}`;
  const seen = must(await portal.ask<License>('GET', target, { token: owner }), 200);
  expect(seen.counter).toBe(0);
  // Only the sign-in was written: no timer gives the seat back.
  expect(portal.deps.store.seq()).toBe(seq + 1);
  must(await portal.activate('two'), 201);
  expect((await portal.checkIn(one)).status).toBe(409);
});

test('a floating license that becomes bound to machines keeps the seats that are held now, and no other', async () => {
  const portal = await openPortal({
    maxActivations: 1,
    policy: { floating: true, leaseHours: 2, checkInMinutes: 30 },
  });
  must(await portal.activate('one'), 201);
  portal.time.now += 3 * hour;
  const two = must(await portal.activate('two'), 201);
  for (const dryRun of [true, false]) {
    const changed = must(await patch(portal, { policy: { floating: false }, dryRun }), 200);
    expect(changed).toMatchObject({ counter: 1, hit: [] });
  }
  portal.time.now += 3 * hour;
  expect(must(await view(portal), 200).counter).toBe(1);
  must(await portal.checkIn(two), 200);
  expect((await portal.activate('one')).status).toBe(409);
});

test('resets are capped a year where the operator says so, and the refusal says when and whom to ask', async () => {
  const portal = await openPortal({ policy: { resetsPerYear: 1 } });
  const reset = async () =>
    portal.ask('POST', `/v1/licenses/${portal.license.id}/activations/reset`, {
      token: await portal.signIn('ana@example.com'),
      json: {},
    });
  must(await portal.activate('one'), 201);
  must(await reset(), 200);
  must(await portal.activate('two'), 201);
  portal.time.now += 30 * day;
  expect(await reset()).toMatchObject({
    status: 409,
    body: {
      code: 'reset-limit-exceeded',
      detail: expect.stringMatching(/possible on 2027-03-01.*ask the operator of this server/u),
    },
  });
});

test('refusals say whom to ask, as the operator set it: contact and links', async () => {
  const support = {
    contact: 'sales@vendor.example',
    links: [{ title: 'Renewal', url: 'https://vendor.example/renew' }],
  };
  const sentence = 'Contact sales@vendor.example, or see Renewal (https://vendor.example/renew).';
  const portal = await openPortal({
    maxActivations: 1,
    type: 'subscription',
    expiresAt: '2026-05-01T08:00:00.000Z',
    policy: { resetsPerYear: 0 },
  });
  portal.settings.support = support;
  const machine = must(await portal.activate('one'), 201);
  expect(await portal.activate('two')).toMatchObject({
    status: 409,
    body: {
      code: 'activation-limit-exceeded',
      detail: 'Your license has exceeded its user limit: 1 of 1 activations are in use.',
      resolve: { text: expect.stringContaining(`For more seats, c${sentence.slice(1)}`) },
      support,
    },
  });
  const reset = await portal.ask('POST', `/v1/licenses/${portal.license.id}/activations/reset`, {
    token: portal.ana,
    json: {},
  });
  expect(reset.body).toMatchObject({ code: 'reset-limit-exceeded', support });
  must(await patch(portal, { status: 'suspended', reason: 'The invoice of May is open' }), 200);
  expect((await portal.checkIn(machine)).body).toMatchObject({
    code: 'license-suspended',
    detail: expect.stringContaining(`The invoice of May is open. ${sentence}`),
    reason: 'The invoice of May is open',
    support,
  });
  must(await patch(portal, { status: 'active' }), 200);
  portal.time.now = Date.parse('2026-05-01T08:00:00.000Z');
  expect((await portal.activate('two')).body).toMatchObject({
    code: 'license-expired',
    detail: expect.stringContaining(`Renew it to go on. ${sentence}`),
    support,
  });
});

describe('entitlements are checked against those that the product names', () => {
  const template = { entitlements: { exports: false, users: 5, tier: 'basic' } };
  const openNamed = async () => {
    const portal = await openPortal();
    const post = (target: string, json: unknown) =>
      portal.ask<License>('POST', target, { token: portal.operator, json });
    const product = { id: 'named', name: 'Named', template };
    must(await post('/v1/operator/products', product), 201);
    const create = (entitlements: License['entitlements']) =>
      post('/v1/operator/licenses', {
        ownerEmail: 'ana@example.com',
        name: 'Named',
        product: 'named',
        entitlements,
      });
    return { ...portal, post, create };
  };

  test('an unknown name or another kind is refused, in a new license, a changed one and an import', async () => {
    const portal = await openNamed();
    const made = must(await portal.create({ users: 25 }), 201);
    expect(made.entitlements).toEqual({ exports: false, users: 25, tier: 'basic' });
    for (const [entitlements, detail] of [
      [{ exprots: true }, /no entitlement “exprots”.*exports \(a flag\), users \(a number\)/u],
      [{ users: 'many' }, /“users” of named is a number, not a text/u],
      [{ exports: 1 }, /“exports” of named is a flag, not a number/u],
    ] as const) {
      const refused = {
        status: 400,
        body: {
          code: 'invalid-request',
          detail: expect.stringMatching(detail),
          errors: [{ field: 'entitlements' }],
        },
      };
      expect(await portal.create(entitlements)).toMatchObject(refused);
      const target = `/v1/operator/licenses/${made.id}`;
      const { operator: token } = portal;
      const patched = await portal.ask('PATCH', target, { token, json: { entitlements } });
      expect(patched).toMatchObject(refused);
      const row = {
        ownerEmail: 'ana@example.com',
        name: 'Row',
        product: 'named',
        entitlements,
      };
      const dry = await portal.post('/v1/operator/licenses/import', { rows: [row], dryRun: true });
      expect(dry.body).toMatchObject({
        faults: [{ row: 1, field: 'entitlements', message: expect.stringMatching(/\w/u) }],
      });
    }
  });

  test('what a license has stays when the product names less, and a product that names none takes any', async () => {
    const portal = await openNamed();
    const made = must(await portal.create({ exports: true }), 201);
    const { operator: token } = portal;
    const product = '/v1/operator/products/named';
    const fewer = { template: { entitlements: { users: 5 } } };
    must(await portal.ask('PATCH', product, { token, json: fewer }), 200);
    const target = `/v1/operator/licenses/${made.id}`;
    const json = { entitlements: { exports: true, users: 9 } };
    must(await portal.ask('PATCH', target, { token, json }), 200);
    const other = { entitlements: { exports: false } };
    expect((await portal.ask('PATCH', target, { token, json: other })).status).toBe(400);
    must(await portal.ask('PATCH', product, { token, json: { template: {} } }), 200);
    must(
      await portal.ask('PATCH', target, { token, json: { entitlements: { any: 'thing' } } }),
      200,
    );
  });

  test('a trial offer names what the product names, or what every trial leaves out', async () => {
    const portal = await openNamed();
    const { operator: token } = portal;
    const offer = (entitlements: License['entitlements']) =>
      portal.ask('PATCH', '/v1/operator/products/named', {
        token,
        json: { trial: { entitlements } },
      });
    expect(await offer({ dashboards: 3 })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('no entitlement “dashboards”') },
    });
    must(await offer({ users: 2, uploads: false }), 200);
  });
});
