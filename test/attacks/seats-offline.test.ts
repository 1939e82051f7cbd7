/**
 * One seat, many machines: an offline key was the way. Each of these worked:
 *
 * - A machine activated, got an offline key for the seat that it held, returned the key with its proof, and
 *   ran on by its lease. The seat went to the next machine, which did the same: 60 machines by one seat.
 * - A second state folder with the same fingerprint got a key in the place of the first. Returned, it freed
 *   the seat, and the first key ran on for 180 days.
 * - A floating seat that had ended by the clock was moved offline as if it were still held: two machines
 *   on one seat.
 * - A short renewal of a long key freed the seat at its end, though the long one still ran.
 * - A proof dated ahead freed a key that was yet to be made.
 */
import { describe, expect, test } from 'vitest';
import type { OfflineKeyWithKey } from '../../shared/api/offline-keys.ts';
import { makeProof } from '../../shared/statements/typed/deactivation.ts';
import { act, counter, issue, machine, proofOf } from '../support/machines/air-gapped.ts';
import { day, fingerprint, hour, openPortal } from '../support/server/server.ts';

type Portal = Awaited<ReturnType<typeof openPortal>>;

const activate = (portal: Portal, hostname: string) =>
  portal.activate(hostname, { licenseKey: portal.license.licenseKey });

/** Activates, moves the seat to an offline key, and returns that. The statuses. */
const hop = async (portal: Portal, hostname: string) => {
  const host = machine(portal, hostname);
  const activated = await activate(portal, hostname);
  const made = await issue(portal, host.jws);
  if (made.status !== 201) return [activated.status, made.status];
  const proof = proofOf(portal, host, made.body.id).jws;
  const returned = await act(portal, made.body.id, 'deactivation', { proof });
  return [activated.status, made.status, returned.status];
};

describe('a lease that a key leaves behind', () => {
  test('one seat can’t be handed from machine to machine by keys that are returned at once', async () => {
    const portal = await openPortal({ maxActivations: 1 });
    expect(await hop(portal, 'a')).toEqual([201, 201, 204]);
    expect(await hop(portal, 'b')).toEqual([201, 409]);
    portal.time.now += 73 * hour;
    const again = { ...portal, ana: await portal.signIn('ana@example.com') };
    const made = await issue(again, machine(portal, 'b').jws);
    expect(made.status).toBe(201);
  });

  test('a reset, new machines and keys for all of them don’t make three machines of one seat', async () => {
    const portal = await openPortal({ maxActivations: 2 });
    for (const name of ['a', 'b']) expect((await activate(portal, name)).status).toBe(201);
    const reset = `/v1/licenses/${portal.license.id}/activations/reset`;
    expect((await portal.ask('POST', reset, { token: portal.ana })).status).toBe(200);
    for (const name of ['c', 'd']) expect((await activate(portal, name)).status).toBe(201);
    const made = await issue(portal, machine(portal, 'c').jws);
    expect(made.status).toBe(409);
    expect(made.body).toMatchObject({ code: 'reset-limit-exceeded', limit: 2, running: 3 });
  });
});

describe('a second state folder', () => {
  test('with the same fingerprint keeps the seat held until the first key has ended or is returned', async () => {
    const portal = await openPortal({ maxActivations: 1 });
    const first = machine(portal, 'plc');
    const key = (await issue(portal, first.jws)).body;
    portal.time.now += hour / 4;
    const second = machine(portal, 'plc');
    const replaced = (await issue(portal, second.jws)).body;
    portal.time.now += hour / 4;
    const proof = proofOf(portal, second, replaced.id).jws;
    expect((await act(portal, replaced.id, 'deactivation', { proof })).status).toBe(204);
    expect(await counter(portal)).toEqual([1, 1]);
    expect((await issue(portal, machine(portal, 'next').jws)).status).toBe(409);

    const own = proofOf(portal, first, key.id).jws;
    expect((await act(portal, key.id, 'deactivation', { proof: own })).status).toBe(204);
    expect(await counter(portal)).toEqual([0, 0]);
  });

  test('is made as often as the license has seats, while those before still run', async () => {
    const portal = await openPortal({ maxActivations: 1 });
    const statuses: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      portal.time.now += 1;
      statuses.push((await issue(portal, machine(portal, 'plc').jws)).status);
    }
    expect(statuses).toEqual([201, 201, 409]);
  });
});

test('a floating seat that has ended doesn’t move offline while another machine has it', async () => {
  const portal = await openPortal({
    maxActivations: 1,
    policy: { floating: true, leaseHours: 1 },
  });
  await activate(portal, 'a');
  portal.time.now += 61 * 60_000;
  portal.ana = await portal.signIn('ana@example.com');
  expect((await activate(portal, 'b')).status).toBe(201);
  const made = await issue(portal, machine(portal, 'a').jws);
  expect(made.status).toBe(409);
  expect(made.body).toMatchObject({ code: 'activation-limit-exceeded' });
  expect(await counter(portal)).toEqual([1, 0]);
});

test('a short renewal of a long key doesn’t free the seat while the long one can still be run', async () => {
  const portal = await openPortal({ maxActivations: 1 });
  const plc = machine(portal, 'plc');
  const { body } = await issue(portal, plc.jws, { days: 180 });
  portal.time.now += hour / 4;
  const renewed = await act<OfflineKeyWithKey>(portal, body.id, 'renew', { days: 1 });
  expect(renewed.status).toBe(201);
  portal.time.now += 2 * day;
  portal.ana = await portal.signIn('ana@example.com');
  expect(await counter(portal)).toEqual([1, 1]);
  expect((await activate(portal, 'next')).status).toBe(409);
});

test('a key that ended is not renewed beside the seat that its machine holds online since', async () => {
  const portal = await openPortal({ maxActivations: 2 });
  const plc = machine(portal, 'plc');
  const { body } = await issue(portal, plc.jws, { days: 1 });
  portal.time.now += 2 * day;
  portal.ana = await portal.signIn('ana@example.com');
  expect((await activate(portal, 'plc')).status).toBe(201);
  expect((await act(portal, body.id, 'renew')).status).toBe(201);
  expect(await counter(portal)).toEqual([1, 1]);
});

test('a proof dated ahead doesn’t free a key that is made later', async () => {
  const portal = await openPortal({ maxActivations: 1 });
  const plc = machine(portal, 'plc');
  const { body } = await issue(portal, plc.jws);
  const given = { id: body.id, licenseId: portal.license.id, fingerprint: fingerprint('plc') };
  const { jws } = makeProof(plc.key, given, portal.time.now + 300 * day);
  portal.time.now += hour / 4;
  const renewed = (await act<OfflineKeyWithKey>(portal, body.id, 'renew')).body;
  const refused = await act(portal, renewed.id, 'deactivation', { proof: jws });
  expect(refused.status).toBe(400);
  expect(refused.body).toMatchObject({
    code: 'proof-invalid',
    detail: expect.stringMatching(/300 days from now.*report the machine as lost/u),
  });
  expect(await counter(portal)).toEqual([1, 1]);
});
