/** What a machine may ask with a license key or its token, what it is refused, and what the journal has of it. */
import { describe, expect, test } from 'vitest';
import type { ActivationPage } from '../../../../shared/api/activations.ts';
import type { z } from 'zod';
import { makeOneTimeCode } from '../../../../shared/one-time-codes.ts';
import { random } from '../../../../server/system/create-deps.ts';
import { act, issue, machine } from '../../../support/machines/air-gapped.ts';
import { day, fingerprint, openPortal } from '../../../support/server/server.ts';

type Portal = Awaited<ReturnType<typeof openPortal>>;

const journal = async (portal: Portal, token = portal.operator) =>
  (await portal.ask<{ items: object[] }>('GET', '/v1/operator/journal', { token })).body.items;

describe('a license key', () => {
  const use = (portal: Portal, licenseKey: string, from: string) =>
    portal.ask('POST', '/v1/activations', {
      from,
      json: { licenseKey, machine: { fingerprint: fingerprint('web-1'), hostname: 'web-1' } },
    });

  test('can not be guessed: wrong ones are slowed by their address, the right one then too', async () => {
    const portal = await openPortal();
    const attacker = '203.0.113.66';
    const statuses = new Set<number>();
    for (let i = 0; i < 52; i += 1) {
      statuses.add((await use(portal, makeOneTimeCode(random), attacker)).status);
    }
    expect([...statuses]).toEqual([401, 429]);
    expect((await use(portal, portal.license.licenseKey, attacker)).status).toBe(429);
    expect((await use(portal, portal.license.licenseKey, '198.51.100.7')).status).toBe(201);
  });

  test('with a typing error is told so by its group, which is no wrong try', async () => {
    const portal = await openPortal();
    const { licenseKey } = portal.license;
    const typed = licenseKey.replace(/^./u, (first) => (first === '0' ? '1' : '0'));
    for (let i = 0; i < 60; i += 1) {
      expect(await use(portal, typed, '203.0.113.66')).toMatchObject({
        status: 400,
        body: { detail: /typing error.*Group 1/u, errors: [{ field: 'licenseKey' }] },
      });
    }
  });
});

describe('a machine', () => {
  test('is listed with its version and when it was seen, from its first hour on', async () => {
    const portal = await openPortal();
    const { body } = await portal.activate('web-1');
    const listed = async () => {
      const path = `/v1/licenses/${portal.license.id}/activations`;
      const asked = { token: portal.ana };
      return (await portal.ask<z.infer<typeof ActivationPage>>('GET', path, asked)).body.items[0];
    };
    const seenAt = () => new Date(portal.time.now).toISOString();
    expect(await listed()).toMatchObject({ version: '1.2.3', lastSeenAt: seenAt() });
    portal.time.now += 60_000;
    const path = `/v1/activations/${body.activation.id}/check-in`;
    const json = { version: '1.3.0' };
    await portal.ask('POST', path, { token: body.activationToken, json });
    expect(await listed()).toMatchObject({ version: '1.3.0', lastSeenAt: seenAt() });
  });

  test('acts for itself alone, and for nobody once it gave its seat up', async () => {
    const portal = await openPortal();
    const one = (await portal.activate('one')).body;
    const two = (await portal.activate('two')).body;
    const gone = (id: string) =>
      portal.ask('DELETE', `/v1/activations/${id}`, { token: one.activationToken });
    expect((await gone(two.activation.id)).status).toBe(403);
    expect((await portal.checkIn(two)).status).toBe(200);
    // Twice at once: the second finds its token ended, though it was good when it was sent.
    const twice = [gone(one.activation.id), gone(one.activation.id)];
    expect((await Promise.all(twice)).map(({ status }) => status)).toEqual([204, 401]);
    expect((await portal.checkIn(one)).status).toBe(401);
    expect((await gone(one.activation.id)).status).toBe(401);
  });

  test('that may not give its seat up now is told, and so is the journal', async () => {
    const portal = await openPortal({ maxActivations: 1 });
    const ids = [];
    for (const name of ['a', 'b']) {
      const { body } = await portal.activate(name);
      ids.push(body.activation.id);
      const path = `/v1/activations/${body.activation.id}`;
      await portal.ask('DELETE', path, { token: body.activationToken });
    }
    const deactivate = { action: 'activation.deactivate' };
    expect((await journal(portal)).slice(0, 3)).toMatchObject([
      {
        ...deactivate,
        target: ids[1],
        outcome: 'reset-limit-exceeded',
        details: { hostname: 'b' },
      },
      { action: 'activation.create', target: ids[1], outcome: 'ok' },
      { ...deactivate, target: ids[0], outcome: 'ok', details: { hostname: 'a' } },
    ]);
  });

  test('that holds its seat is refused at its check-in too once the license permits nothing', async () => {
    const portal = await openPortal();
    const { body } = await portal.activate('web-1');
    await portal.ask('PATCH', `/v1/operator/licenses/${portal.license.id}`, {
      token: portal.operator,
      json: { status: 'suspended', reason: 'unpaid' },
    });
    expect(await portal.checkIn(body)).toMatchObject({ status: 403 });
    // Nor does one that holds none take one, or take its own anew.
    for (const name of ['web-1', 'web-2']) {
      expect((await portal.activate(name)).body).toMatchObject({ code: 'license-suspended' });
      expect((await journal(portal))[0]).toMatchObject({
        action: 'activation.create',
        target: portal.license.id,
        outcome: 'license-suspended',
        details: { hostname: name },
      });
    }
  });
});

test('an activation that fits no license, or several, is in the journal as its account’s', async () => {
  const portal = await openPortal();
  await portal.createLicense({ name: 'Dev' });
  const nobody = await portal.createAccount('none@example.com');
  expect((await portal.activate('web-1')).status).toBe(409);
  expect((await portal.activate('web-1', { email: 'none@example.com' })).status).toBe(404);
  expect((await journal(portal)).slice(0, 2)).toMatchObject([
    { action: 'activation.create', target: nobody.id, outcome: 'not-found' },
    { action: 'activation.create', target: portal.owner.id, outcome: 'license-choice-required' },
  ]);
});

test('an offline key that ended or was reported lost: the seat is held to its end, no longer', async () => {
  const portal = await openPortal({ maxActivations: 1 });
  const { body } = await issue(portal, machine(portal, 'plc-7').typed, { days: 2 });
  await act(portal, body.id, 'lost', { reason: 'stolen' });
  portal.time.now += 2 * day - 1000;
  const statusNow = async () => {
    const token = await portal.signIn('ana@example.com');
    const path = `/v1/licenses/${portal.license.id}/offline-keys`;
    return (await portal.ask<{ items: { status: string }[] }>('GET', path, { token })).body.items[0]
      ?.status;
  };
  expect(await statusNow()).toBe('lost');
  expect((await portal.activate('web-1')).status).toBe(409);
  portal.time.now += 1000;
  expect(await statusNow()).toBe('expired');
  expect((await portal.activate('web-1')).status).toBe(201);
});
