/** A store that is open for writing: its parts put together, and its end. */
import { createDiskRoom, type DiskRoom } from './disk-room.ts';
import { createSlices, messageOf } from './files.ts';
import { createMaintenance, type FileStore } from './file-store.ts';
import { createGroupCommit, type GroupCommit, type Pending } from '../journal/group-commit.ts';
import type { ActiveSegment } from '../journal/journal-file.ts';
import { createDatabase, type Loaded } from './load.ts';
import type { Lock } from './lock.ts';
import type { Log } from './log.ts';
import { openMarks } from '../memory/marks.ts';
import { readHeaders } from '../journal/read-journal.ts';
import { createRunner, type Memory } from '../memory/runner.ts';
import { createRepeats } from '../journal/repeats.ts';
import type { SnapshotFoot } from '../snapshot/snapshot-format.ts';
import { SnapshotAbandoned } from '../snapshot/snapshot-write.ts';
import { createSnapshots, type Snapshots } from '../snapshot/snapshots.ts';
import type { Act, Actor, Change, Schema, StoreStatus } from '../store.ts';
import { makeIndexes, type Tables } from '../memory/table.ts';
import { createTurns, type Turns } from '../memory/turns.ts';

/** Bytes. */
export interface Sizes {
  /** A journal segment rolls when it has this many. */
  readonly segment: number;
  /** A snapshot is due when the journal grew by this many, or by the snapshot's size if that is more. */
  readonly snapshot: number;
  /** How much of the journal's end is checked at start, replayed or not. */
  readonly check: number;
}

export interface WritableDeps extends Loaded {
  readonly directory: string;
  readonly log: Log;
  readonly now: () => number;
  readonly sizes: Sizes;
  readonly schemaVersion: number;
  readonly lock: Lock;
  readonly segment: ActiveSegment;
  readonly tables: Tables;
  readonly memory: Memory;
  /** Journaled before anything else, and followed by a snapshot: the documents' shapes or the era are new. */
  readonly first: Act | undefined;
  readonly era: number;
}

const marksEvery = 60_000;
const repeatsEvery = 60_000;
/** After so many replayed records the next start should not have to. */
const longReplay = 10_000;

/** Opens for requests what was loaded; journals `first` and takes a snapshot before it gives the store. */
export const createWritable = async <S extends Schema>(
  deps: WritableDeps,
): Promise<FileStore<S>> => {
  const { directory, log, memory, tables, lock } = deps;
  const turns = createTurns();
  let closing = false;
  const watchers = createWatchers(log);
  const room = createDiskRoom(directory);
  const commit: GroupCommit = createGroupCommit(
    {
      directory,
      log,
      segmentBytes: deps.sizes.segment,
      isHeld: () => lock.isHeld(),
      onDurable: (batch, bytes) => {
        const last = batch.at(-1)?.change.header;
        if (last !== undefined) memory.durable = { seq: last.seq, hash: last.hash };
        room.written();
        announce(lock, memory.durable.seq, log);
        snapshots.count(bytes);
        for (const { change } of batch) watchers.tell(change);
      },
      onFull: (reason) => room.refused(reason),
      onReadOnly: (reason) => {
        memory.readOnly = reason;
      },
      onUndo: (undoAll) =>
        turns.urgent(async () => {
          memory.undone += 1;
          undoAll();
        }),
    },
    deps.segment,
  );
  const snapshots = await createSnapshotter(deps, turns, () => commit.last());
  const marks = await openMarks(directory, log, deps.now, { writable: true });
  const saveMarks = async (): Promise<void> => {
    if (lock.isHeld()) await marks.save();
  };
  const marksTimer = setInterval(() => void saveMarks(), marksEvery).unref();

  const repeats = createRepeats();
  const runner = createRunner<S>({ tables, memory, turns, now: deps.now, repeats, log, commit });
  const record = (actor: Actor, act: Act): Promise<void> =>
    runner.transact(actor, async (transaction) => transaction.record(act));
  const recordRepeats = async (now: number): Promise<void> => {
    if (memory.readOnly !== undefined) return;
    try {
      for (const { actor, act } of repeats.due(now)) await record(actor, act);
    } catch (error) {
      log.warn({ error: messageOf(error) }, 'Some refusals that repeat could not be counted.');
    }
  };
  const repeatsTimer = setInterval(() => void recordRepeats(deps.now()), repeatsEvery).unref();
  if (deps.first !== undefined) {
    await record({ id: 'system', from: 'local' }, deps.first);
    await snapshots.take();
  } else if (deps.recovered.replayed >= longReplay) {
    snapshots.takeSoon();
  }
  void (async () => {
    for (const table of tables.byName.values())
      await makeIndexes(table, createSlices(1), () => memory.closed);
  })();

  return {
    ...runner,
    ...createMaintenance({ ...deps, commit, snapshots, record }),
    entries: (query) => readHeaders(directory, memory.durable.seq, query),
    watch: watchers.add,
    marks,
    seq: () => memory.durable.seq,
    era: () => deps.era,
    status: () => statusOf(memory, room),
    close: async () => {
      if (closing) return;
      closing = true;
      clearInterval(repeatsTimer);
      await recordRepeats(Number.POSITIVE_INFINITY);
      memory.closed = true;
      clearInterval(marksTimer);
      room.close();
      // After those that were let in before.
      await turns.exclusive(async () => undefined);
      await commit.idle();
      await snapshots.idle();
      await leaveSnapshot(memory, snapshots, log);
      if (lock.isHeld()) await marks.close();
      await commit.close();
      lock.release();
    },
  };
};

