/** Faults done to real processes: short runs of what `npm run test:faults` does at length. */
import { appendFile, chmod, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openStore } from '../../../server/store/folder/open-store.ts';
import { killInALoop } from '../../faults/kill.ts';
import { fillTheDisk } from '../../faults/disk-full.ts';
import { failTheSync } from '../../faults/failed-sync.ts';
import { createLedger } from '../../faults/ledger.ts';
import { canMount, canTrace } from '../../faults/mounts.ts';
import { verifyJournal } from '../../../server/store/journal/verify-journal.ts';
import { killGivingUp, killRestores } from '../../faults/operations.ts';
import { spawnChild, untilDone } from '../../faults/spawn-child.ts';
import { portSchema } from './schema.ts';
import { makeTemporaryFolder, putSeat, silentLog } from './support.ts';

let place: string;
let directory: string;

const open = () =>
  openStore({ directory, schema: portSchema, now: Date.now, log: silentLog, create: true });

beforeEach(async () => {
  place = await makeTemporaryFolder();
  directory = join(place, 'data');
});

afterEach(() => rm(place, { recursive: true, force: true }));

describe('kill -9', () => {
  it('amid writes loses nothing and makes nothing up', { timeout: 90_000 }, async () => {
    const report = await killInALoop(directory, 5);
    expect(report.problems).toEqual([]);
    expect(report.acknowledged).toBeGreaterThan(200);
    expect(report.slowestStart).toBeLessThan(5000);
  });
});

describe('a second process', () => {
  it('is told which process has the folder, and gets it as soon as that is gone', async () => {
    const child = spawnChild({ directory, mode: 'hold' });
    await child.until(([word]) => word === 'open');
    await expect(open()).rejects.toMatchObject({
      code: 'in-use',
      message: expect.stringContaining(`in use by process ${child.process.pid}.`),
    });
    await child.kill();
    const store = await open();

    const second = spawnChild({ directory, mode: 'hold' });
    expect(await second.end()).toBe(1);
    expect(second.said).toEqual([
      ['failed', 'in-use', expect.stringContaining(`in use by process ${process.pid}.`)],
    ]);
    await expect(open()).rejects.toMatchObject({ code: 'in-use' });
    expect(JSON.parse(await readFile(join(directory, 'lock.json'), 'utf8'))).toMatchObject({
      pid: process.pid,
    });
    await store.close();
  });
});

describe('two servers on one folder', () => {
  const seat = (n: number) => ({ id: `act_${n}`, licenseId: 'l', hostname: `host-${n}` });

  it('once its lock was deleted: the first stops writing before it overwrites the second', async () => {
    const first = await open();
    await putSeat(first, seat(1));
    await rm(join(directory, 'lock'));
    const second = spawnChild({ directory, mode: 'load', clients: 1 });
    await untilDone(second, 3);
    await expect(putSeat(first, seat(2))).rejects.toMatchObject({ code: 'read-only' });
    expect(first.status()).toMatchObject({
      state: 'read-only',
      reason: expect.stringContaining('Another process may have written'),
    });
    await untilDone(second, 6);
    await second.kill();
    await first.close();
    const ledger = createLedger();
    ledger.add(second.said);
    ledger.add([['ask', 'l', 1]]);
    const problems = await ledger.check(directory);
    expect(problems.filter((problem) => !problem.startsWith('the counter of l '))).toEqual([]);
  });

  it('where locks do nothing: one that finds bytes of another writes nothing over them', async () => {
    const store = await open();
    await putSeat(store, seat(1));
    const path = join(directory, 'journal/000000000001.jsonl');
    await appendFile(path, '{"seq":2,');
    const before = await readFile(path, 'utf8');
    await expect(putSeat(store, seat(2))).rejects.toMatchObject({ code: 'read-only' });
    await store.close();
    expect(await readFile(path, 'utf8')).toBe(before);
    expect(await verifyJournal({ directory })).toMatchObject({ ok: true, last: 1 });
  });
});

