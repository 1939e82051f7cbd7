/** How offline keys end: re-imaged machines, proofs, losses, and who may free a seat when. */
import { describe, expect, test } from 'vitest';
import type {
  OfflineKey,
  OfflineKeyPage,
  OfflineKeyWithKey,
} from '../../../../shared/api/offline-keys.ts';
import type { License } from '../../../../shared/api/licenses.ts';
import {
  act,
  counter,
  issue,
  machine,
  proofOf,
  type Portal,
} from '../../../support/machines/air-gapped.ts';
import { hour, openPortal } from '../../../support/server/server.ts';

const keysUrl = (portal: Portal): string => `/v1/licenses/${portal.license.id}/offline-keys`;

const keys = async (portal: Portal) => {
  const { body } = await portal.ask<{ items: OfflineKey[] }>('GET', keysUrl(portal), {
    token: portal.ana,
  });
  return body.items;
};

const writeOff = (portal: Portal, id: string) =>
  portal.ask('POST', `/v1/operator/offline-keys/${id}/write-off`, { token: portal.operator });

/** Gives a key back at the server, with a proof made now. */
const giveBack = async (portal: Portal, plc: ReturnType<typeof machine>, id: string) =>
  (await act(portal, id, 'deactivation', { proof: proofOf(portal, plc, id).typed })).status;

describe('a machine that was set up anew', () => {
  test('keeps its seat, three times a year; the fourth is told what to do, and that helps', async () => {
    const portal = await openPortal({ maxActivations: 3 });
    const ids: string[] = [];
    for (let index = 0; index < 4; index += 1) {
      portal.time.now += 1;
      const { status, body } = await issue(portal, machine(portal, 'plc-7').typed);
      expect(status).toBe(201);
      ids.push(body.id);
    }
    expect((await keys(portal)).map(({ status }) => status)).toEqual([
      'superseded',
      'superseded',
      'superseded',
      'active',
    ]);
    expect(await counter(portal)).toEqual([1, 1]);

    const refused = await issue(portal, machine(portal, 'plc-7').typed);
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({
      code: 'conflict',
      detail: expect.stringMatching(
        /plc-7 was set up anew 3 times.*Report its key as lost.*operator/u,
      ),
    });
    expect(await counter(portal)).toEqual([1, 1]);

    expect((await act(portal, ids.at(-1) ?? '', 'lost', { reason: 'set up anew' })).status).toBe(
      202,
    );
    expect((await writeOff(portal, ids.at(-1) ?? '')).status).toBe(200);
    expect((await issue(portal, machine(portal, 'plc-7').typed)).status).toBe(201);
    expect(await counter(portal)).toEqual([1, 1]);
  });

  test('is one with another key pair: the same one may ask as often as it likes', async () => {
    const portal = await openPortal({ maxActivations: 3 });
    const plc = machine(portal, 'plc-7');
    for (let index = 0; index < 5; index += 1) {
      portal.time.now += 1;
      expect((await issue(portal, plc.typed)).status).toBe(201);
    }
    const others = ['one', 'two', 'three'].map(() => machine(portal, 'plc-7'));
    for (const other of others) {
      portal.time.now += 1;
      expect((await issue(portal, other.typed)).status).toBe(201);
    }
    portal.time.now += 1;
    expect((await issue(portal, others.at(-1)?.typed ?? '')).status).toBe(201);
    expect((await issue(portal, plc.typed)).status).toBe(409);
  });

  test('can not be given up by what it was before: that key pair proves nothing of the new one', async () => {
    const portal = await openPortal({ maxActivations: 1 });
    const before = machine(portal, 'plc-7');
    const old = (await issue(portal, before.typed)).body;
    portal.time.now += 1000;
    const { body } = await issue(portal, machine(portal, 'plc-7').typed);
    portal.time.now += 1000;
    expect(await giveBack(portal, before, body.id)).toBe(400);
    const about = { proof: proofOf(portal, before, old.id).typed };
    expect((await act(portal, body.id, 'deactivation', about)).status).toBe(400);
    expect(await counter(portal)).toEqual([1, 1]);
    expect(await giveBack(portal, before, old.id)).toBe(204);
    expect(await counter(portal)).toEqual([1, 1]);
  });

  test('does not count what was given back in between', async () => {
    const portal = await openPortal({ maxActivations: 1 });
    for (let index = 0; index < 5; index += 1) {
      portal.time.now += 1;
      const plc = machine(portal, 'plc-7');
      const { status, body } = await issue(portal, plc.typed);
      expect(status).toBe(201);
      expect(await giveBack(portal, plc, body.id)).toBe(204);
    }
    await issue(portal, machine(portal, 'plc-7').typed);
    portal.time.now += 1;
    expect((await issue(portal, machine(portal, 'plc-7').typed)).status).toBe(201);
  });
});

