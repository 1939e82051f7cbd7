/** Opens a folder for the first time after something was done to it: that is journaled before anything else. */
import { damaged } from './damaged.ts';
import type { FileStore } from './file-store.ts';
import { takeLock, type Lock } from './lock.ts';
import { openWritable, type OpenOptions } from './open-store.ts';
import { restoreAction } from '../journal/record.ts';
import { readSnapshotHead } from '../snapshot/snapshot-format.ts';
import type { Act, Schema } from '../store.ts';

export interface RestoredOptions extends Pick<
  OpenOptions<Schema>,
  'directory' | 'now' | 'log' | 'schemaVersion'
> {
  /** Of the backup. */
  readonly seq: number;
  readonly madeAt: string;
}

/**
 * Opens what was just restored: whatever its collections are, all of its journal checked, its era
 * raised and the restore journaled before anything else. Throws `StoreError` `damaged` when it does
 * not end with the record `seq`.
 */
export const openRestored = async (options: RestoredOptions): Promise<FileStore<Schema>> => {
  const { directory, seq, madeAt } = options;
  const act = (era: number): Act => ({
    action: restoreAction,
    target: directory,
    outcome: 'ok',
    details: { era, seq, madeAt },
  });
  const lock = takeLock(directory);
  try {
    const sizes = { check: Number.POSITIVE_INFINITY };
    const first = { act, raisesEra: true };
    const store = await openWritable<Schema>({ ...options, schema: {}, sizes }, lock, first);
    if (store.seq() === seq + 1) return store;
    await store.close();
    throw damaged(directory, `the journal does not end with record ${seq}`);
  } catch (error) {
    lock.release();
    throw error;
  }
};

export interface GivenUpOptions extends Pick<OpenOptions<Schema>, 'directory' | 'now' | 'log'> {
  readonly lock: Lock;
  /** The last record that is kept. */
  readonly seq: number;
  /** Whether changes that were acknowledged are gone: products are to notice. */
  readonly raisesEra: boolean;
  /** How it is journaled, given the era from then on. */
  readonly act: (era: number) => Act;
}

/**
 * Opens what records were given up of, by the process that holds its lock, and journals that before
 * anything else. Throws `StoreError` `damaged` when it is still not whole.
 */
export const openGivenUp = async (options: GivenUpOptions): Promise<FileStore<Schema>> => {
  const { directory, lock, seq, raisesEra } = options;
  const { schemaVersion = 1 } = (await readSnapshotHead(directory)) ?? {};
  const sizes = { check: Number.POSITIVE_INFINITY };
  return openWritable<Schema>({ ...options, schema: {}, schemaVersion, sizes }, lock, {
    act: options.act,
    raisesEra,
    durable: seq,
  });
};