describe('a folder without write permission', () => {
  it('is named, and nothing is started', async () => {
    await (await open()).close();
    await chmod(directory, 0o500);
    // Root may write anywhere, unless it drops what lets it.
    const under = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-all'] : [];
    const child = spawnChild({ directory, mode: 'hold' }, { under });
    expect(await child.end()).toBe(1);
    expect(child.said).toEqual([['failed', 'not-writable', expect.stringContaining(directory)]]);
    await chmod(directory, 0o700);
  });
});

describe.skipIf(!canTrace())('a failed fsync (needs strace)', () => {
  it('makes the store read-only at once, is never tried again, and shows nobody what was undone', async () => {
    const { child, calls } = await failTheSync(place);
    const only = (...words: string[]) =>
      child.said.filter(([word]) => words.includes(String(word)));
    // The refusal saw the change while it was being synced: it was not told, and ran again.
    expect(only('refusal saw')).toEqual([
      ['refusal saw', 2],
      ['refusal saw', 1],
    ]);
    expect(only('refusal')).toEqual([['refusal', 1]]);
    expect(only('read')).toEqual([
      ['read', 1],
      ['read', 1],
    ]);
    expect(only('done', 'refused', 'event', 'status', 'closed')).toEqual([
      ['done', 'one', 1],
      ['refused', 'one', 2, 'read-only'],
      ['status', 'read-only'],
      ['refused', 'one', 3, 'read-only'],
      ['closed'],
    ]);
    expect(calls).toBe(2);
    const ledger = createLedger();
    ledger.add(child.said);
    expect(await ledger.check(directory)).toEqual([]);
  });
});

describe.skipIf(!canTrace())('an operator’s work, killed midway (needs strace)', () => {
  it(
    'a restore leaves a folder that nothing serves, or a whole one',
    { timeout: 90_000 },
    async () => {
      for (const call of ['rename', 'unlink']) {
        const { kills, problems } = await killRestores(join(place, call), call);
        expect(problems).toEqual([]);
        expect(kills).toBeGreaterThan(0);
      }
    },
  );

  it.each([8, 3])(
    'giving up record %i leaves a folder that is refused, or a whole one, and all bytes',
    { timeout: 90_000 },
    async (seat) => {
      const { kills, problems } = await killGivingUp(place, 'rename', seat);
      expect(problems).toEqual([]);
      expect(kills).toBeGreaterThan(1);
    },
  );
});

describe.skipIf(!canMount)('a full disk (needs root, to mount a small one)', () => {
  it('undoes what is refused, keeps what was acknowledged, and goes on when there is room', async () => {
    const report = await fillTheDisk(join(place, 'disk'), 8);
    expect(report).toMatchObject({ problems: [], afterRoom: 20 });
    expect(report.acknowledged).toBeGreaterThan(100);
    expect(report.refused).toBeGreaterThanOrEqual(8 * 5);
  });
});

describe('a process without free descriptors', () => {
  it('goes on writing and reading, and recovers by itself', async () => {
    const under = ['sh', '-c', 'ulimit -n 60; exec "$@"', 'sh'];
    const child = spawnChild(
      { directory, mode: 'descriptors', sizes: { segment: 2000 } },
      { under },
    );
    expect(await child.end()).toBe(0);
    const said = child.said.filter(
      ([word]) => !['open', 'ask', 'done', 'warn'].includes(String(word)),
    );
    expect(said).toEqual([
      ['wasted', 'all'],
      ['snapshot', 'EMFILE'],
      ['read', 20],
      ['snapshot', 'written'],
      ['entries', 40],
      ['closed'],
    ]);
    const ledger = createLedger();
    ledger.add(child.said);
    expect(ledger.acknowledged()).toBe(40);
    expect(await ledger.check(directory)).toEqual([]);
  });
});
