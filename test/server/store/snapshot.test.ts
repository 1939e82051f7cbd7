/** Documents that come with a start are lines of the snapshot until somebody asks for them. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { makeFolder, makeJournal } from '../../../server/store/folder/folder.ts';
import { createDatabase } from '../../../server/store/folder/load.ts';
import { noHash } from '../../../server/store/journal/record.ts';
import { createTables, setDocument, tableNamed } from '../../../server/store/memory/table.ts';
import { portSchema, type Seat } from './schema.ts';
import { makeTemporaryFolder, openPort, putSeat } from './support.ts';

let directory: string;

const open = () => openPort(directory);

const snapshot = (): Promise<string> => readFile(join(directory, 'db.json'), 'utf8');

beforeEach(async () => {
  directory = await makeTemporaryFolder();
});

afterEach(() => rm(directory, { recursive: true, force: true }));

/** Names and ids that are more than ASCII, or that JSON writes otherwise than they are. */
const odd: readonly Seat[] = [
  { id: 'act_1', licenseId: 'l', hostname: 'plain' },
  { id: 'act_2', licenseId: 'Müller & Söhne', hostname: 'zürich-01' },
  { id: 'act_3', licenseId: '株式会社', hostname: '🦊' },
  { id: 'act_"4"\\', licenseId: 'l', hostname: 'C:\\"quoted"\n\t\u0001' },
  { id: 'act_é5', licenseId: 'l', hostname: '\u2028' },
  { id: 'act_6', licenseId: 'l', hostname: '","id":"act_7"},' },
  { id: 'x'.repeat(3000), licenseId: 'l', hostname: 'y'.repeat(40_000) },
];

/** A snapshot with so many documents, without a change for each. */
const seed = async (count: number): Promise<void> => {
  await makeFolder(directory);
  await makeJournal(directory);
  const tables = createTables(portSchema);
  const table = tableNamed(tables, 'seats');
  for (let n = 0; n < count; n += 1) {
    const id = `act_${String(n).padStart(8, '0')}`;
    // Here and there one that is not ASCII, also across the pieces in which the file is read.
    const hostname = n % 97 === 0 ? `höst-${n}` : `host-${n}`;
    setDocument(table, id, { id, licenseId: `lic_${n % 10}`, hostname } as Seat);
  }
  await createDatabase(tables, 1, {
    directory,
    slice: Number.POSITIVE_INFINITY,
    turn: (work) => work(),
    cover: async () => ({ from: 0, to: 0, hash: noHash }),
  }).write();
};

describe('a snapshot', () => {
  it('gives back every document as it was put, whatever characters it has, start after start', async () => {
    const store = await open();
    for (const seat of odd) await putSeat(store, seat);
    await store.close();
    let before = await snapshot();
    for (let start = 0; start < 3; start += 1) {
      const again = await open();
      for (const seat of odd) {
        const [byId, byIndex] = await again.read(async ({ seats }) => [
          await seats.get(seat.id),
          await seats.by('license', seat.licenseId),
        ]);
        expect(byId).toEqual(seat);
        expect(byIndex).toContainEqual(seat);
      }
      await putSeat(again, { id: `new_${start}`, licenseId: 'l', hostname: 'h' });
      await again.close();
      const after = await snapshot();
      for (const line of before.split('\n').filter((line) => line.startsWith('{"id"')))
        expect(after).toContain(line.replace(/,$/u, ''));
      before = after;
    }
  });

  it('takes changes of what is still a line, and undoes them', async () => {
    await seed(50);
    const store = await open();
    const id = 'act_00000007';
    const failed = store.transact({ id: 'acc_1', from: 'local' }, async (transaction) => {
      transaction.seats.put({ id, licenseId: 'other', hostname: 'changed' });
      transaction.seats.delete('act_00000008');
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    const [one, two, under, others] = await store.read(async ({ seats }) => [
      await seats.get(id),
      await seats.get('act_00000008'),
      await seats.count('license', 'lic_7'),
      await seats.count('license', 'other'),
    ]);
    expect([one?.hostname, two?.hostname, under, others]).toEqual(['host-7', 'host-8', 5, 0]);
    await putSeat(store, { id, licenseId: 'other', hostname: 'changed' });
    expect(await store.read(({ seats }) => seats.count('license', 'lic_7'))).toBe(4);
    expect(await store.read(({ seats }) => seats.count('license', 'other'))).toBe(1);
    await store.close();
  });

  it('gives out only what nobody can change', async () => {
    await seed(3);
    const store = await open();
    const found = await store.read(async ({ seats }) => [
      await seats.get('act_00000000'),
      ...(await seats.list()),
      ...(await seats.by('license', 'lic_1')),
    ]);
    expect(found).toHaveLength(5);
    for (const seat of found) expect(Object.isFrozen(seat)).toBe(true);
    await store.close();
  });

  it('that is damaged is refused with the line that is to blame', async () => {
    await seed(9);
    const path = join(directory, 'db.json');
    const whole = await snapshot();
    const line = whole.split('\n').findIndex((text) => text.includes('host-5"')) + 1;
    for (const bad of ['{"id":"act_00000005",,}', 'null', '{"id":5}', '{"no":"id"}']) {
      await writeFile(path, whole.replace(/\{"id":"act_00000005".*\}/u, bad));
      await expect(open()).rejects.toMatchObject({
        code: 'damaged',
        message: expect.stringContaining(`${path}, line ${line}: this line is not a document`),
      });
    }
    await writeFile(path, whole.replace('act_00000005', 'act_00000004'));
    await expect(open()).rejects.toMatchObject({
      message: expect.stringContaining(`line ${line}: a document of this id is there already`),
    });
  });

  it('with many documents leaves the process free while the first question waits for its index', async () => {
    await seed(300_000);
    const store = await open();
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
    }, 1);
    const found = await store.read(({ seats }) => seats.count('license', 'lic_3'));
    const during = ticks;
    clearInterval(timer);
    expect(found).toBe(30_000);
    expect(during).toBeGreaterThan(0);
    const hosts = await store.read(({ seats }) => seats.by('license', 'lic_0', { limit: 98 }));
    expect(hosts.map(({ hostname }) => hostname)).toEqual(
      Array.from({ length: 98 }, (_, n) =>
        (n * 10) % 97 === 0 ? `höst-${n * 10}` : `host-${n * 10}`,
      ),
    );
    await store.close();
  });
});
