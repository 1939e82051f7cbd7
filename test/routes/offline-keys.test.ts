/** Offline keys from outside: issued for a machine's request, renewed, given back, lost, written off. */
import { describe, expect, test } from 'vitest';
import type { OfflineKey, OfflineKeyWithKey } from '../../shared/api/offline-keys.ts';
import type { License } from '../../shared/api/licenses.ts';
import { makeProof } from '../../shared/deactivation.ts';
import { generateKey, type PrivateKey } from '../../shared/keys.ts';
import { makeRequest } from '../../shared/offline-request.ts';
import { random } from '../../server/system/create-deps.ts';
import { day, fingerprint, openPortal } from '../support/server.ts';

type Portal = Awaited<ReturnType<typeof openPortal>>;

/** A machine behind the air gap: its key pair and its request. */
const machine = (portal: Portal, hostname: string, key: PrivateKey = generateKey(random)) => {
  const forms = makeRequest({
    key,
    fingerprint: fingerprint(hostname),
    hostname,
    now: portal.time.now,
    random,
  });
  return { key, hostname, ...forms };
};

const issue = (portal: Portal, request: string, more: object = {}) =>
  portal.ask<OfflineKeyWithKey>('POST', `/v1/licenses/${portal.license.id}/offline-keys`, {
    token: portal.ana,
    json: { request, ...more },
  });

const act = <T>(portal: Portal, id: string, verb: string, json: object = {}) =>
  portal.ask<T>('POST', `/v1/licenses/${portal.license.id}/offline-keys/${id}/${verb}`, {
    token: portal.ana,
    json,
  });

const counter = async (portal: Portal) => {
  const { body } = await portal.ask<License>('GET', `/v1/licenses/${portal.license.id}`, {
    token: portal.ana,
  });
  return [body.counter, body.offline];
};

const proofOf = (portal: Portal, { key, hostname }: ReturnType<typeof machine>, id: string) =>
  makeProof(
    key,
    { id, licenseId: portal.license.id, fingerprint: fingerprint(hostname) },
    portal.time.now,
  );

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

  test('a machine that was set up anew keeps its seat, three times a year', async () => {
    const portal = await openPortal({ maxActivations: 1 });
    const statuses = [];
    for (let index = 0; index < 5; index += 1) {
      portal.time.now += 1;
      statuses.push((await issue(portal, machine(portal, 'plc-7').typed)).status);
    }
    expect(statuses).toEqual([201, 201, 201, 201, 409]);
    expect(await counter(portal)).toEqual([1, 1]);
  });

  test('is given back once by the proof of its machine', async () => {
    const portal = await openPortal();
    const plc = machine(portal, 'plc-7');
    const { body } = await issue(portal, plc.typed);
    const proof = proofOf(portal, plc, body.id);
    const stranger = proofOf(portal, machine(portal, 'plc-7'), body.id);
    const forged = await act(portal, body.id, 'deactivation', { proof: stranger.typed });
    expect(forged.status).toBe(400);
    expect(forged.body).toMatchObject({ code: 'proof-invalid' });
    expect((await act(portal, body.id, 'deactivation', { proof: proof.typed })).status).toBe(204);
    expect(await counter(portal)).toEqual([0, 0]);
    const again = await act(portal, body.id, 'deactivation', { proof: proof.file });
    expect(again.body).toMatchObject({ code: 'conflict' });
  });

  test('that is reported lost holds its seat until an operator writes it off', async () => {
    const portal = await openPortal();
    const { body } = await issue(portal, machine(portal, 'plc-7').typed);
    const lost = await act<OfflineKey>(portal, body.id, 'lost', { reason: 'flooded' });
    expect(lost.status).toBe(202);
    expect(lost.body).toMatchObject({ status: 'lost', reason: 'flooded' });
    expect(await counter(portal)).toEqual([1, 1]);
    const target = `/v1/operator/offline-keys/${body.id}/write-off`;
    expect((await portal.ask('POST', target, { token: portal.ana })).status).toBe(403);
    expect((await portal.ask('POST', target, { token: portal.operator })).status).toBe(200);
    expect(await counter(portal)).toEqual([0, 0]);
  });
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

  test('from a machine whose clock is ahead gets a warning with the key', async () => {
    const portal = await openPortal();
    const ahead = machine({ ...portal, time: { now: portal.time.now + day } }, 'plc-7');
    const { body } = await issue(portal, ahead.typed);
    expect(body.warnings[0]).toContain('ahead of this server');
  });
});
