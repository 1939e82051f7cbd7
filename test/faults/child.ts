/**
 * The process that the fault tests do harm to. It opens the folder and writes; on standard output, one
 * JSON array a line, it says what its clients asked for before they ask, and what was answered as soon
 * as it is. So the ledger that the test keeps is on the other side of a pipe.
 */
import { closeSync, openSync, writeSync } from 'node:fs';

import { openStore, type FileStore } from '../../server/store/folder/open-store.ts';
import { StoreError } from '../../server/store/store.ts';
import { portSchema, type PortSchema } from '../server/store/schema.ts';
import type { ChildOptions } from './spawn-child.ts';

const options = JSON.parse(process.argv[2] ?? '') as ChildOptions;

const say = (...words: (string | number)[]): void => {
  writeSync(1, `${JSON.stringify(words)}\n`);
};

const open = (): Promise<FileStore<PortSchema>> =>
  openStore({
    directory: options.directory,
    schema: portSchema,
    now: Date.now,
    log: {
      info: () => undefined,
      warn: (_fields, message) => say('warn', message),
      error: (_fields, message) => say('error', message),
    },
    create: true,
    sizes: options.sizes ?? {},
  });

const errorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

const pad = (n: number): string => String(n).padStart(8, '0');

/** One change: the client's counter and a document of its own, both or none. */
const take = async (store: FileStore<PortSchema>, client: string, n: number): Promise<void> => {
  const id = `act_${client}_${pad(n)}`;
  say('ask', client, n);
  try {
    await store.transact({ id: client, from: 'local' }, async (transaction) => {
      transaction.licenses.put({ id: client, name: client, used: n });
      transaction.seats.put({ id, licenseId: client, hostname: 'x'.repeat(options.padding ?? 10) });
      transaction.record({ action: 'seat.take', target: id, outcome: 'ok' });
    });
    say('done', client, n);
  } catch (error) {
    say('refused', client, n, error instanceof StoreError ? error.code : String(error));
  }
};

/** Clients that go on from where they find themselves, each one change after the other. */
const load = async (store: FileStore<PortSchema>): Promise<void> => {
  const client = async (name: string): Promise<void> => {
    const license = await store.read((reader) => reader.licenses.get(name));
    for (let n = (license?.used ?? 0) + 1; ; n += 1) await take(store, name, n);
  };
  const clients = Array.from({ length: options.clients ?? 8 }, (_, index) =>
    client(`client${index}`),
  );
  await Promise.all(clients);
};

/** The same steps each time, through all that the store does with files. */
const script = async (store: FileStore<PortSchema>): Promise<void> => {
  for (let n = 1; n <= 4; n += 1) await take(store, 'one', n);
  await Promise.all(['a', 'b', 'c'].map((client) => take(store, client, 1)));
  await store.snapshot();
  say('snapshot');
  store.marks.set('act_1', { at: 1 });
  for (let n = 5; n <= 7; n += 1) await take(store, 'one', n);
  await store.eraseBodies({ id: 'system', from: 'local' }, 'acc_1', () => true);
  await take(store, 'one', 8);
  await store.close();
  say('closed');
};

/** One change, and a reader that comes while it is being synced. */
const readers = async (store: FileStore<PortSchema>): Promise<void> => {
  await take(store, 'one', 1);
  store.watch(({ header }) => say('event', header.target));
  const second = take(store, 'one', 2);
  // The change is in memory when this transaction has its turn; a refusal hangs on it as well.
  const refusal = store
    .transact({ id: 'two', from: 'local' }, async (transaction) => {
      const license = await transaction.licenses.get('one');
      say('refusal saw', license?.used ?? 0);
      return license?.used ?? 0;
    })
    .then((used) => say('refusal', used));
  const read = store
    .read(async (reader) => (await reader.licenses.get('one'))?.used ?? 0)
    .then((used) => say('read', used));
  await Promise.all([second, refusal, read]);
  say('status', store.status().state);
  await take(store, 'one', 3);
  say('read', await store.read(async (reader) => (await reader.licenses.get('one'))?.used ?? 0));
  await store.close();
  say('closed');
};

/** Uses up all descriptors of the process, goes on writing, then gives them back. */
const descriptors = async (store: FileStore<PortSchema>): Promise<void> => {
  const wasted: number[] = [];
  try {
    for (;;) wasted.push(openSync('/dev/null', 'r'));
  } catch {
    say('wasted', wasted.length > 5 ? 'all' : 'none');
  }
  for (let n = 1; n <= 20; n += 1) await take(store, 'one', n);
  say('snapshot', await store.snapshot().then(() => 'written', errorCode));
  say('read', await store.read((reader) => reader.seats.count()));
  for (const descriptor of wasted) closeSync(descriptor);
  for (let n = 21; n <= 40; n += 1) await take(store, 'one', n);
  say('snapshot', await store.snapshot().then(() => 'written', errorCode));
  let entries = 0;
  for await (const header of store.entries()) entries = header.seq;
  say('entries', entries);
  await store.close();
  say('closed');
};

/** Holds the folder until it is killed. */
const hold = async (): Promise<void> => {
  await new Promise((resolve) => {
    setInterval(resolve, 1 << 30);
  });
};

const modes = { load, script, readers, descriptors, hold };

try {
  const store = await open();
  say('open', process.pid);
  await modes[options.mode](store);
} catch (error) {
  say('failed', error instanceof StoreError ? error.code : 'other', String(error));
  process.exitCode = 1;
}
