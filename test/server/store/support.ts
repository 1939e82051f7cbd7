import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Log } from '../../../server/store/folder/log.ts';
import { openStore, type FileStore, type Sizes } from '../../../server/store/folder/open-store.ts';
import type { Store } from '../../../server/store/store.ts';
import { portSchema, type PortSchema } from './schema.ts';

export const makeTemporaryFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'licet-store-'));

const nothing = (): void => undefined;
export const silentLog: Log = { info: nothing, warn: nothing, error: nothing };

/** Opens a folder, or makes it. */
export const openPort = (
  directory: string,
  sizes: Partial<Sizes> = {},
): Promise<FileStore<PortSchema>> =>
  openStore({ directory, schema: portSchema, now: Date.now, log: silentLog, create: true, sizes });

/** One acknowledged change. */
export const putSeat = (
  store: Store<PortSchema>,
  seat: { readonly id: string; readonly licenseId: string; readonly hostname: string },
): Promise<void> =>
  store.transact({ id: 'acc_1', from: 'local' }, async (transaction) => {
    transaction.seats.put(seat);
    transaction.record({ action: 'test.put', target: seat.id, outcome: 'ok' });
  });

/** Changes one bit. */
export const flip = (bytes: Buffer, at: number): void => {
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0x10, at);
};

export const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};
