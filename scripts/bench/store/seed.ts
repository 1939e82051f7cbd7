/**
 * The fast path: a data folder with so many activations, as a snapshot, without a change for each. It has
 * what a start finds in a real one: last-seen marks, and a journal whose end is checked.
 */
import { createHash, randomBytes } from 'node:crypto';

import { collections } from '../../../server/collections.ts';
import type { ActivationDoc } from '../../../server/domain/documents.ts';
import { makeFolder, makeJournal } from '../../../server/store/folder/folder.ts';
import { createDatabase } from '../../../server/store/folder/load.ts';
import { openMarks } from '../../../server/store/memory/marks.ts';
import { openStore } from '../../../server/store/folder/open-store.ts';
import { noHash } from '../../../server/store/journal/record.ts';
import { createTables, setDocument, tableNamed } from '../../../server/store/memory/table.ts';
import { makeId } from '../../../shared/ids.ts';

/** Ten activations a license, as a small vendor has them. */
const perLicense = 10;

export const licenseId = (n: number): string => `lic_${String(n).padStart(26, '0')}`;

export const licensesOf = (activations: number): number => Math.ceil(activations / perLicense);

/** An activation as the server stores it. `at` in milliseconds since the epoch. */
export const makeActivation = (license: string, at: number): ActivationDoc => {
  const id = makeId('activation', at, randomBytes);
  const fingerprint = createHash('sha256').update(id).digest('hex');
  return {
    id,
    licenseId: license,
    fingerprint,
    hostname: `host-${id.slice(-6)}`,
    platform: 'linux-x64',
    version: '4.2.1',
    accountId: makeId('account', at, randomBytes),
    activatedBy: 'owner@example.com',
    activatedAt: at,
    seat: 1,
    seatSince: at,
    leaseUntil: at + 72 * 3_600_000,
    tokenHash: createHash('sha256').update(fingerprint).digest('hex'),
  };
};

/** So many came by the journal, which is then as long as what a start checks of it. */
const byJournal = (activations: number): number => Math.min(4000, activations / 2);

const nothing = (): void => undefined;
export const silent = { info: nothing, warn: nothing, error: nothing };

const seedSnapshot = async (directory: string, activations: number): Promise<void> => {
  await makeFolder(directory);
  await makeJournal(directory);
  const tables = createTables(collections);
  const table = tableNamed(tables, 'activations');
  const marks = await openMarks(directory, silent, Date.now, { writable: true });
  const started = Date.now() - activations;
  for (let n = 0; n < activations; n += 1) {
    const activation = makeActivation(licenseId(n % licensesOf(activations)), started + n);
    setDocument(table, activation.id, activation);
    marks.set(activation.id, { at: started, version: '4.2.1' });
  }
  await marks.close();
  const database = createDatabase(tables, 1, {
    directory,
    slice: Number.POSITIVE_INFINITY,
    turn: (work) => work(),
    cover: async () => ({ from: 0, to: 0, hash: noHash }),
  });
  await database.write();
};

export const seed = async (directory: string, activations: number): Promise<void> => {
  const changes = byJournal(activations);
  await seedSnapshot(directory, activations - changes);
  const store = await openStore({ directory, schema: collections, now: Date.now, log: silent });
  const writing = Array.from({ length: changes }, async (_, n) => {
    const activation = makeActivation(licenseId(n % licensesOf(activations)), Date.now());
    await store.transact({ id: 'acc_1', from: '192.0.2.1' }, async (transaction) => {
      transaction.activations.put(activation);
      transaction.record({ action: 'activation.create', target: activation.id, outcome: 'ok' });
    });
  });
  await Promise.all(writing);
  await store.close();
};
