/** What a start makes of a folder that is not as a clean stop leaves it. */
import { createHash } from 'node:crypto';
import { cp, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { backup } from '../../../server/store/backup/backup.ts';
import { openStore, type FileStore, type Log } from '../../../server/store/folder/open-store.ts';
import { portSchema, type PortSchema } from './schema.ts';
import { flip, makeTemporaryFolder, putSeat, silentLog } from './support.ts';

let place: string;
let directory: string;

const open = (log: Log = silentLog, at = directory): Promise<FileStore<PortSchema>> =>
  openStore({
    directory: at,
    schema: portSchema,
    now: Date.now,
    log,
    create: true,
    sizes: { segment: 1500 },
  });

const ids = (store: FileStore<PortSchema>): Promise<readonly string[]> =>
  store.read(async (reader) => (await reader.seats.list()).map(({ id }) => id));

const segments = async (): Promise<string[]> =>
  (await readdir(join(directory, 'journal')))
    .filter((name) => name.endsWith('.jsonl'))
    .toSorted()
    .map((name) => join(directory, 'journal', name));

const newest = async (): Promise<string> => (await segments()).at(-1) ?? '';

/** As kill -9 leaves it: everything written, no snapshot at the end. */
const crash = async (store: FileStore<PortSchema>): Promise<void> => {
  await rm(join(place, 'copy'), { recursive: true, force: true });
  await cp(directory, join(place, 'copy'), { recursive: true });
  await store.close();
  await rm(directory, { recursive: true });
  await cp(join(place, 'copy'), directory, { recursive: true });
};

const fill = async (count: number): Promise<FileStore<PortSchema>> => {
  const store = await open();
  for (let n = 1; n <= count; n += 1)
    await putSeat(store, { id: `act_${n}`, licenseId: 'l', hostname: 'h' });
  return store;
};

/** A hash of every file's name and bytes. */
const fingerprint = async (): Promise<string> => {
  const hash = createHash('sha256');
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((entry) => entry.isFile())) {
    const path = join(entry.parentPath, entry.name);
    hash.update(path).update(await readFile(path));
  }
  return hash.digest('hex');
};

const change = async (path: string, edit: (bytes: Buffer) => Buffer | void): Promise<void> => {
  const bytes = await readFile(path);
  await writeFile(path, edit(bytes) ?? bytes);
};

beforeEach(async () => {
  place = await makeTemporaryFolder();
  directory = join(place, 'data');
});

afterEach(() => rm(place, { recursive: true, force: true }));

describe('a torn tail, as a crash leaves it,', () => {
  it.each<[string, string]>([
    ['half a record', '{"seq":7,"at":"2026'],
    ['pages that were never written', `{"seq":7,"at":"2026${'\0'.repeat(4096)}`],
    ['such a page in the midst of records', `{"seq":7,${'\0'.repeat(500)}}\n{"seq":8}\n`],
  ])('is cut off, kept and logged: %s', async (_what, tail) => {
    await crash(await fill(6));
    const path = await newest();
    await change(path, (bytes) => Buffer.concat([bytes, Buffer.from(tail)]));
    const warnings: object[] = [];
    const store = await open({ ...silentLog, warn: (fields) => void warnings.push(fields) });
    expect(await ids(store)).toHaveLength(6);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({ file: path });
    const names = await readdir(join(directory, 'journal'));
    const kept = names.find((name) => name.includes('torn')) ?? '';
    expect(await readFile(join(directory, 'journal', kept), 'utf8')).toBe(tail);
    await putSeat(store, { id: 'act_7', licenseId: 'l', hostname: 'h' });
    await crash(store);
    const again = await open();
    expect(await ids(again)).toHaveLength(7);
    await again.close();
  });
});

