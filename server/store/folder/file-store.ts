/** A store on files: the port, and what an operator does with its files while it is open. */
import {
  archiveSegments,
  type ArchiveOptions,
  type ArchiveReport,
} from '../journal/archive-journal.ts';
import type { Checkpoint } from '../journal/checkpoints.ts';
import { eraseInSegments, type EraseReport } from '../journal/erase-bodies.ts';
import type { GroupCommit } from '../journal/group-commit.ts';
import { sha256, splitKey } from '../journal/record.ts';
import type { Memory } from '../memory/runner.ts';
import type { Snapshots } from '../snapshot/snapshots.ts';
import { StoreError, type Act, type Actor, type Schema, type Store } from '../store.ts';
import { documentText, type Tables } from '../memory/table.ts';

export interface FileStore<S extends Schema> extends Store<S> {
  readonly directory: string;
  /** How far the journal is durable, to be signed as a checkpoint. */
  checkpoint(): Checkpoint;
  /** Writes a snapshot now, while requests go on. */
  snapshot(): Promise<void>;
  /**
   * Takes former versions of documents out of the journal (spent credentials; a person's data, once
   * the documents themselves were deleted or emptied). What a collection has now stays. Journaled as
   * `journal.erase` of the target. `select`: by `collection/id`.
   */
  eraseBodies(actor: Actor, target: string, select: (key: string) => boolean): Promise<EraseReport>;
  /** Moves old records to another folder, journaled as `journal.archive`. */
  archive(actor: Actor, options: ArchiveOptions): Promise<ArchiveReport>;
}

export type Maintenance = Pick<
  FileStore<Schema>,
  'directory' | 'checkpoint' | 'snapshot' | 'eraseBodies' | 'archive'
>;

export interface MaintenanceDeps {
  readonly directory: string;
  readonly era: number;
  readonly now: () => number;
  readonly tables: Tables;
  readonly memory: Memory;
  readonly commit: GroupCommit;
  readonly snapshots: Snapshots;
  /** Journals what was done. */
  readonly record: (actor: Actor, act: Act) => Promise<void>;
}

const isCurrent = (tables: Tables, key: string, hash: string): boolean => {
  const [collection, id] = splitKey(key);
  const table = tables.byName.get(collection);
  const text = table && documentText(table, id);
  return text !== undefined && sha256(text) === hash;
};

/** Makes the operations; those that rewrite files run one after the other. */
export const createMaintenance = (deps: MaintenanceDeps): Maintenance => {
  const { directory, memory, commit, snapshots, record, tables } = deps;
  let last: Promise<unknown> = Promise.resolve();

  /** One after the other: both rewrite the journal's files. */
  const alone = async <T>(work: () => Promise<T>): Promise<T> => {
    const before = last;
    const mine = (async () => {
      await Promise.allSettled([before]);
      return work();
    })();
    last = mine;
    return mine;
  };

  const erase = async (
    actor: Actor,
    target: string,
    select: (key: string) => boolean,
  ): Promise<EraseReport> => {
    // Once a snapshot covers them, nothing needs the bodies; once a new segment began, nothing is
    // written to those that have them.
    const action = 'journal.erase';
    await snapshots.take();
    const covered = snapshots.from();
    commit.rollNext();
    await record(actor, { action, target, outcome: 'started' });
    if (commit.active().first <= covered) {
      throw new StoreError(
        'insufficient-storage',
        'Nothing was erased: no new journal file could be made. Make room on the disk and try again.',
      );
    }
    const erases = (key: string, hash: string): boolean =>
      select(key) && !isCurrent(tables, key, hash);
    const report = await eraseInSegments(directory, commit.active().first, erases);
    await record(actor, { action, target, outcome: 'ok', details: { ...report } });
    return report;
  };

  const archive = async (actor: Actor, options: ArchiveOptions): Promise<ArchiveReport> => {
    await snapshots.take();
    const limits = { covered: snapshots.from(), era: deps.era, now: deps.now() };
    const report = await archiveSegments(directory, options, limits);
    const { segments, first, last: end, folder } = report;
    if (segments > 0) {
      const details = { segments, first, last: end };
      await record(actor, { action: 'journal.archive', target: folder, outcome: 'ok', details });
    }
    return report;
  };

  return {
    directory,
    checkpoint: () => ({ ...memory.durable, era: deps.era }),
    snapshot: () => snapshots.take(),
    eraseBodies: (actor, target, select) => alone(() => erase(actor, target, select)),
    archive: (actor, options) => alone(() => archive(actor, options)),
  };
};

/** For a store that was opened for reading. */
export const refuseMaintenance = (directory: string, current: () => Checkpoint): Maintenance => {
  const refuse = async (): Promise<never> => {
    throw new StoreError('read-only', 'The data folder was opened for reading only.');
  };
  return { directory, checkpoint: current, snapshot: refuse, eraseBodies: refuse, archive: refuse };
};
