import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { backup, moveAway } from '../../../server/store/backup/backup.ts';
import { openStore } from '../../../server/store/folder/open-store.ts';
import { readBackupHead, restore } from '../../../server/store/backup/restore.ts';
import type { Store } from '../../../server/store/store.ts';
import { portSchema, type PortSchema } from './schema.ts';
import { flip, makeTemporaryFolder, putSeat, silentLog } from './support.ts';

let place: string;
let directory: string;

const open = (at = directory): Promise<Store<PortSchema>> =>
  openStore({
    directory: at,
    schema: portSchema,
    now: Date.now,
    log: silentLog,
    create: true,
    sizes: { segment: 20_000, snapshot: 50_000 },
  });

const hostnames = (store: Store<PortSchema>): Promise<readonly string[]> =>
  store.read(async (reader) => (await reader.seats.list()).map((seat) => seat.hostname));

const restoreTo = (file: string, name: string) =>
  restore({ file, directory: join(place, name), now: Date.now, log: silentLog });

beforeEach(async () => {
  place = await makeTemporaryFolder();
  directory = join(place, 'data');
});

afterEach(() => rm(place, { recursive: true, force: true }));

describe('a backup', () => {
  it('under load restores to a state that was once acknowledged, 10 of 10', async () => {
    const store = await open();
    let running = true;
    let acknowledged = 0;
    const isRunning = (): boolean => running;
    const write = async (): Promise<void> => {
      // Each record moves the one counter on and adds a seat: any mixture of two states would show.
      while (isRunning()) {
        await store.transact({ id: 'acc_1', from: 'local' }, async (transaction) => {
          const license = await transaction.licenses.get('lic_1');
          const used = (license?.used ?? 0) + 1;
          transaction.licenses.put({ id: 'lic_1', name: 'Prod', used });
          transaction.seats.put({ id: `act_${used}`, licenseId: 'lic_1', hostname: String(used) });
          transaction.record({ action: 'seat.take', target: `act_${used}`, outcome: 'ok' });
        });
        acknowledged += 1;
      }
    };
    const writers = [write(), write(), write(), write()];
    const files: { file: string; before: number; seq: number }[] = [];
    await vi.waitUntil(() => acknowledged > 20);
    for (let n = 0; n < 10; n += 1) {
      const before = acknowledged;
      const { seq, file } = await backup({
        directory,
        file: join(place, `${n}.tar.gz`),
        now: Date.now,
      });
      files.push({ file, before, seq });
    }
    running = false;
    await Promise.all(writers);
    await store.close();

    for (const { file, before, seq } of files) {
      expect(seq).toBeGreaterThanOrEqual(before);
      expect(seq).toBeLessThanOrEqual(acknowledged);
      const to = `restored-${seq}`;
      expect(await restoreTo(file, to)).toMatchObject({ seq, era: 2 });
      const restored = await open(join(place, to));
      const [used, seats] = await restored.read(async (reader) => [
        (await reader.licenses.get('lic_1'))?.used,
        await reader.seats.count('license', 'lic_1'),
      ]);
      expect([used, seats]).toEqual([seq, seq]);
      expect(restored.era()).toBe(2);
      await restored.close();
      await rm(join(place, to), { recursive: true });
    }
  });

  it('has keys, releases and marks, but not the unlock secret', async () => {
    const store = await open();
    store.marks.set('act_1', { at: 5 });
    await putSeat(store, { id: 'act_1', licenseId: 'lic_1', hostname: 'a' });
    await store.close();
    await mkdir(join(directory, 'keys'));
    await mkdir(join(directory, 'releases'));
    await writeFile(join(directory, 'keys/signing.json'), 'encrypted');
    await writeFile(join(directory, 'keys/unlock'), 'secret');
    await writeFile(join(directory, 'releases/abc'), Buffer.alloc(700_000, 7));
    const { file } = await backup({ directory, file: join(place, 'b.tar.gz'), now: Date.now });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    // Any machine's own tools can look into it.
    const listing = await promisify(execFile)('tar', ['-tzf', file]);
    expect(listing.stdout.trim().split('\n')).toEqual([
      'backup.json',
      'db.json',
      'journal/000000000001.jsonl',
      'keys/signing.json',
      'marks.json',
      'releases/abc',
      'manifest.json',
    ]);
    await restoreTo(file, 'new');
    expect(await readFile(join(place, 'new/keys/signing.json'), 'utf8')).toBe('encrypted');
    expect(await readFile(join(place, 'new/releases/abc'))).toEqual(Buffer.alloc(700_000, 7));
    expect((await stat(join(place, 'new'))).mode & 0o777).toBe(0o700);
    const restored = await open(join(place, 'new'));
    expect(restored.marks.get('act_1')).toEqual({ at: 5 });
    await restored.close();

    const without = await backup({
      directory,
      file: join(place, 'c.tar.gz'),
      now: Date.now,
      releases: false,
    });
    expect(without.bytes).toBeLessThan((await stat(file)).size);
  });

  it('of a folder that no server has open takes what was written since the last snapshot', async () => {
    const store = await open();
    for (let n = 0; n < 5; n += 1)
      await putSeat(store, { id: `act_${n}`, licenseId: 'l', hostname: `h${n}` });
    await store.close();
    const { file, seq } = await backup({ directory, file: place, now: () => 1_769_903_999_000 });
    expect(file).toBe(join(place, 'licet-20260131T235959Z-5.tar.gz'));
    expect(seq).toBe(5);
    expect(await readBackupHead(file)).toMatchObject({
      seq: 5,
      era: 1,
      at: '2026-01-31T23:59:59.000Z',
    });
  });

  it('journals its restore and raises the era each time', async () => {
    const store = await open();
    await putSeat(store, { id: 'act_1', licenseId: 'l', hostname: 'a' });
    await store.close();
    const first = await backup({ directory, file: join(place, '1.tar.gz'), now: Date.now });
    await restoreTo(first.file, 'new');
    const second = await backup({
      directory: join(place, 'new'),
      file: join(place, '2.tar.gz'),
      now: Date.now,
    });
    expect(await restoreTo(second.file, 'newer')).toMatchObject({ era: 3, seq: 2 });
    const restored = await open(join(place, 'newer'));
    const actions: string[] = [];
    for await (const header of restored.entries()) actions.push(header.action);
    expect(actions).toEqual(['test.put', 'store.restore', 'store.restore']);
    expect(await hostnames(restored)).toEqual(['a']);
    await restored.close();
  });

  // Root backs a folder up that belongs to the server's user: whoever took that user over could put a
  // link where the note goes, and be given any file of the machine.
  it('touches nothing that a link in the folder leads to', async () => {
    await (await open()).close();
    const elsewhere = join(place, 'elsewhere');
    await writeFile(elsewhere, 'of another user', { mode: 0o644 });
    await symlink(elsewhere, join(directory, 'backups.jsonl'));
    const { bytes } = await backup({ directory, file: join(place, 'b.tar.gz'), now: Date.now });
    expect(bytes).toBeGreaterThan(0);
    expect(await readFile(elsewhere, 'utf8')).toBe('of another user');
    expect((await stat(elsewhere)).mode & 0o777).toBe(0o644);
  });

  it('is refused over a file that is there', async () => {
    const store = await open();
    await store.close();
    await writeFile(join(place, 'b.tar.gz'), 'precious');
    await expect(
      backup({ directory, file: join(place, 'b.tar.gz'), now: Date.now }),
    ).rejects.toMatchObject({
      code: 'not-empty',
    });
    expect(await readFile(join(place, 'b.tar.gz'), 'utf8')).toBe('precious');
  });

  it('is never made of a damaged folder, and leaves no half of one', async () => {
    const store = await open();
    for (let n = 0; n < 5; n += 1)
      await putSeat(store, { id: `act_${n}`, licenseId: 'l', hostname: `h${n}` });
    await store.close();
    const path = join(directory, 'journal/000000000001.jsonl');
    const bytes = await readFile(path);
    flip(bytes, bytes.indexOf('h3'));
    await writeFile(path, bytes);
    await expect(
      backup({ directory, file: join(place, 'b.tar.gz'), now: Date.now }),
    ).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringContaining('000000000001.jsonl, line 4'),
    });
    expect((await readdir(place)).toSorted()).toEqual(['data']);
  });
});

