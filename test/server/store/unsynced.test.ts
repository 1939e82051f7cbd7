/** Reads wait for the records that touched what they read, and for no others, however slow the disk is. */
import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';

import type { FileStore } from '../../../server/store/folder/open-store.ts';
import type { Reader } from '../../../server/store/store.ts';
import { holdSyncs } from '../../support/server/held-syncs.ts';
import { openPortal } from '../../support/server/server.ts';
import type { PortSchema } from './schema.ts';
import { makeTemporaryFolder, openPort, putSeat } from './support.ts';

let directory: string;
let store: FileStore<PortSchema>;
let letGo = (): void => undefined;

beforeEach(async () => {
  directory = await makeTemporaryFolder();
  store = await openPort(directory);
  await putSeat(store, { id: 'act_1', licenseId: 'l', hostname: 'a' });
  await putSeat(store, { id: 'act_2', licenseId: 'm', hostname: 'b' });
});

afterEach(async () => {
  letGo();
  await store.close();
  await rm(directory, { recursive: true, force: true });
});

type Reading = (reader: Reader<PortSchema>) => Promise<unknown>;

/** A change that moves act_2 from the license m to n, and waits for the disk. */
const startMove = async (): Promise<{ readonly moved: Promise<void>; isOver: () => boolean }> => {
  ({ letGo } = await holdSyncs());
  let over = false;
  const moved = putSeat(store, { id: 'act_2', licenseId: 'n', hostname: 'b' }).then(() => {
    over = true;
  });
  // In memory as soon as a transaction after it has its turn.
  await store.transact({ id: 'x', from: 'local' }, async () => undefined);
  return { moved, isOver: () => over };
};

it.each<[string, Reading]>([
  ['another document', (reader) => reader.seats.get('act_1')],
  ['another key of an index', (reader) => reader.seats.by('license', 'l')],
  ['how many are under another key', (reader) => reader.seats.count('license', 'l')],
  ['another collection', (reader) => reader.licenses.list()],
])('a read of %s is answered while a change is being synced', async (_, reading) => {
  const { moved, isOver } = await startMove();
  await store.read(reading);
  await store.transact({ id: 'x', from: 'local' }, async (transaction) => reading(transaction));
  expect(isOver()).toBe(false);
  letGo();
  await moved;
});

it.each<[string, Reading]>([
  ['the document', (reader) => reader.seats.get('act_2')],
  ['the key that it left', (reader) => reader.seats.first('license', 'm')],
  ['the key that it came under', (reader) => reader.seats.by('license', 'n')],
  ['how many are under its key', (reader) => reader.seats.count('license', 'n')],
  ['all of the collection', (reader) => reader.seats.list()],
  ['how many there are', (reader) => reader.seats.count()],
])('a read of %s waits until the change is on disk', async (_, reading) => {
  const { isOver } = await startMove();
  const read = store.read(reading).then(isOver);
  const refusal = store
    .transact({ id: 'x', from: 'local' }, async (transaction) => reading(transaction))
    .then(isOver);
  // These come after it, and are through.
  await store.read((reader) => reader.seats.get('act_1'));
  letGo();
  expect(await Promise.all([read, refusal])).toEqual([true, true]);
});

it('a check-in is answered while another machine’s activation is being synced', async () => {
  const portal = await openPortal();
  const { body } = await portal.activate('one');
  const held = await holdSyncs();
  ({ letGo } = held);
  let over = false;
  const other = portal.activate('two').then(() => {
    over = true;
  });
  await held.begun;
  expect((await portal.checkIn(body)).status).toBe(200);
  expect(over).toBe(false);
  letGo();
  await other;
});
