import { readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import {
  keepCheckpoints,
  readCheckpoints,
  type Checkpoint,
} from '../../../server/store/journal/checkpoints.ts';
import { exportJournal, followJournal } from '../../../server/store/journal/journal-view.ts';
import { openStore, type FileStore } from '../../../server/store/folder/open-store.ts';
import { verifyJournal } from '../../../server/store/journal/verify-journal.ts';
import { backup } from '../../../server/store/backup/backup.ts';
import { restore } from '../../../server/store/backup/restore.ts';
import { portSchema, type PortSchema } from './schema.ts';
import { collect, makeTemporaryFolder, putSeat, silentLog } from './support.ts';

let place: string;
let directory: string;
let store: FileStore<PortSchema>;
const operator = { id: 'acc_operator', from: '::1' };

const open = (segment = 2000): Promise<FileStore<PortSchema>> =>
  openStore({
    directory,
    schema: portSchema,
    now: Date.now,
    log: silentLog,
    create: true,
    sizes: { segment },
  });

const putMany = async (count: number, from = 0): Promise<void> => {
  for (let n = from; n < from + count; n += 1) {
    await putSeat(store, {
      id: `act_${String(n).padStart(4, '0')}`,
      licenseId: 'lic_1',
      hostname: `secret-${n}`,
    });
  }
};

const segments = async (): Promise<string[]> =>
  (await readdir(join(directory, 'journal'))).filter((name) => name.endsWith('.jsonl')).toSorted();

const readAll = async (): Promise<string> => {
  const texts = await Promise.all(
    (await segments()).map((name) => readFile(join(directory, 'journal', name), 'utf8')),
  );
  return texts.join('');
};

/** Edits the lines of one segment. */
const edit = async (name: string, change: (lines: string[]) => void): Promise<string> => {
  const path = join(directory, 'journal', name);
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  change(lines);
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
};

beforeEach(async () => {
  place = await makeTemporaryFolder();
  directory = join(place, 'data');
  store = await open();
});

afterEach(async () => {
  await store.close();
  await rm(place, { recursive: true, force: true });
});

describe('journal verify', () => {
  beforeEach(async () => {
    await putMany(30);
    await store.close();
  });

  it('finds nothing wrong with an untouched journal, closed or open', async () => {
    const expected = {
      ok: true,
      records: 30,
      first: 1,
      last: 30,
      erased: 0,
      problems: [],
      unfinished: false,
    };
    expect(await verifyJournal({ directory })).toMatchObject(expected);
    store = await open();
    expect(await verifyJournal({ directory })).toMatchObject(expected);
  });

  it.each<[string, (lines: string[]) => void, string]>([
    [
      'an edited document',
      (lines) => (lines[1] = (lines[1] ?? '').replace('secret-', 'public-')),
      'was changed',
    ],
    [
      'an edited header',
      (lines) => (lines[1] = (lines[1] ?? '').replace('test.put', 'test.pot')),
      'was changed',
    ],
    [
      'an added space',
      (lines) => (lines[1] = (lines[1] ?? '').replace('"documents":{', '"documents": {')),
      'was changed',
    ],
    ['a removed record', (lines) => lines.splice(1, 1), 'is missing'],
    [
      'two records in each other’s place',
      (lines) => lines.splice(1, 2, lines[2] ?? '', lines[1] ?? ''),
      'is missing',
    ],
    ['a record twice', (lines) => lines.splice(1, 0, lines[0] ?? ''), 'out of its order'],
    ['null', (lines) => (lines[1] = 'null'), 'was changed'],
    ['NUL bytes', (lines) => (lines[1] = '\0'.repeat(400)), 'was changed'],
  ])('finds %s, and says in which file and line', async (_what, change, message) => {
    const [, second = ''] = await segments();
    const file = await edit(second, change);
    const { ok, problems } = await verifyJournal({ directory });
    expect(ok).toBe(false);
    expect(problems[0]).toMatchObject({ file, line: 2, message: expect.stringContaining(message) });
  });

  it('finds a document that was taken out together with its hash', async () => {
    const [, second = ''] = await segments();
    await edit(second, (lines) => {
      const record = JSON.parse(lines[1] ?? '') as { bodies: object; documents: object };
      lines[1] = JSON.stringify({ ...record, bodies: {}, documents: {} });
    });
    expect((await verifyJournal({ directory })).problems).toHaveLength(1);
  });

  it('finds a whole file that is missing', async () => {
    const [, second = ''] = await segments();
    await rm(join(directory, 'journal', second));
    const { problems } = await verifyJournal({ directory });
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Records \d+ to \d+ are missing\.$/u),
    ]);
  });

  it('finds a tail that was cut off together with the files that tell of it, by an exported checkpoint', async () => {
    store = await open();
    const exported: Checkpoint = store.checkpoint();
    await store.close();
    const last = (await segments()).at(-1) ?? '';
    await edit(last, (lines) => lines.pop());
    expect((await verifyJournal({ directory })).ok).toBe(false);
    // Whoever cuts the tail also removes what else knows of it.
    await rm(join(directory, 'lock.json'));
    await rm(join(directory, 'db.json'));
    const { problems } = await verifyJournal({ directory, checkpoints: [exported] });
    expect(problems.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('a signed checkpoint was made of record 30: its end was cut off'),
    );
  });

  it('finds a journal that was written anew from the beginning, by a checkpoint', async () => {
    store = await open();
    const exported = store.checkpoint();
    await store.close();
    await rm(directory, { recursive: true });
    store = await open();
    await putMany(31);
    expect((await verifyJournal({ directory })).ok).toBe(true);
    expect((await verifyJournal({ directory, checkpoints: [exported] })).problems).toMatchObject([
      {
        message: expect.stringContaining(
          'Record 30 is not the one that a signed checkpoint was made of',
        ),
      },
    ]);
  });
});