describe('moving away', () => {
  it('seals the old folder, so that two servers never give out the same seats', async () => {
    const store = await open();
    await putSeat(store, { id: 'act_1', licenseId: 'l', hostname: 'a' });
    await expect(
      moveAway({ directory, file: join(place, 'm.tar.gz'), now: Date.now }),
    ).rejects.toMatchObject({
      code: 'in-use',
    });
    await store.close();
    const { file } = await moveAway({ directory, file: join(place, 'm.tar.gz'), now: Date.now });
    await expect(open()).rejects.toMatchObject({
      code: 'sealed',
      message: expect.stringContaining('m.tar.gz'),
    });
    await restoreTo(file, 'new');
    const moved = await open(join(place, 'new'));
    expect(await hostnames(moved)).toEqual(['a']);
    await moved.close();
  });
});

describe('a restore', () => {
  let file: string;

  beforeEach(async () => {
    const store = await open();
    for (let n = 0; n < 50; n += 1)
      await putSeat(store, { id: `act_${n}`, licenseId: 'l', hostname: `h${n}` });
    await store.close();
    ({ file } = await backup({ directory, file: join(place, 'b.tar.gz'), now: Date.now }));
  });

  it('refuses a folder with anything in it', async () => {
    await mkdir(join(place, 'full'));
    await writeFile(join(place, 'full/other'), '');
    await expect(restoreTo(file, 'full')).rejects.toMatchObject({ code: 'not-empty' });
    expect(await readdir(join(place, 'full'))).toEqual(['other']);
    await expect(restoreTo(file, 'data')).rejects.toMatchObject({ code: 'not-empty' });
  });

  it('refuses a backup that was cut off or changed anywhere', async () => {
    const whole = await readFile(file);
    const attempts = [0.1, 0.5, 0.95].flatMap((where) => {
      const at = Math.floor(whole.length * where);
      const flipped = Buffer.from(whole);
      flip(flipped, at);
      return [whole.subarray(0, at), flipped];
    });
    for (const [n, bytes] of attempts.entries()) {
      await writeFile(join(place, 'bad.tar.gz'), bytes);
      await expect(restoreTo(join(place, 'bad.tar.gz'), `bad-${n}`)).rejects.toMatchObject({
        code: 'damaged',
      });
    }
    await writeFile(join(place, 'text.tar.gz'), 'no backup at all');
    await expect(restoreTo(join(place, 'text.tar.gz'), 'bad')).rejects.toMatchObject({
      code: 'damaged',
    });
    await expect(restoreTo(join(place, 'missing'), 'bad')).rejects.toMatchObject({
      code: 'not-licet',
    });
  });

  it('that did not finish leaves a folder that nothing serves', async () => {
    const signal = AbortSignal.abort(new Error('stopped'));
    const half = join(place, 'half');
    await expect(
      restore({ file, directory: half, now: Date.now, log: silentLog, signal }),
    ).rejects.toThrow('stopped');
    await expect(open(half)).rejects.toMatchObject({ name: 'StoreError' });
    expect(await readdir(half)).not.toContain('journal');
  });

  it('refuses names that lead out of the folder', async () => {
    await mkdir(join(place, 'evil/keys'), { recursive: true });
    await writeFile(
      join(place, 'evil/backup.json'),
      JSON.stringify({ licet: 1, at: 'x', seq: 0, era: 1, schemaVersion: 1 }),
    );
    await writeFile(join(place, 'evil/x'), 'x');
    await promisify(execFile)('tar', [
      '--format=ustar',
      '-czf',
      join(place, 'evil.tar.gz'),
      '-C',
      join(place, 'evil'),
      'backup.json',
      '--transform',
      's,^x,../escaped,',
      '-P',
      'x',
    ]);
    await expect(restoreTo(join(place, 'evil.tar.gz'), 'victim')).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringContaining('not allowed'),
    });
    expect(await readdir(place)).not.toContain('escaped');
  });

  it('works where the folder exists and is empty', async () => {
    await mkdir(join(place, 'empty'));
    await chmod(join(place, 'empty'), 0o755);
    await restoreTo(file, 'empty');
    expect((await stat(join(place, 'empty'))).mode & 0o777).toBe(0o700);
  });
});
