/** Offline keys from outside: issued for a machine's request, renewed, given back, lost, written off. */
import { describe, expect, test } from 'vitest';
import type { OfflineKeyWithKey } from '../../../../shared/api/offline-keys.ts';
import { generateKey } from '../../../../shared/statements/keys.ts';
import { makeRequest } from '../../../../shared/statements/typed/offline-request.ts';
import { random } from '../../../../server/system/create-deps.ts';
import { act, counter, issue, machine, proofOf } from '../../../support/machines/air-gapped.ts';
import { day, fingerprint, hour, openPortal } from '../../../support/server/server.ts';

describe('an offline key', () => {
  test.each(['jws', 'file', 'typed'] as const)(
    'is made from a request in its %s form',
    async (form) => {
      const portal = await openPortal();
      const { status, body } = await issue(portal, machine(portal, 'plc-7')[form]);
      expect(status).toBe(201);
      expect(body.key).toMatch(/^-----BEGIN LICET OFFLINE KEY-----\n/u);
      expect(body.hostname).toBe('plc-7');
      expect(await counter(portal)).toEqual([1, 1]);
    },
  );

  test('outlives a reset, and its seat counts', async () => {
    const portal = await openPortal({ maxActivations: 2 });
    await issue(portal, machine(portal, 'plc-7').typed);
    await portal.activate('web-1');
    const refused = await portal.activate('web-2');
    expect(refused.body).toMatchObject({
      code: 'activation-limit-exceeded',
      holders: [{ kind: 'online' }, { kind: 'offline', hostname: 'plc-7' }],
    });
    const reset = `/v1/licenses/${portal.license.id}/activations/reset`;
    const done = await portal.ask('POST', reset, { token: portal.ana });
    expect(done.body).toMatchObject({ counter: 1, offline: 1 });
  });

  test('takes the seat that the machine held online', async () => {
    const portal = await openPortal({ maxActivations: 1 });
    const online = await portal.activate('plc-7');
    expect((await issue(portal, machine(portal, 'plc-7').typed)).status).toBe(201);
    expect(await counter(portal)).toEqual([1, 1]);
    expect((await portal.checkIn(online.body)).body).toMatchObject({ code: 'conflict' });
  });

  test('is shown again as it was', async () => {
    const portal = await openPortal();
    const { body } = await issue(portal, machine(portal, 'plc-7').typed);
    const again = await portal.ask<OfflineKeyWithKey>(
      'GET',
      `/v1/licenses/${portal.license.id}/offline-keys/${body.id}`,
      { token: portal.ana },
    );
    expect(again.body.key).toBe(body.key);
    expect(again.body.shortKey).toBe(body.shortKey);
  });

  test('renews from the stored request; the old one is superseded and holds nothing', async () => {
    const portal = await openPortal();
    const { body } = await issue(portal, machine(portal, 'plc-7').typed, { days: 30 });
    portal.time.now += day / 2;
    const renewed = await portal
      .signIn('ana@example.com')
      .then((token) =>
        portal.ask<OfflineKeyWithKey>(
          'POST',
          `/v1/licenses/${portal.license.id}/offline-keys/${body.id}/renew`,
          { token, json: {} },
        ),
      );
    expect(renewed.status).toBe(201);
    expect(renewed.body.id).not.toBe(body.id);
    expect(Date.parse(renewed.body.expiresAt) - portal.time.now).toBeGreaterThan(179 * day);
  });
});

describe('an offline key that holds no seat any more', () => {
  const later = (portal: Awaited<ReturnType<typeof openPortal>>) => (portal.time.now += 1);

  test('is not renewed: where a newer one is held it says so, where it was given back too', async () => {
    const portal = await openPortal();
    const plc = machine(portal, 'plc-7');
    const old = (await issue(portal, plc.typed)).body;
    later(portal);
    const held = (await act<OfflineKeyWithKey>(portal, old.id, 'renew')).body;
    const replaced = await act(portal, old.id, 'renew');
    expect([replaced.status, replaced.body]).toMatchObject([
      409,
      { code: 'conflict', detail: /was replaced by a newer one/u },
    ]);
    const proof = proofOf(portal, plc, held.id).typed;
    expect((await act(portal, held.id, 'deactivation', { proof })).status).toBe(204);
    const returned = await act(portal, held.id, 'renew');
    expect([returned.status, returned.body]).toMatchObject([
      409,
      { code: 'conflict', detail: /was given back already/u },
    ]);
    expect(await counter(portal)).toEqual([0, 0]);
  });

  test('because its time is over is renewed, if a seat is free', async () => {
    const portal = await openPortal({ maxActivations: 1 });
    const { body } = await issue(portal, machine(portal, 'plc-7').typed, { days: 1 });
    portal.time.now += day;
    portal.ana = await portal.signIn('ana@example.com');
    expect((await portal.activate('web-1')).status).toBe(201);
    expect(await act(portal, body.id, 'renew')).toMatchObject({
      status: 409,
      body: { code: 'activation-limit-exceeded' },
    });
    const reset = `/v1/licenses/${portal.license.id}/activations/reset`;
    await portal.ask('POST', reset, { token: portal.ana, json: {} });
    expect((await act(portal, body.id, 'renew')).status).toBe(201);
    expect(await counter(portal)).toEqual([1, 1]);
  });
});

