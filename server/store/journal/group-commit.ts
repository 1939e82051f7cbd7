/**
 * Puts records on disk. Those that arrive while one fdatasync runs share the next, so a disk that
 * syncs 200 times a second still takes thousands of records.
 */
import { fstatSync } from 'node:fs';

import { errorCode, isDiskFull, messageOf } from '../folder/files.ts';
import { makeSegment, writeAll, type ActiveSegment } from './journal-file.ts';
import { StoreError, type Change } from '../store.ts';
import type { Log } from '../folder/log.ts';

export interface Pending {
  readonly change: Change;
  /** The record's line, without newline. */
  readonly line: string;
  /** Takes the record's changes to the documents in memory back. */
  readonly undo: () => void;
  /** Whether the record became durable, or why it was undone. Never rejects. */
  readonly settled: Promise<StoreError | undefined>;
  readonly settle: (error: StoreError | undefined) => void;
}

/** A record that waits for its sync; `undo` takes it back. */
export const createPending = (change: Change, line: string, undo: () => void): Pending => {
  const { promise, resolve } = Promise.withResolvers<StoreError | undefined>();
  return { change, line, undo, settled: promise, settle: resolve };
};

export interface CommitDeps {
  readonly directory: string;
  readonly log: Log;
  readonly segmentBytes: number;
  /** Whether the folder is still this process's alone. */
  readonly isHeld: () => boolean;
  /** Called after each sync with what it made durable, before anybody is answered. */
  readonly onDurable: (batch: readonly Pending[], bytes: number) => void;
  /** Called when a change is refused because the disk is full. */
  readonly onFull: (reason: string) => void;
  /** Called at once when nothing more may be written. */
  readonly onReadOnly: (reason: string) => void;
  /** Runs the undoing of these, newest first, while no reader and no transaction runs. */
  readonly onUndo: (undoAll: () => void) => Promise<void>;
}

export interface GroupCommit {
  add(pending: Pending): void;
  /** The newest record that is not durable yet. */
  last(): Pending | undefined;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
  active(): ActiveSegment;
  /** Lets the next record begin a new segment. */
  rollNext(): void;
  close(): Promise<void>;
}

const batchBytes = 4 << 20;

/** Starts with a segment whose `size` bytes are all durable. */
export const createGroupCommit = (deps: CommitDeps, start: ActiveSegment): GroupCommit => {
  let segment = start;
  let queue: Pending[] = [];
  let batch: readonly Pending[] = [];
  let running: Promise<void> | undefined;
  let rollAt = deps.segmentBytes;

  const isRunning = (): boolean => running !== undefined;

  const takeBatch = (): Buffer => {
    let count = 0;
    let length = 0;
    while (count < queue.length && length < batchBytes) {
      length += queue[count]?.line.length ?? 0;
      count += 1;
    }
    batch = queue.splice(0, count);
    return Buffer.from(`${batch.map((pending) => pending.line).join('\n')}\n`);
  };

  /** A new segment only when the old one is all durable: so only the newest can have a torn tail. */
  const roll = async (): Promise<void> => {
    const first = queue[0]?.change.header.seq;
    if (segment.size < rollAt || first === undefined) return;
    try {
      const handle = await makeSegment(deps.directory, first);
      await segment.handle.close();
      segment = { handle, first, size: 0 };
      rollAt = deps.segmentBytes;
    } catch (error) {
      if (errorCode(error) === 'EIO') throw error;
      rollAt = segment.size + deps.segmentBytes / 4;
      deps.log.warn(
        { error: messageOf(error) },
        'No new journal segment could be made; writing goes on in the old one.',
      );
    }
  };

  const undoAll = async (error: StoreError): Promise<void> => {
    await deps.onUndo(() => {
      const undone = [...batch, ...queue].reverse();
      batch = [];
      queue = [];
      for (const pending of undone) pending.undo();
      for (const pending of undone) pending.settle(error);
    });
  };

  const readOnly = (what: string, error: unknown): StoreError => {
    const reason = `${what}: ${messageOf(error)}. Nothing more is written. Check the disk, then restart licet.`;
    deps.log.error({ error: messageOf(error) }, reason);
    deps.onReadOnly(reason);
    return new StoreError('read-only', reason, { cause: error });
  };

  /** Cuts the file to its last durable byte; syncs that too, or a power cut brings the rest back. */
  const cut = async (): Promise<void> => {
    await segment.handle.truncate(segment.size);
    await segment.handle.datasync();
  };

  /** Not to be trusted, but with luck what was refused does not come back at the next start. */
  const tryToCut = async (): Promise<void> => {
    try {
      await segment.handle.truncate(segment.size);
    } catch {
      // The store is read-only already, and says why.
    }
  };

  const recover = async (error: unknown): Promise<StoreError> => {
    if (!isDiskFull(error)) {
      const refusal = readOnly('The journal could not be written', error);
      await tryToCut();
      return refusal;
    }
    try {
      await cut();
    } catch (cutError) {
      return readOnly('The journal could not be cut after a failed write', cutError);
    }
    deps.log.error({ error: messageOf(error) }, 'The disk is full: changes are refused.');
    deps.onFull(
      'The disk is full: changes are refused. Make room on the disk that has the data folder.',
    );
    return new StoreError(
      'insufficient-storage',
      'The disk is full, so this was not done. Make room on the disk that has the data folder; licet then goes on by itself.',
      { cause: error },
    );
  };

  /** Whoever else writes here would be written over, and we by them. Two calls, of microseconds. */
  const checkAlone = (): void => {
    if (!deps.isHeld()) throw new Error('its file "lock" was removed or replaced');
    const { size } = fstatSync(segment.handle.fd);
    if (size === segment.size) return;
    throw new Error(`its newest file has ${size} bytes, but ${segment.size} were written`);
  };

  const commitBatch = async (): Promise<void> => {
    try {
      checkAlone();
    } catch (error) {
      const what = 'Another process may have written to the data folder';
      await undoAll(readOnly(what, error));
      return;
    }
    let bytes: Buffer;
    try {
      await roll();
      bytes = takeBatch();
      await writeAll(segment.handle, bytes, segment.size);
    } catch (error) {
      await undoAll(await recover(error));
      return;
    }
    try {
      await segment.handle.datasync();
    } catch (error) {
      // After a failed fsync nobody knows what is on disk, and a second one would lie (fsyncgate).
      const refusal = readOnly('The journal could not be synced', error);
      await tryToCut();
      await undoAll(refusal);
      return;
    }
    segment = { ...segment, size: segment.size + bytes.length };
    const durable = batch;
    batch = [];
    deps.onDurable(durable, bytes.length);
    for (const pending of durable) pending.settle(undefined);
  };

  const run = async (): Promise<void> => {
    while (queue.length > 0) await commitBatch();
    running = undefined;
  };

  return {
    add: (pending) => {
      queue.push(pending);
      running ??= run();
    },
    last: () => queue.at(-1) ?? batch.at(-1),
    idle: async () => {
      while (isRunning()) await running;
    },
    active: () => segment,
    rollNext: () => {
      rollAt = 1;
    },
    close: () => segment.handle.close(),
  };
};
