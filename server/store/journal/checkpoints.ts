/**
 * Checkpoints: signed statements of how far the journal went and with which hash, made every hour and
 * at stop. Who carries one away can later tell that a tail was cut off or the whole journal rewritten.
 */
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { errorCode, messageOf } from '../folder/files.ts';
import type { Log } from '../folder/log.ts';

export interface Checkpoint {
  readonly seq: number;
  /** The hash of that record. */
  readonly hash: string;
  readonly era: number;
}

export interface StoredCheckpoint extends Checkpoint {
  /** RFC 3339. */
  readonly at: string;
  /** The signed statement that says the same. */
  readonly statement: string;
}

export const checkpointsPath = (directory: string): string => join(directory, 'checkpoints.jsonl');

const parseCheckpoint = (line: string): StoredCheckpoint | undefined => {
  try {
    const value = JSON.parse(line) as StoredCheckpoint;
    return typeof value.seq === 'number' && typeof value.statement === 'string' ? value : undefined;
  } catch {
    // The last line may be half written; the one before it still holds.
    return undefined;
  }
};

/** All checkpoints of a folder, oldest first. Their statements are not verified here. */
export const readCheckpoints = async (directory: string): Promise<readonly StoredCheckpoint[]> => {
  let text: string;
  try {
    text = await readFile(checkpointsPath(directory), 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
  return text
    .split('\n')
    .map(parseCheckpoint)
    .filter((checkpoint) => checkpoint !== undefined);
};

const append = async (directory: string, checkpoint: StoredCheckpoint): Promise<void> => {
  const handle = await open(checkpointsPath(directory), 'a', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(checkpoint)}\n`);
    await handle.datasync();
  } finally {
    await handle.close();
  }
};

export interface CheckpointDeps {
  readonly directory: string;
  /** How far the store is durable: `store.checkpoint`. */
  readonly current: () => Checkpoint;
  /** Makes the signed statement. */
  readonly sign: (checkpoint: Checkpoint) => string | Promise<string>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Log;
  /** Milliseconds; an hour by default. */
  readonly every?: number | undefined;
}

export interface Checkpoints {
  /** Makes one now, unless nothing happened since the last. Returns the newest, if there is any. */
  make(): Promise<StoredCheckpoint | undefined>;
  /** Ends the timer and makes the last one. Call it before the store closes. */
  stop(): Promise<void>;
}

const hour = 3_600_000;

/** Starts making checkpoints. A failure is logged: the journal is complete without them. */
export const keepCheckpoints = async (deps: CheckpointDeps): Promise<Checkpoints> => {
  const { directory, log } = deps;
  let last = (await readCheckpoints(directory)).at(-1);
  let making: Promise<void> = Promise.resolve();

  const makeOne = async (): Promise<void> => {
    const current = deps.current();
    if (current.seq === 0 || (current.seq === last?.seq && current.era === last.era)) return;
    try {
      const at = new Date(deps.now()).toISOString();
      const checkpoint = { ...current, at, statement: await deps.sign(current) };
      await append(directory, checkpoint);
      last = checkpoint;
    } catch (error) {
      log.warn({ error: messageOf(error) }, 'A checkpoint of the journal could not be made.');
    }
  };

  const make = async (): Promise<StoredCheckpoint | undefined> => {
    making = making.then(makeOne);
    await making;
    return last;
  };

  const timer = setInterval(() => void make(), deps.every ?? hour).unref();
  return {
    make,
    stop: async () => {
      clearInterval(timer);
      await make();
    },
  };
};