test('a key that ends with its license, grace included, says so; days past that are cut', async () => {
  const expiresAt = '2026-03-31T08:00:00.000Z';
  const portal = await openPortal({ type: 'subscription', expiresAt, graceDays: 7 });
  const { body } = await issue(portal, machine(portal, 'plc-7').typed, { days: 60 });
  expect(body.expiresAt).toBe('2026-04-07T08:00:00.000Z');
  expect(body.warnings).toEqual([
    'The key ends with the license. Renew the license, then the key.',
  ]);
  const short = await issue(portal, machine(portal, 'plc-8').typed, { days: 36 });
  expect(short.body.warnings).toEqual([]);
  const long = await issue(portal, machine(portal, 'plc-9').typed, { days: 181 });
  expect(long).toMatchObject({ status: 400, body: { errors: [{ field: 'days' }] } });
});

describe('a request code', () => {
  test('with a typing error is refused by its line', async () => {
    const portal = await openPortal();
    const { typed } = machine(portal, 'plc-7');
    const lines = typed.trimEnd().split('\n');
    const broken = lines.map((line, index) =>
      index === 1
        ? line.replace(/[0-9A-Z](?=[^0-9A-Z]*$)/u, (last) => (last === '7' ? '8' : '7'))
        : line,
    );
    const { status, body } = await issue(portal, broken.join('\n'));
    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: 'offline-request-invalid',
      detail: expect.stringMatching(/line 2/iu),
    });
  });

  test('of another product is refused, and says which license to choose', async () => {
    const portal = await openPortal();
    const forms = makeRequest({
      key: generateKey(random),
      fingerprint: fingerprint('plc-7'),
      hostname: 'plc-7',
      product: 'other-product',
      now: portal.time.now,
      random,
    });
    const { status, body } = await issue(portal, forms.typed);
    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: 'offline-request-invalid',
      detail: expect.stringMatching(/“other-product”; the license is for “suite”/u),
    });
  });

  test('that names the product makes a key whose typed form leaves it out, renewed as well', async () => {
    const portal = await openPortal();
    const asked = (product?: string) =>
      makeRequest({
        key: generateKey(random),
        fingerprint: fingerprint(product ?? 'none'),
        hostname: 'plc-7',
        product,
        now: portal.time.now,
        random,
      }).typed;
    const length = (text: string | null) => text?.replaceAll(/\s/gu, '').length ?? 0;
    const without = (await issue(portal, asked())).body;
    const named = (await issue(portal, asked('suite'))).body;
    expect(length(named.shortKey)).toBeLessThan(length(without.shortKey));
    const renewed = (await act<OfflineKeyWithKey>(portal, named.id, 'renew')).body;
    expect(length(renewed.shortKey)).toBe(length(named.shortKey));
  });

  test.each([
    ['a day ahead', day, [/clock of the machine was 24 hours ahead of this server/u]],
    ['eleven minutes ahead', 11 * 60_000, [/11 minutes ahead/u]],
    ['three days behind, or made then', -3 * day, [/made 3 days ago\. If it was made later/u]],
    ['nine minutes ahead', 9 * 60_000, []],
    ['a few hours on its way', -20 * hour, []],
  ])('whose machine had a clock %s is warned of where that matters', async (_, off, warnings) => {
    const portal = await openPortal();
    const plc = machine({ ...portal, time: { now: portal.time.now + off } }, 'plc-7');
    const { status, body } = await issue(portal, plc.typed);
    expect(status).toBe(201);
    expect(body.warnings).toEqual(warnings.map((one) => expect.stringMatching(one)));
  });
});

describe('the typed form of a key', () => {
  test('is there for names in every script, long ones and many entitlements', async () => {
    const entitlements = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [
        `feature-${index}`,
        index % 2 === 0 || 'größer 🚀',
      ]),
    );
    const name = 'Прод 生産 🏭 ' + 'x'.repeat(80);
    const portal = await openPortal({ name, entitlements });
    const { body } = await issue(portal, machine(portal, 'plc-7').typed);
    expect(body.shortKey).toMatch(/^(?:[0-9A-Z]{5} ?)+\n/u);
    expect(body.warnings).toEqual([]);
  });
});
