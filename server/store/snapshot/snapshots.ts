/** When snapshots are taken while the store is open. */
import { stat } from 'node:fs/promises';

import { messageOf } from '../folder/files.ts';
import type { Log } from '../folder/log.ts';
import { snapshotPath } from './snapshot-format.ts';
import { SnapshotAbandoned } from './snapshot-write.ts';

export interface SnapshotDeps {
  readonly directory: string;
  readonly log: Log;
  /** Journal bytes after which one is due, if the last snapshot is not bigger than that. */
  readonly everyBytes: number;
  /** Whether the journal already has something that the last one lacks. */
  readonly isBehind: boolean;
  /** Writes one; says up to which seq it has everything. */
  readonly write: () => Promise<number>;
  /** The same of the one that is there. */
  readonly from: number;
}

export interface Snapshots {
  /** Counts bytes that were written to the journal; starts a snapshot when one is due. */
  count(bytes: number): void;
  /** Starts one in the background. */
  takeSoon(): void;
  /** Takes one now, after any that is under way. Throws when it can't be written. */
  take(): Promise<void>;
  /** Whether the journal has anything that the last one lacks. */
  isDue(): boolean;
  /** The newest one has everything up to this seq. */
  from(): number;
  idle(): Promise<void>;
}

/** Starts counting from the snapshot that is there; see `Snapshots` for when the next is taken. */
export const createSnapshots = async (deps: SnapshotDeps): Promise<Snapshots> => {
  let pending = deps.isBehind ? 1 : 0;
  let limit = deps.everyBytes;
  let from = deps.from;
  let running: Promise<void> | undefined;

  const measure = async (): Promise<void> => {
    limit = Math.max(deps.everyBytes, (await stat(snapshotPath(deps.directory))).size);
  };

  const write = async (): Promise<void> => {
    const before = pending;
    from = await deps.write();
    pending -= before;
    await measure();
  };

  const isRunning = (): boolean => running !== undefined;

  const idle = async (): Promise<void> => {
    while (isRunning()) await Promise.allSettled([running]);
  };

  const takeOne = async (): Promise<void> => {
    await idle();
    running = write().finally(() => {
      running = undefined;
    });
    await running;
  };

  const takeInBackground = async (): Promise<void> => {
    try {
      await takeOne();
      deps.log.info({}, 'A snapshot was written.');
    } catch (error) {
      // Nothing is lost: the journal has everything. Try again when it has grown further.
      limit = pending + deps.everyBytes / 4;
      if (error instanceof SnapshotAbandoned) return;
      deps.log.warn({ error: messageOf(error) }, 'A snapshot could not be written.');
    }
  };

  await measure();
  return {
    count: (bytes) => {
      pending += bytes;
      if (pending >= limit && running === undefined) void takeInBackground();
    },
    takeSoon: () => void takeInBackground(),
    take: takeOne,
    from: () => from,
    isDue: () => pending > 0,
    idle,
  };
};
