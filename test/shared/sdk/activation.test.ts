/** A product licenses itself online: the SDK against a whole server, over a real connection. */
import { cp, readdir, readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createListener } from '../../../server/http/listener.ts';
import { identityPin } from '../../../server/system/tls/identity.ts';
import {
  makeAuthority,
  makeServerIdentity,
  type Identity,
} from '../../../server/system/tls/issue.ts';
import { exportTrust } from '../../../server/system/keys/manage-keys.ts';
import type { LicenseCreate } from '../../../shared/api/licenses.ts';
import { activate, checkIn, deactivate, licensed, verifyLease } from '../../../shared/sdk/index.ts';
import { makeTrustFile } from '../../../shared/statements/trust.ts';
import { makeServerKeys } from '../../support/statements.ts';
import { must, temporaryFolder } from '../../support/machines/machine.ts';
import { day, fingerprint, goodPassword, hour, openPortal } from '../../support/server/server.ts';

/** A portal that answers on a port, and machines that run the product against it. */
const openOnline = async (input: Partial<LicenseCreate> = {}, tls?: Identity) => {
  const portal = await openPortal(input);
  const listener = createListener({
    fetch: (request, env) => portal.app.fetch(request, env),
    tls,
  });
  await new Promise<void>((resolve) => {
    listener.server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => listener.close(0));
  const { port } = listener.server.address() as AddressInfo;
  const server = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  const roots = JSON.stringify(await exportTrust(portal.directory));
  const machine = async (hostname: string, change: { readonly product?: string } = {}) => ({
    product: 'suite',
    roots,
    stateDir: await temporaryFolder(),
    fingerprint: fingerprint(hostname),
    hostname,
    now: () => portal.time.now,
    server,
    email: 'ana@example.com',
    password: goodPassword,
    version: '4.2.0',
    ...change,
  });
  const reset = () =>
    portal.ask('POST', `/v1/licenses/${portal.license.id}/activations/reset`, {
      token: portal.ana,
      json: {},
    });
  return { ...portal, listener, server, roots, machine, reset };
};

describe('activating', () => {
  test('takes a seat, keeps a lease that verifies offline, and names the administrator', async () => {
    const online = await openOnline({ entitlements: { exports: true, users: 25 } });
    const machine = await online.machine('web-1');
    const activated = must(await activate(machine));
    expect(activated).toMatchObject({
      administrator: { email: 'ana@example.com', password: 'activating' },
      license: { name: 'Prod', product: 'suite' },
      wentBack: null,
    });
    await online.listener.close(0);
    expect(must(await verifyLease(machine))).toMatchObject({
      source: 'lease',
      product: 'suite',
      license: { name: 'Prod', entitlements: { exports: true, users: 25 } },
      id: activated.activationId,
      until: new Date(Math.floor((online.time.now + 72 * hour) / 1000) * 1000).toISOString(),
    });
  });

  test('tells a program the stage of an end in sight, at once and from the lease', async () => {
    const expiresAt = '2026-03-06T08:00:00.000Z';
    const online = await openOnline({ type: 'subscription', expiresAt });
    const machine = await online.machine('web-1');
    const expiry = { code: 'expires-within-7-days', daysLeft: 5 };
    expect(must(await activate(machine))).toMatchObject({
      license: { notice: expiry },
      permit: { notices: [{ ...expiry, message: 'The license expires in 5 days. Renew it.' }] },
    });
    online.time.now += 4 * day - hour;
    const later = { code: 'expires-within-7-days', daysLeft: 2 };
    expect(must(await checkIn(machine))).toMatchObject({ license: { notice: later } });
    online.time.now += 2 * hour;
    expect(must(await verifyLease(machine)).notices).toMatchObject([
      { code: 'expires-within-1-day', daysLeft: 1 },
    ]);
  });

  test('by a license key carries no password', async () => {
    const online = await openOnline();
    const { email: _e, password: _p, ...machine } = await online.machine('web-1');
    const activated = must(await activate({ ...machine, licenseKey: online.license.licenseKey }));
    expect(activated.administrator.password).toBe('choose');
  });

  test('without a free seat says who holds them and who can do what', async () => {
    const online = await openOnline({ maxActivations: 1 });
    must(await activate(await online.machine('web-1')));
    expect(await activate(await online.machine('web-2'))).toMatchObject({
      ok: false,
      error: {
        kind: 'problem',
        code: 'activation-limit-exceeded',
        message: expect.stringContaining('1 of 1 activations are in use'),
        limit: {
          limit: 1,
          used: 1,
          holders: [{ hostname: 'web-1' }],
          resolve: { text: expect.stringContaining('licet activations reset') },
        },
        support: { contact: null, links: [] },
        choices: null,
      },
    });
  });

  test('with several licenses asks to choose, and takes the one that is named', async () => {
    const online = await openOnline();
    await online.createLicense({ name: 'Dev', maxActivations: 1 });
    const machine = await online.machine('web-1');
    expect(await activate(machine)).toMatchObject({
      error: { code: 'license-choice-required', choices: [{ name: 'Prod' }, { name: 'Dev' }] },
    });
    expect(must(await activate({ ...machine, licenseId: 'Dev' })).license.name).toBe('Dev');
  });

  test('keeps nothing of the password, and nothing that others can read', async () => {
    const online = await openOnline();
    const machine = await online.machine('web-1');
    must(await activate(machine));
    const names = await readdir(machine.stateDir);
    const texts = names.map((name) => readFile(path.join(machine.stateDir, name), 'utf8'));
    expect((await Promise.all(texts)).join('')).not.toContain(goodPassword);
  });

  test('wrong credentials, another product and a stranger’s server are refused in words', async () => {
    const online = await openOnline();
    const machine = await online.machine('web-1');
    expect(await activate({ ...machine, password: 'wrong' })).toMatchObject({
      error: { kind: 'problem', code: 'invalid-credentials' },
    });
    const { root, cert } = makeServerKeys();
    const stranger = makeTrustFile({
      issuer: 'iss_x',
      roots: [root],
      certificates: [cert],
      revocations: undefined,
    });
    expect(await activate({ ...machine, roots: JSON.stringify(stranger) })).toMatchObject({
      error: { kind: 'rejected', reason: 'unknown-key' },
    });
    expect(await activate({ ...machine, product: 'other' })).toMatchObject({
      error: { kind: 'problem', code: 'wrong-product' },
    });
    expect(await activate({ ...machine, roots: 'nonsense' })).toMatchObject({
      error: { kind: 'state', message: /not a root key or trust file/ },
    });
  });

  test('never sends a password in the clear to another machine', async () => {
    const online = await openOnline();
    const machine = await online.machine('web-1');
    expect(await activate({ ...machine, server: 'http://licet.example.com' })).toMatchObject({
      error: { kind: 'state', message: /read on the way/ },
    });
    expect(await activate({ ...machine, server: 'licet' })).toMatchObject({
      error: { kind: 'state', message: /not the address of a server/ },
    });
  });
});

describe('checking in', () => {
  test('renews the lease, and after a reset takes a seat again', async () => {
    const online = await openOnline();
    const machine = await online.machine('web-1');
    must(await activate(machine));
    await online.reset();
    online.time.now += 50 * hour;
    const leased = must(await checkIn(machine));
    expect(leased.permit.until > new Date(online.time.now + 71 * hour).toISOString()).toBe(true);
    expect(leased.wentBack).toBeNull();
    online.time.now += 60 * hour;
    expect(await verifyLease(machine)).toMatchObject({ ok: true });
  });

  test('without a seat left is refused, and the lease runs to its end', async () => {
    const online = await openOnline({ maxActivations: 1 });
    const first = await online.machine('web-1');
    must(await activate(first));
    await online.reset();
    must(await activate(await online.machine('web-2')));
    expect(await checkIn(first)).toMatchObject({
      error: { code: 'activation-limit-exceeded', limit: { holders: [{ hostname: 'web-2' }] } },
    });
    expect(await verifyLease(first)).toMatchObject({ ok: true });
    online.time.now += 73 * hour;
    expect(await verifyLease(first)).toMatchObject({ error: { reason: 'expired' } });
  });

  test('a server that is gone costs nothing until the lease ends', async () => {
    const online = await openOnline();
    const machine = await online.machine('web-1');
    must(await activate(machine));
    await online.listener.close(0);
    expect(await checkIn(machine)).toMatchObject({
      error: { kind: 'unreachable', message: /ECONNREFUSED.*runs on until its lease ends/ },
    });
    expect(await verifyLease(machine)).toMatchObject({ ok: true });
  });

  test('reports a server that went back in time, announced by a restore or not', async () => {
    const online = await openOnline();
    const machine = await online.machine('web-1');
    must(await activate(machine));
    must(await checkIn(machine));
    const { store } = online.deps;
    const [seq, era] = [store.seq(), store.era()];
    // As from a disk that was set back: an earlier end of the journal, first in the same era.
    store.seq = () => seq - 1;
    expect(must(await checkIn(machine)).wentBack).toMatchObject({
      announced: false,
      before: { seq, era },
      message: expect.stringContaining('gone back in time'),
    });
    store.era = () => era + 1;
    expect(must(await checkIn(machine)).wentBack).toMatchObject({
      announced: true,
      now: { era: era + 1 },
    });
    expect(must(await checkIn(machine)).wentBack).toBeNull();
  });

  test('brings a clock that was years ahead back', async () => {
    const online = await openOnline();
    const machine = await online.machine('web-1');
    must(await activate(machine));
    const ahead = { ...machine, now: () => online.time.now + 4 * 365 * day };
    expect(await verifyLease(ahead)).toMatchObject({ error: { reason: 'expired' } });
    online.time.now += hour;
    expect(await verifyLease(machine)).toMatchObject({ error: { reason: 'clock-set-back' } });
    must(await checkIn(machine));
    expect(await verifyLease(machine)).toMatchObject({ ok: true });
  });
});

describe('the one call', () => {
  const person = { email: 'ana@example.com', password: goodPassword };

  test('activates, verifies without asking until a check-in is due, and checks in then', async () => {
    const online = await openOnline();
    const machine = await online.machine('web-1');
    let asked = 0;
    const options = { ...machine, credentials: () => ((asked += 1), person) };
    expect(must(await licensed(options)).activated).toMatchObject({
      administrator: { email: 'ana@example.com' },
    });
    const seq = () => online.deps.store.seq();
    const before = seq();
    const first = must(await licensed(options));
    expect(first).toMatchObject({ activated: null, notRenewed: null });
    online.time.now += 2 * hour;
    const later = must(await licensed(options));
    expect(later.permit.until > first.permit.until).toBe(true);
    expect([seq(), asked]).toEqual([before, 1]);
  });

  test('activates again a machine that a restored server does not know', async () => {
    const before = await openOnline();
    const machine = await before.machine('web-1');
    const options = { ...machine, credentials: () => person };
    must(await licensed(options));
    await before.listener.close(0);
    // As restored from a backup that was made before this machine came.
    const restored = await openOnline();
    const moved = { ...options, server: restored.server, roots: [machine.roots, restored.roots] };
    moved.now = () => before.time.now + 2 * hour;
    expect(await checkIn(moved)).toMatchObject({ error: { code: 'unauthenticated' } });
    const again = must(await licensed(moved));
    expect(again).toMatchObject({ activated: { license: { name: 'Prod' } }, notRenewed: null });
    must(await checkIn(moved));
  });

  test('runs on without an answer, says why it did not renew, and ends with the lease', async () => {
    const online = await openOnline();
    const machine = await online.machine('web-1');
    const options = { ...machine, credentials: () => person };
    must(await licensed(options));
    await online.listener.close(0);
    online.time.now += 2 * hour;
    expect(must(await licensed(options)).notRenewed).toMatchObject({ kind: 'unreachable' });
    online.time.now += 73 * hour;
    expect(await licensed(options)).toMatchObject({ error: { kind: 'unreachable' } });
  });
});

describe('deactivating', () => {
  test('frees the seat, and the machine no longer runs', async () => {
    const online = await openOnline({ maxActivations: 1 });
    const machine = await online.machine('web-1');
    must(await activate(machine));
    must(await deactivate(machine));
    expect(await verifyLease(machine)).toMatchObject({ error: { kind: 'missing' } });
    expect(await checkIn(machine)).toMatchObject({ error: { kind: 'missing' } });
    expect(await activate(await online.machine('web-2'))).toMatchObject({ ok: true });
  });

  test('is finished by another call, where the server did it and its answer was lost', async () => {
    const online = await openOnline({ maxActivations: 1 });
    const machine = await online.machine('web-1');
    must(await activate(machine));
    // As a machine is left that was cut off before it heard that its seat is free.
    const cutOff = await temporaryFolder();
    await cp(machine.stateDir, cutOff, { recursive: true });
    must(await deactivate(machine));
    expect(await deactivate({ ...machine, stateDir: cutOff })).toEqual({ ok: true, value: null });
    expect(await verifyLease({ ...machine, stateDir: cutOff })).toMatchObject({
      error: { kind: 'missing' },
    });
  });
});

describe('a server with a certificate of its own', () => {
  test('is taken by its pin, remembered for check-ins; without or with another nothing is sent', async () => {
    const authority = await makeAuthority('licet', Date.now());
    const identity = await makeServerIdentity(authority, ['127.0.0.1'], Date.now());
    const online = await openOnline({}, identity);
    const machine = await online.machine('web-1');
    const pin = identityPin(identity);
    expect(await activate(machine)).toMatchObject({
      error: { kind: 'untrusted', fingerprint: pin, message: /Nobody vouches/ },
    });
    expect(await activate({ ...machine, pin: '00'.repeat(32) })).toMatchObject({
      error: { kind: 'untrusted', message: /not the one that was pinned.*Nothing was sent/ },
    });
    const actions: string[] = [];
    for await (const { action } of online.deps.store.entries()) actions.push(action);
    expect(actions).toContain('license.create');
    expect(actions).not.toContain('activation.create');
    expect(await activate({ ...machine, pin: pin.toUpperCase() })).toMatchObject({ ok: true });
    expect(await checkIn(machine)).toMatchObject({ ok: true });
    expect(await deactivate(machine)).toMatchObject({ ok: true });
  });
});

describe('a lease', () => {
  test('copied to another machine is refused', async () => {
    const online = await openOnline();
    const machine = await online.machine('web-1');
    must(await activate(machine));
    expect(await verifyLease({ ...machine, fingerprint: fingerprint('web-2') })).toMatchObject({
      error: { reason: 'wrong-machine', message: /web-1/ },
    });
  });
});