describe('damage, as no crash leaves it,', () => {
  const cases: [string, (path: string) => Promise<void>][] = [
    ['one flipped bit', (path) => change(path, (bytes) => flip(bytes, bytes.length - 60))],
    [
      'a cut in the midst of the last record',
      async (path) => truncate(path, (await stat(path)).size - 20),
    ],
    [
      'the last record removed',
      (path) =>
        change(path, (bytes) => bytes.subarray(0, bytes.subarray(0, -1).lastIndexOf(10) + 1)),
    ],
    [
      'NUL bytes at the end',
      (path) => change(path, (bytes) => void bytes.fill(0, bytes.length - 90)),
    ],
    ['an empty file', (path) => truncate(path, 0)],
    ['null', (path) => writeFile(path, 'null\n')],
  ];

  it.each(cases)('is refused after a kill: %s', async (_what, damage) => {
    await crash(await fill(6));
    const path = await newest();
    await damage(path);
    const before = await readFile(path);
    await expect(open()).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringContaining('.jsonl'),
    });
    await expect(open()).rejects.toMatchObject({ code: 'damaged' });
    expect(await readFile(path)).toEqual(before);
  });

  it.each(cases)('is refused after a clean stop: %s', async (_what, damage) => {
    await (await fill(6)).close();
    await damage(await newest());
    await expect(open()).rejects.toMatchObject({ code: 'damaged' });
  });

  it.each(cases)(
    'is refused after a power cut too, by what the other files say: %s',
    async (_what, damage) => {
      await (await fill(6)).close();
      await rm(join(directory, 'lock.json'));
      await damage(await newest());
      await expect(open()).rejects.toMatchObject({ code: 'damaged' });
    },
  );

  it('in an older file is refused, with file and line', async () => {
    await crash(await fill(12));
    const [, second = ''] = await segments();
    await change(second, (bytes) => flip(bytes, bytes.indexOf(10) + 5));
    await expect(open()).rejects.toMatchObject({
      message: expect.stringContaining(`${second}, line 2: this line is damaged`),
    });
  });

  it('of order, or a record or a file that is missing, is refused', async () => {
    await crash(await fill(12));
    const [, second = '', third = ''] = await segments();
    const whole = await readFile(second, 'utf8');
    const [a = '', b = '', ...rest] = whole.split('\n');
    for (const text of [
      [b, a, ...rest],
      [a, ...rest],
      [a, a, b, ...rest],
    ]) {
      await writeFile(second, text.join('\n'));
      await expect(open()).rejects.toMatchObject({ code: 'damaged' });
    }
    await writeFile(second, whole);
    const store = await open();
    await store.close();
    await rm(third);
    await expect(open()).rejects.toMatchObject({ code: 'damaged' });
  });

  it('of the snapshot is refused, names the file and the newest backup, and never starts empty', async () => {
    const store = await fill(6);
    await store.close();
    const { file } = await backup({ directory, file: place, now: Date.now });
    const path = join(directory, 'db.json');
    const whole = await readFile(path);
    const damages: ((bytes: Buffer) => Buffer)[] = [
      (bytes) => bytes.subarray(0, bytes.length / 2),
      (bytes) => bytes.subarray(0, bytes.length - 1),
      () => Buffer.from('null'),
      () => Buffer.from('null\n'),
      () => Buffer.alloc(0),
      () => Buffer.from('{}\n'),
      (bytes) => Buffer.alloc(bytes.length),
      (bytes) => Buffer.concat([bytes.subarray(0, 200), Buffer.alloc(50), bytes.subarray(250)]),
      (bytes) => Buffer.concat([bytes, bytes]),
    ];
    for (let at = 5; at < whole.length; at += 40) {
      damages.push((bytes) => {
        const flipped = Buffer.from(bytes);
        flip(flipped, at);
        return flipped;
      });
    }
    for (const damage of damages) {
      await writeFile(path, damage(whole));
      await expect(open()).rejects.toMatchObject({
        code: 'damaged',
        message: expect.stringMatching(new RegExp(`${path}.*The newest backup is ${file}`, 'u')),
      });
    }
    await rm(path);
    await expect(open()).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringContaining(path),
    });
    await writeFile(path, whole);
    const again = await open();
    expect(await ids(again)).toHaveLength(6);
    await again.close();
  });
});

