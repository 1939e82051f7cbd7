/** Going on without damaged records: only by name, and nothing is thrown away. */
import { cp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { diagnose } from '../../../server/store/doctor/doctor.ts';
import type { GiveUp, JournalPlace } from '../../../server/store/doctor/finding.ts';
import { seal } from '../../../server/store/folder/seal.ts';
import type { FileStore } from '../../../server/store/folder/open-store.ts';
import { repair } from '../../../server/store/doctor/repair.ts';
import { verifyJournal } from '../../../server/store/journal/verify-journal.ts';
import type { PortSchema } from './schema.ts';
import { collect, flip, makeTemporaryFolder, openPort, putSeat, silentLog } from './support.ts';

let place: string;
let directory: string;

const open = (segment = 1 << 20) => openPort(directory, { segment });

const write = async (store: FileStore<PortSchema>, from: number, to: number): Promise<void> => {
  for (let n = from; n <= to; n += 1)
    await putSeat(store, { id: `act_${n}`, licenseId: 'l', hostname: `host-${n}` });
};

/** Ten seats, the last five of them only in the journal, as kill -9 leaves it. */
const crashed = async (segment?: number): Promise<void> => {
  const store = await open(segment);
  await write(store, 1, 5);
  await store.snapshot();
  await write(store, 6, 10);
  await cp(directory, join(place, 'copy'), { recursive: true });
  await store.close();
  await rm(directory, { recursive: true });
  await cp(join(place, 'copy'), directory, { recursive: true });
};

const stopped = async (segment?: number): Promise<void> => {
  const store = await open(segment);
  await write(store, 1, 10);
  await store.close();
};

const segments = async (): Promise<readonly string[]> =>
  (await readdir(join(directory, 'journal')))
    .filter((name) => name.endsWith('.jsonl'))
    .toSorted()
    .map((name) => join(directory, 'journal', name));

/** Flips a bit of the record that put this seat, wherever it is. */
const damage = async (n: number): Promise<{ path: string; bytes: Buffer }> => {
  for (const path of await segments()) {
    const bytes = await readFile(path);
    const at = bytes.indexOf(`"host-${n}"`);
    if (at === -1) continue;
    flip(bytes, at + 2);
    await writeFile(path, bytes);
    return { path, bytes };
  }
  throw new Error('no such record');
};

const doctor = () => diagnose({ directory, now: Date.now });
const offer = async (): Promise<GiveUp | undefined> =>
  (await doctor()).findings.find(({ giveUp }) => giveUp !== undefined)?.giveUp;
const heal = (giveUp?: { first: number; last: number }) =>
  repair({ directory, now: Date.now, log: silentLog, giveUp });

interface State {
  readonly seats: readonly string[];
  readonly era: number;
  readonly actions: readonly string[];
}

const state = async (): Promise<State> => {
  const store = await open();
  const seats = await store.read(async (reader) =>
    (await reader.seats.list()).map(({ hostname }) => Number(hostname.slice(5))),
  );
  const actions = (await collect(store.entries())).map(({ action }) => action);
  const era = store.era();
  await store.close();
  return { seats: seats.toSorted((a, b) => a - b).map(String), era, actions };
};

const numbers = (to: number): string[] => Array.from({ length: to }, (_, n) => String(n + 1));

/** All bytes of the files of a folder. */
const bytesOf = async (folder: string): Promise<Buffer> => {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  return Buffer.concat(
    await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name)))),
  );
};

/** All bytes of what was set aside. */
const kept = (): Promise<Buffer> => bytesOf(join(directory, 'set-aside'));

beforeEach(async () => {
  place = await makeTemporaryFolder();
  directory = join(place, 'data');
});

afterEach(() => rm(place, { recursive: true, force: true }));

describe.each([
  ['one file', 1 << 20],
  ['a file for each few records', 1200],
])('damage in a journal of %s', (_, segment) => {
  it('to a record that the snapshot lacks: goes back to the one before, raises the era, keeps the rest', async () => {
    await crashed(segment);
    const { bytes } = await damage(8);
    expect(await offer()).toMatchObject({ first: 8, last: 10, losesChanges: true });
    await expect(open()).rejects.toMatchObject({ code: 'damaged' });
    const { repaired, after } = await heal({ first: 8, last: 10 });
    expect(repaired.at(-1)?.done).toMatch(/as it was at record 7: records 8 to 10 given up/u);
    expect(after.findings.every(({ severity }) => severity === 'note')).toBe(true);
    const aside = await kept();
    expect(aside.includes(bytes)).toBe(true);
    expect(aside.includes('"host-10"')).toBe(true);
    const { seats, era, actions } = await state();
    expect(seats).toEqual(numbers(7));
    expect(era).toBe(2);
    expect(actions.slice(6)).toEqual(['test.put', 'store.give-up']);
    expect(await verifyJournal({ directory })).toMatchObject({
      ok: true,
      last: 8,
      givenUp: ['8-10'],
    });
  });

  it('to a record that the snapshot has: loses no document, and the journal begins behind it', async () => {
    await crashed(segment);
    const { bytes } = await damage(3);
    expect(await offer()).toMatchObject({ first: 1, last: 3, losesChanges: false });
    await heal({ first: 1, last: 3 });
    expect((await kept()).includes(bytes)).toBe(true);
    const { seats, era, actions } = await state();
    expect(seats).toEqual(numbers(10));
    expect(era).toBe(1);
    expect(actions).toEqual([...Array<string>(7).fill('test.put'), 'store.give-up']);
    expect(await verifyJournal({ directory })).toMatchObject({
      ok: true,
      archivedThrough: 3,
      givenUp: ['1-3'],
    });
  });

  it('to the last record of a clean stop: all documents are there, and the journal begins anew', async () => {
    await stopped(segment);
    await damage(10);
    expect(await offer()).toMatchObject({ first: 1, last: 10, losesChanges: false });
    await heal({ first: 1, last: 10 });
    const { seats, era, actions } = await state();
    expect([seats, era, actions]).toEqual([numbers(10), 1, ['store.give-up']]);
    expect(await verifyJournal({ directory })).toMatchObject({ ok: true, first: 11 });
  });

  it('and to the snapshot: goes back to what the journal still tells', async () => {
    await crashed(segment);
    const { bytes } = await damage(8);
    await writeFile(join(directory, 'db.json'), 'null');
    expect(await offer()).toMatchObject({ first: 8, last: 10, losesChanges: true });
    await heal({ first: 8, last: 10 });
    const aside = await kept();
    expect([aside.includes('null'), aside.includes(bytes)]).toEqual([true, true]);
    const { seats, era } = await state();
    expect([seats, era]).toEqual([numbers(7), 2]);
  });

  it('whose end is missing: goes back to what is there', async () => {
    await crashed(segment);
    const path = (await segments()).at(-1) ?? '';
    const bytes = await readFile(path);
    await truncate(path, bytes.lastIndexOf('{"seq":10,'));
    expect(await offer()).toMatchObject({ first: 10, last: 10, losesChanges: true });
    await heal({ first: 10, last: 10 });
    const { seats, era } = await state();
    expect([seats, era]).toEqual([numbers(9), 2]);
  });
});