describe('checkpoints', () => {
  const sign = ({ seq, hash }: Checkpoint): string => `signed:${seq}:${hash}`;
  const verify = (statement: string): Checkpoint | undefined => {
    const [word, seq, hash = ''] = statement.split(':');
    return word === 'signed' ? { seq: Number(seq), hash, era: 1 } : undefined;
  };
  const keep = () =>
    keepCheckpoints({
      directory,
      current: () => store.checkpoint(),
      sign,
      now: Date.now,
      log: silentLog,
    });

  it('are made while something happens, and at stop', async () => {
    const checkpoints = await keep();
    expect(await checkpoints.make()).toBeUndefined();
    await putMany(3);
    expect(await checkpoints.make()).toMatchObject({ seq: 3 });
    expect(await checkpoints.make()).toMatchObject({ seq: 3 });
    await putMany(2);
    await checkpoints.stop();
    expect((await readCheckpoints(directory)).map(({ seq }) => seq)).toEqual([3, 5]);
    expect(await verifyJournal({ directory, verify })).toMatchObject({
      ok: true,
      checkpoints: 2,
      newestCheckpoint: 5,
    });
  });

  it('that nobody signed are found', async () => {
    await putMany(3);
    await (await keep()).stop();
    const path = join(directory, 'checkpoints.jsonl');
    await writeFile(path, (await readFile(path, 'utf8')).replace('signed:', 'forged:'));
    expect((await verifyJournal({ directory, verify })).problems).toMatchObject([
      { file: path, line: 1, message: expect.stringContaining('not validly signed') },
    ]);
  });

  it('of what a restore left behind are counted, not taken for a cut', async () => {
    await putMany(3);
    const { file } = await backup({ directory, file: join(place, 'b.tar.gz'), now: Date.now });
    await putMany(10, 3);
    const exported = store.checkpoint();
    await store.close();
    await restore({ file, directory: join(place, 'new'), now: Date.now, log: silentLog });
    expect(
      await verifyJournal({ directory: join(place, 'new'), checkpoints: [exported] }),
    ).toMatchObject({
      ok: true,
      leftBehind: 1,
      checkpoints: 0,
    });
  });
});

