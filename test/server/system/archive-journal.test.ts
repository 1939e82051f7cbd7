/** Old records of the journal leave the data folder while the server runs. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dataVersion } from '../../../server/data-version.ts';
import { openStore } from '../../../server/store/folder/open-store.ts';
import { verifyJournal } from '../../../server/store/journal/verify-journal.ts';
import { createArchiver, type ArchiveSettings } from '../../../server/system/archive-journal.ts';
import { loadKeys } from '../../../server/system/keys/load-keys.ts';
import { day } from '../../../shared/time.ts';
import { createDataFolders, quietLog, type DataFolders } from '../../support/server/data-folder.ts';

let folders: DataFolders;
beforeAll(async () => {
  folders = await createDataFolders();
});
afterAll(() => folders.remove());

test('records older than the settings say are moved to the archive, and changes go on meanwhile', async () => {
  const directory = await folders.make();
  const time = { now: Date.now() };
  const now = (): number => time.now;
  const sizes = { segment: 1200 };
  const store = await openStore({ directory, ...dataVersion, now, log: quietLog, sizes });
  const change = (id: string) =>
    store.transact({ id: 'system', from: 'local' }, async (tx) => {
      tx.products.put({ id, name: id, createdAt: now() } as never);
      tx.record({ action: 'product.create', target: id, outcome: 'ok' });
    });
  const settings: { -readonly [K in keyof ArchiveSettings]: ArchiveSettings[K] } = {
    journalArchive: null,
    journalDays: 30,
  };
  const { signer } = await loadKeys({ directory });
  const archive = createArchiver({ signer, log: quietLog, now }, store, () => settings);
  for (let n = 0; n < 10; n += 1) await change(`old-${n}`);
  time.now += 31 * day;
  for (let n = 0; n < 10; n += 1) await change(`new-${n}`);
  await archive();
  expect(await readdir(directory)).not.toContain('archive');

  settings.journalArchive = 'archive';
  await Promise.all([archive(), change('meanwhile')]);
  expect((await readdir(join(directory, 'archive'))).length).toBeGreaterThan(1);
  await change('after');
  const actions: string[] = [];
  for await (const { action } of store.entries()) actions.push(action);
  expect(actions).toContain('journal.archive');
  expect(actions.filter((action) => action === 'product.create').length).toBeLessThan(22);
  expect(await store.read((reader) => reader.products.count())).toBe(22);
  await store.close();
  const report = await verifyJournal({ directory });
  expect(report).toMatchObject({ ok: true, problems: [] });
  expect(report.archivedThrough).toBeGreaterThan(0);
});