describe('a start', () => {
  it('ignores a snapshot that was never finished, and logs it', async () => {
    await crash(await fill(3));
    await writeFile(join(directory, 'db.json.tmp'), '{"licet":1,');
    const warnings: object[] = [];
    const store = await open({ ...silentLog, warn: (fields) => void warnings.push(fields) });
    expect(warnings).toEqual([{ file: join(directory, 'db.json.tmp') }]);
    expect(await ids(store)).toHaveLength(3);
    await store.close();
  });

  it('ignores marks that can’t be read', async () => {
    const store = await fill(1);
    store.marks.set('act_1', { at: 1 });
    store.marks.set('act_2', { at: 2 });
    await store.close();
    await change(join(directory, 'marks.json'), (bytes) => flip(bytes, bytes.indexOf('act_1') - 1));
    const again = await open();
    expect(again.marks.get('act_1')).toBeUndefined();
    expect(again.marks.get('act_2')).toEqual({ at: 2 });
    again.marks.set('act_3', { at: 3, version: '1 "é"', from: '192.0.2.1' });
    await again.close();
    // Those that nobody asked for go on from file to file, and one that is no JSON is none.
    await change(join(directory, 'marks.json'), (bytes) => flip(bytes, bytes.indexOf('act_2') - 1));
    const third = await open();
    third.marks.set('act_4', { at: 4 });
    await third.close();
    const last = await open();
    expect(last.marks.get('act_2')).toBeUndefined();
    expect(last.marks.get('act_3')).toEqual({ at: 3, version: '1 "é"', from: '192.0.2.1' });
    expect(last.marks.get('act_4')).toEqual({ at: 4 });
    await last.close();
  });

  it('refuses data of a newer version and changes not a byte', async () => {
    await (await fill(3)).close();
    await change(join(directory, 'db.json'), (bytes) =>
      Buffer.from(bytes.toString('utf8').replace('"schemaVersion":1', '"schemaVersion":2')),
    );
    const before = await fingerprint();
    await expect(open()).rejects.toMatchObject({ code: 'newer-version' });
    await change(join(directory, 'db.json'), (bytes) =>
      Buffer.from(
        bytes
          .toString('utf8')
          .replace('"licet":1,"schemaVersion":2', '"licet":2,"schemaVersion":1'),
      ),
    );
    const other = await fingerprint();
    expect(other).not.toBe(before);
    await expect(open()).rejects.toMatchObject({ code: 'newer-version' });
    expect(await fingerprint()).toBe(other);
  });

  it('refuses a folder that is not licet’s, and makes nothing in it', async () => {
    const options = { schema: portSchema, now: Date.now, log: silentLog };
    await expect(openStore({ ...options, directory })).rejects.toMatchObject({ code: 'not-licet' });
    await writeFile(join(place, 'photo.jpg'), '');
    for (const create of [false, true]) {
      await expect(openStore({ ...options, directory: place, create })).rejects.toMatchObject({
        code: 'not-licet',
      });
    }
    await expect(
      openStore({ ...options, directory: join(place, 'photo.jpg'), create: true }),
    ).rejects.toMatchObject({ code: 'not-licet' });
    expect(await readdir(place)).toEqual(['photo.jpg']);
  });

  it('makes a new folder for its owner only', async () => {
    await (await fill(1)).close();
    for (const name of ['', 'journal']) {
      expect((await stat(join(directory, name))).mode & 0o777).toBe(0o700);
    }
    for (const name of ['db.json', 'lock', 'lock.json', 'journal/000000000001.jsonl']) {
      expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
    }
  });

  it('for reading changes nothing, needs no lock and sees what is durable', async () => {
    const store = await fill(5);
    const reading = await openStore({
      directory,
      schema: portSchema,
      now: Date.now,
      log: silentLog,
      readOnly: true,
    });
    expect(await ids(reading)).toHaveLength(5);
    await expect(
      putSeat(reading, { id: 'x', licenseId: 'l', hostname: 'h' }),
    ).rejects.toMatchObject({
      code: 'read-only',
    });
    expect(await ids(reading)).toHaveLength(5);
    await reading.close();
    await crash(store);
    await change(await newest(), (bytes) => Buffer.concat([bytes, Buffer.from('{"seq":6')]));
    const before = await fingerprint();
    const again = await openStore({
      directory,
      schema: portSchema,
      now: Date.now,
      log: silentLog,
      readOnly: true,
    });
    expect(await ids(again)).toHaveLength(5);
    await again.close();
    expect(await fingerprint()).toBe(before);
  });

  it('reads a snapshot that another program could read as JSON', async () => {
    await (await fill(3)).close();
    const value = JSON.parse(await readFile(join(directory, 'db.json'), 'utf8')) as {
      collections: { seats: unknown[] };
    };
    expect(value).toMatchObject({
      licet: 1,
      schemaVersion: 1,
      era: 1,
      from: 3,
      to: 3,
      documents: 3,
    });
    expect(value.collections.seats).toHaveLength(3);
  });
});
