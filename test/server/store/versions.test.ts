/** Data of former versions, and bringing it to a newer one. */
import { cp, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { diagnose } from '../../../server/store/doctor/doctor.ts';
import {
  openStore,
  type FileStore,
  type Migration,
} from '../../../server/store/folder/open-store.ts';
import { readBackupHead, restore } from '../../../server/store/backup/restore.ts';
import { collection, type Document } from '../../../server/store/store.ts';
import { verifyJournal } from '../../../server/store/journal/verify-journal.ts';
import { portSchema } from './schema.ts';
import { collect, makeTemporaryFolder, silentLog } from './support.ts';

/** A newer version: a seat has a machine instead of a hostname, and licenses became packages. */
interface Machine extends Document {
  readonly licenseId: string;
  readonly machine: { readonly hostname: string };
}

const newSchema = {
  packages: collection<Document>()({}),
  seats: collection<Machine>()({ hostname: (seat) => seat.machine.hostname }),
};

const migrations: readonly Migration[] = [
  {
    to: 2,
    migrate: (documents) => {
      const seats = documents.get('seats') ?? new Map<string, Document>();
      for (const [id, seat] of seats) {
        const { hostname, licenseId } = seat as Document & { hostname: string; licenseId: string };
        seats.set(id, { id, licenseId, machine: { hostname } } as Document);
      }
    },
  },
  {
    to: 3,
    migrate: (documents) => {
      documents.set('packages', documents.get('licenses') ?? new Map<string, Document>());
      documents.delete('licenses');
    },
  },
];

let place: string;
let directory: string;
const common = { now: Date.now, log: silentLog };

const openNew = (): Promise<FileStore<typeof newSchema>> =>
  openStore({ ...common, directory, schema: newSchema, schemaVersion: 3, migrations });

beforeEach(async () => {
  place = await makeTemporaryFolder();
  directory = join(place, 'data');
  await cp(join(import.meta.dirname, 'fixtures/version-1'), directory, { recursive: true });
});

afterEach(() => rm(place, { recursive: true, force: true }));

describe('data of the first version', () => {
  it('opens, with what was written after its snapshot', async () => {
    const store = await openStore({ ...common, directory, schema: portSchema });
    const [seats, license] = await store.read(async (reader) => [
      await reader.seats.list(),
      await reader.licenses.first('name', 'Prod'),
    ]);
    expect(seats.map(({ id, hostname }) => [id, hostname])).toEqual([
      ['act_01', 'renamed "é 😀'],
      ['act_03', 'host-3'],
      ['act_04', 'host-4'],
      ['act_05', 'host-5'],
      ['act_06', 'host-6'],
      ['act_07', 'after the snapshot'],
    ]);
    expect(license?.used).toBe(3);
    expect(store.marks.get('act_07')).toEqual({
      at: 1767312000000,
      version: '1.0',
      from: '192.0.2.7',
    });
    expect(store.seq()).toBe(13);
    expect((await collect(store.entries({ limit: 1 })))[0]?.at).toBe('2026-01-01T00:00:01.000Z');
    await store.close();
  });

  it('verifies, and its checkpoint fits', async () => {
    expect(await verifyJournal({ directory })).toMatchObject({
      ok: true,
      records: 13,
      erased: 1,
      checkpoints: 1,
    });
  });
});

describe('a migration', () => {
  it('brings all documents to the new version, once, and journals that', async () => {
    const store = await openNew();
    expect(
      (await store.read((reader) => reader.seats.first('hostname', 'after the snapshot')))?.id,
    ).toBe('act_07');
    expect(await store.read((reader) => reader.packages.get('lic_1'))).toMatchObject({
      name: 'Prod',
    });
    await store.close();
    const again = await openNew();
    expect(await again.read((reader) => reader.seats.count())).toBe(6);
    const headers = await collect(again.entries({ after: 13 }));
    expect(headers.map(({ action, details }) => ({ action, details }))).toEqual([
      { action: 'store.migrate', details: { from: 1, to: 3 } },
    ]);
    await again.close();
    expect(await verifyJournal({ directory })).toMatchObject({ ok: true, last: 14 });
  });

  it('makes a backup first, which the old version can still use', async () => {
    await (await openNew()).close();
    const [name = ''] = await readdir(join(directory, 'backups'));
    const file = join(directory, 'backups', name);
    expect(name).toMatch(/^before-schema-3-licet-.*-13\.tar\.gz$/u);
    expect(await readBackupHead(file)).toMatchObject({ schemaVersion: 1, seq: 13 });
    await restore({ ...common, file, directory: join(place, 'old') });
    const old = await openStore({ ...common, directory: join(place, 'old'), schema: portSchema });
    expect((await old.read((reader) => reader.seats.get('act_07')))?.hostname).toBe(
      'after the snapshot',
    );
    await old.close();
  });

  it('is refused by the old version afterwards', async () => {
    await (await openNew()).close();
    await expect(openStore({ ...common, directory, schema: portSchema })).rejects.toMatchObject({
      code: 'newer-version',
    });
  });

  it('that fails leaves everything as it was', async () => {
    const failing: Migration[] = [
      {
        to: 2,
        migrate: () => {
          throw new Error('the step failed');
        },
      },
    ];
    const before = await readFile(join(directory, 'db.json'), 'utf8');
    await expect(
      openStore({ ...common, directory, schema: newSchema, schemaVersion: 2, migrations: failing }),
    ).rejects.toThrow('the step failed');
    await expect(
      openStore({ ...common, directory, schema: newSchema, schemaVersion: 4, migrations }),
    ).rejects.toThrow('no migration to schema version 4');
    expect(await readFile(join(directory, 'db.json'), 'utf8')).toBe(before);
    const store = await openStore({ ...common, directory, schema: portSchema });
    expect(store.seq()).toBe(13);
    await store.close();
  });

  it('is only in memory for who opens the folder for reading', async () => {
    const before = await readFile(join(directory, 'db.json'), 'utf8');
    const store = await openStore({
      ...common,
      directory,
      schema: newSchema,
      schemaVersion: 3,
      migrations,
      readOnly: true,
    });
    expect((await store.read((reader) => reader.seats.get('act_03')))?.machine.hostname).toBe(
      'host-3',
    );
    await store.close();
    expect(await readFile(join(directory, 'db.json'), 'utf8')).toBe(before);
  });

  it('makes the doctor say why a lost snapshot can’t be made from the journal', async () => {
    await (await openNew()).close();
    await rm(join(directory, 'db.json'));
    const { findings } = await diagnose({ directory, now: Date.now, schemaVersion: 3 });
    expect(findings[0]?.remedy).toBeUndefined();
    expect(findings[0]?.choices.join(' ')).toContain('it goes back to before a migration');
  });
});