describe('erasing', () => {
  it('takes former versions out of every file, and the chain still verifies', async () => {
    await putMany(20);
    for (let n = 0; n < 20; n += 1) {
      const id = `act_${String(n).padStart(4, '0')}`;
      await putSeat(store, { id, licenseId: 'lic_1', hostname: `now-${n}` });
    }
    await store.transact(operator, async (transaction) => {
      transaction.seats.delete('act_0005');
      transaction.record({ action: 'seat.delete', target: 'act_0005', outcome: 'ok' });
    });
    const report = await store.eraseBodies(operator, 'acc_7', (key) => key.startsWith('seats/'));
    expect(report).toEqual({ documents: 21, records: 21 });
    expect(await readAll()).not.toContain('secret-');
    expect(await readFile(join(directory, 'db.json'), 'utf8')).not.toContain('secret-');
    expect(await readAll()).toContain('now-6');
    expect(await readAll()).not.toContain('now-5"');
    expect(await verifyJournal({ directory })).toMatchObject({ ok: true, erased: 21, last: 43 });

    await store.close();
    store = await open();
    expect(await store.read((reader) => reader.seats.count())).toBe(19);
    expect((await store.read((reader) => reader.seats.get('act_0006')))?.hostname).toBe('now-6');
    const done: unknown[] = [];
    for await (const { action, target, outcome, details } of store.entries({ after: 41 })) {
      done.push({ action, target, outcome, details });
    }
    expect(done).toEqual([
      { action: 'journal.erase', target: 'acc_7', outcome: 'started', details: undefined },
      {
        action: 'journal.erase',
        target: 'acc_7',
        outcome: 'ok',
        details: { documents: 21, records: 21 },
      },
    ]);
  });

  it('goes on while others write and read', async () => {
    await putMany(50);
    const [report] = await Promise.all([
      store.eraseBodies(operator, 'acc_7', () => true),
      putMany(50, 50),
      verifyJournal({ directory }).then(({ ok }) => expect(ok).toBe(true)),
    ]);
    expect(report.documents).toBe(0);
    expect(await verifyJournal({ directory })).toMatchObject({ ok: true, last: 102 });
  });
});

describe('archiving', () => {
  it('moves old files away behind a signed checkpoint; the rest still verifies and opens', async () => {
    await putMany(40);
    const before = await segments();
    const report = await store.archive(operator, {
      before: Date.now() + 1000,
      to: join(place, 'archive'),
      sign: ({ seq }) => `signed ${seq}`,
    });
    expect(report).toMatchObject({ segments: before.length - 2, first: 1 });
    expect((await readdir(join(place, 'archive'))).toSorted()).toEqual([
      ...before.slice(0, -2),
      `checkpoint-${report.last}.json`,
    ]);
    expect((await segments()).slice(0, 2)).toEqual(before.slice(-2));
    expect(await verifyJournal({ directory })).toMatchObject({
      ok: true,
      archivedThrough: report.last,
      last: 41,
    });
    await store.close();
    store = await open();
    expect(await store.read((reader) => reader.seats.count())).toBe(40);

    // A backup of it restores, and knows where its journal begins.
    const { file } = await backup({ directory, file: join(place, 'b.tar.gz'), now: Date.now });
    await restore({ file, directory: join(place, 'new'), now: Date.now, log: silentLog });
    expect(await verifyJournal({ directory: join(place, 'new') })).toMatchObject({
      ok: true,
      archivedThrough: report.last,
    });

    // What is left is still held to what was archived.
    const [first = ''] = await segments();
    await rm(join(directory, 'journal', first));
    expect((await verifyJournal({ directory })).ok).toBe(false);
    await truncate(join(directory, 'journal', before.at(-1) ?? ''), 0);
  });

  it('leaves what is newer than asked for', async () => {
    await putMany(40);
    const report = await store.archive(operator, {
      before: 0,
      to: join(place, 'archive'),
      sign: () => '',
    });
    expect(report).toMatchObject({ segments: 0, first: 0, last: 0 });
    expect(await verifyJournal({ directory })).toMatchObject({ first: 1, last: 40 });
  });
});

describe('the journal as others read it', () => {
  it('has who, from where, what, on what and outcome, but no hash', async () => {
    await putMany(1);
    const [view] = await collect(exportJournal(directory));
    expect(view).toMatchObject({
      seq: 1,
      actor: { id: 'acc_1', from: 'local' },
      action: 'test.put',
      target: 'act_0000',
      outcome: 'ok',
      put: ['seats/act_0000'],
      deleted: [],
    });
    expect(JSON.stringify(view)).not.toMatch(/[0-9a-f]{64}/u);
  });

  it('can be followed from outside while it grows', async () => {
    await putMany(3);
    const stop = new AbortController();
    const seen: number[] = [];
    const following = (async () => {
      for await (const { seq } of followJournal(directory, 1, stop.signal)) {
        seen.push(seq);
        if (seq === 3) await putMany(3, 3);
        if (seq === 6) stop.abort();
      }
    })();
    await following;
    expect(seen).toEqual([2, 3, 4, 5, 6]);
  });
});