it('nothing is given up that was not named exactly, and nothing at all by --repair alone', async () => {
  await crashed();
  await damage(8);
  const journal = await readFile((await segments())[0] ?? '');
  for (const named of [
    { first: 8, last: 9 },
    { first: 7, last: 10 },
    { first: 1, last: 10 },
  ])
    await expect(heal(named)).rejects.toMatchObject({
      message: expect.stringContaining('The choice here is 8-10'),
    });
  expect((await heal()).repaired).toEqual([]);
  expect(await readFile((await segments())[0] ?? '')).toEqual(journal);
  await expect(open()).rejects.toMatchObject({ code: 'damaged' });
});

it('a sound folder offers nothing to give up', async () => {
  await stopped();
  expect(await offer()).toBeUndefined();
  await expect(heal({ first: 10, last: 10 })).rejects.toMatchObject({
    message: expect.stringContaining('offers none'),
  });
});

it('a journal that is not the one of the snapshot offers nothing: nobody can tell which is right', async () => {
  await stopped();
  const path = (await segments())[0] ?? '';
  const own = directory;
  directory = join(place, 'other');
  await stopped();
  await cp((await segments())[0] ?? '', path);
  directory = own;
  const { ok, findings } = await doctor();
  expect(ok).toBe(false);
  expect(findings[0]).toMatchObject({ severity: 'damage', giveUp: undefined });
});

it('begun in one folder and finished in a copy of it, changes the copy and not the original', async () => {
  await crashed(1200);
  await damage(8);
  const giveUp = await offer();
  await seal(directory, { state: 'giving-up', giveUp: giveUp as GiveUp });
  const original = directory;
  const before = await bytesOf(original);
  directory = join(place, 'elsewhere');
  await cp(original, directory, { recursive: true });
  await heal({ first: 8, last: 10 });
  expect((await state()).seats).toEqual(numbers(7));
  expect(await bytesOf(original)).toEqual(before);
});

it('begun by an earlier version, which kept whole paths, is finished', async () => {
  await crashed(1200);
  await damage(8);
  const { plan, ...giveUp } = (await offer()) as GiveUp & { plan: { end: JournalPlace } };
  const { segment, offset } = plan.end;
  const end = { path: join('/var/lib/licet/journal', segment), offset };
  const old = { state: 'giving-up', giveUp: { ...giveUp, plan: { ...plan, end } } };
  await writeFile(join(directory, 'sealed.json'), JSON.stringify(old));
  await heal({ first: 8, last: 10 });
  expect((await state()).seats).toEqual(numbers(7));
});

it('begun in a file that is gone is refused, and changes nothing', async () => {
  await crashed(1200);
  await damage(8);
  const giveUp = (await offer()) as GiveUp & { plan: { end: JournalPlace } };
  await seal(directory, { state: 'giving-up', giveUp });
  await rm(join(directory, 'journal', giveUp.plan.end.segment));
  const before = await bytesOf(join(directory, 'journal'));
  await expect(heal({ first: 8, last: 10 })).rejects.toMatchObject({ code: 'damaged' });
  expect(await bytesOf(join(directory, 'journal'))).toEqual(before);
});

it('checkpoints of what was given up are known as left behind', async () => {
  await crashed();
  const store = await open();
  const { seq, hash, era } = store.checkpoint();
  await cp(directory, join(place, 'again'), { recursive: true });
  await store.close();
  await damage(8);
  await rm(join(directory, 'db.json'));
  await cp(join(place, 'again/db.json'), join(directory, 'db.json'));
  await heal({ first: 8, last: 10 });
  const report = await verifyJournal({ directory, checkpoints: [{ seq, hash, era }] });
  expect(report).toMatchObject({ ok: true, leftBehind: 1 });
});