const statusOf = ({ readOnly }: Memory, room: DiskRoom): StoreStatus => {
  if (readOnly !== undefined) return { state: 'read-only', reason: readOnly };
  const full = room.full();
  return full === undefined ? { state: 'ready' } : { state: 'full', reason: full };
};

/** Without it the next start replays the journal: slower, nothing lost. */
const leaveSnapshot = async (memory: Memory, snapshots: Snapshots, log: Log): Promise<void> => {
  if (memory.readOnly !== undefined || !snapshots.isDue()) return;
  try {
    await snapshots.take();
  } catch (error) {
    log.warn({ error: messageOf(error) }, 'No snapshot could be written at the end.');
  }
};

const announce = (lock: Lock, durable: number, log: Log): void => {
  try {
    lock.announce(durable);
  } catch (error) {
    log.warn({ error: messageOf(error) }, 'lock.json could not be written.');
  }
};

interface Watchers {
  readonly add: (listener: (change: Change) => void) => () => void;
  readonly tell: (change: Change) => void;
}

const createWatchers = (log: Log): Watchers => {
  const listeners = new Set<(change: Change) => void>();
  return {
    add: (listener) => {
      // A function of its own, so that the same listener may be added twice.
      const own = (change: Change): void => listener(change);
      listeners.add(own);
      return () => {
        listeners.delete(own);
      };
    },
    tell: (change) => {
      for (const listener of listeners) {
        try {
          listener(change);
        } catch (error) {
          log.error({ error: messageOf(error) }, 'A watcher of the store failed.');
        }
      }
    },
  };
};

const createSnapshotter = (
  deps: WritableDeps,
  turns: Turns,
  lastPending: () => Pending | undefined,
): Promise<Snapshots> => {
  const { directory, memory, tables } = deps;
  let from = 0;
  let undone = 0;

  const cover = async (): Promise<SnapshotFoot> => {
    const { tip, last } = await turns.shared(async () => ({
      tip: memory.tip,
      last: lastPending(),
    }));
    const error = await last?.settled;
    if (error !== undefined || undone !== memory.undone) {
      throw new SnapshotAbandoned('A change in the snapshot was undone.');
    }
    return { from, to: tip.seq, hash: tip.hash };
  };

  const database = createDatabase(tables, deps.schemaVersion, {
    directory,
    slice: 1,
    turn: (work) => turns.shared(work),
    cover,
  });
  database.data = { ...database.data, era: deps.era };
  return createSnapshots({
    directory,
    log: deps.log,
    everyBytes: deps.sizes.snapshot,
    isBehind: deps.recovered.replayed > 0,
    from: deps.snapshot.from,
    write: async () => {
      if (!deps.lock.isHeld()) throw new SnapshotAbandoned('Another process may have the folder.');
      ({ from, undone } = await turns.shared(async () => ({
        from: memory.tip.seq,
        undone: memory.undone,
      })));
      await database.write();
      return from;
    },
  });
};