describe('a deactivation proof', () => {
  test('frees the seat once; that of another machine never', async () => {
    const portal = await openPortal();
    const plc = machine(portal, 'plc-7');
    const { body } = await issue(portal, plc.typed);
    const stranger = proofOf(portal, machine(portal, 'plc-7'), body.id);
    const forged = await act(portal, body.id, 'deactivation', { proof: stranger.typed });
    expect(forged.status).toBe(400);
    expect(forged.body).toMatchObject({ code: 'proof-invalid' });
    expect(await counter(portal)).toEqual([1, 1]);

    expect(await giveBack(portal, plc, body.id)).toBe(204);
    expect(await counter(portal)).toEqual([0, 0]);
    const again = await act(portal, body.id, 'deactivation', {
      proof: proofOf(portal, plc, body.id).file,
    });
    expect(again.status).toBe(409);
    expect(again.body).toMatchObject({
      code: 'conflict',
      detail: expect.stringContaining('given back already'),
    });
  });

  test('with a typing error is refused by its line', async () => {
    const portal = await openPortal();
    const plc = machine(portal, 'plc-7');
    const { body } = await issue(portal, plc.typed);
    const lines = proofOf(portal, plc, body.id).typed.split('\n');
    lines[2] = (lines[2] ?? '').replace(/^./u, (first) => (first === '7' ? '8' : '7'));
    const refused = await act(portal, body.id, 'deactivation', { proof: lines.join('\n') });
    expect(refused.body).toMatchObject({
      code: 'proof-invalid',
      errors: [{ field: 'proof', message: expect.stringContaining('Line 3 has a typing error') }],
    });
  });

  test('of the key before frees the seat of a renewed key that never reached its machine', async () => {
    const portal = await openPortal();
    const plc = machine(portal, 'plc-7');
    const old = (await issue(portal, plc.typed)).body;
    portal.time.now += hour / 4;
    const made = proofOf(portal, plc, old.id);
    portal.time.now += hour / 4;
    const renewed = (await act<OfflineKeyWithKey>(portal, old.id, 'renew')).body;

    // Made before the renewal: the machine could still take the newer key.
    const early = await act(portal, renewed.id, 'deactivation', { proof: made.typed });
    expect(early.status).toBe(400);
    expect(early.body).toMatchObject({ detail: expect.stringContaining('an older key of plc-7') });
    expect(await counter(portal)).toEqual([1, 1]);

    portal.time.now += hour / 4;
    const late = proofOf(portal, plc, old.id);
    expect((await act(portal, renewed.id, 'deactivation', { proof: late.typed })).status).toBe(204);
    expect(await counter(portal)).toEqual([0, 0]);
  });

  test('is counted, by license and by machine', async () => {
    const portal = await openPortal();
    for (const hostname of ['plc-7', 'plc-7', 'plc-8']) {
      portal.time.now += 1;
      const plc = machine(portal, hostname);
      const { body } = await issue(portal, plc.typed);
      expect(await giveBack(portal, plc, body.id)).toBe(204);
    }
    portal.time.now += 1;
    await issue(portal, machine(portal, 'plc-9').typed);
    const { body } = await portal.ask<License>('GET', `/v1/licenses/${portal.license.id}`, {
      token: portal.operator,
    });
    expect(body.giveBacks).toBe(3);
    const page = await portal.ask<OfflineKeyPage>('GET', keysUrl(portal), {
      token: portal.operator,
    });
    const counts = page.body.items.map(({ hostname, giveBacks }) => [hostname, giveBacks]);
    expect(counts).toEqual([
      ['plc-7', 2],
      ['plc-7', 2],
      ['plc-8', 1],
      ['plc-9', 0],
    ]);
  });
});

describe('a machine that is lost', () => {
  test('holds its seat until an operator writes it off', async () => {
    const portal = await openPortal();
    const { body } = await issue(portal, machine(portal, 'plc-7').typed);
    const lost = await act<OfflineKey>(portal, body.id, 'lost', { reason: 'flooded' });
    expect(lost.status).toBe(202);
    expect(lost.body).toMatchObject({ status: 'lost', reason: 'flooded' });
    expect(await counter(portal)).toEqual([1, 1]);
    const target = `/v1/operator/offline-keys/${body.id}/write-off`;
    expect((await portal.ask('POST', target, { token: portal.ana })).status).toBe(403);
    expect((await writeOff(portal, body.id)).status).toBe(200);
    expect(await counter(portal)).toEqual([0, 0]);
  });
});
