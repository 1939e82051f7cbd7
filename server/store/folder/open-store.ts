/** Opens a data folder: store.ts says what it promises, the files beside this one do it. */
import { join } from 'node:path';

import { backUpLocked, backupName } from '../backup/backup.ts';
import { newestBackup } from '../backup/backup-notes.ts';
import { refuseMaintenance, type FileStore } from './file-store.ts';
import { isDenied, isDiskFull, makeDirectory } from './files.ts';
import { checkWritable, inspectFolder, makeFolder, makeJournal, notWritable } from './folder.ts';
import { createDatabase, load, openForWriting, warnOfLeftOvers, type Loaded } from './load.ts';
import { isLocked, readLockNote, takeLock, type Lock } from './lock.ts';
import type { Log } from './log.ts';
import { openMarks } from '../memory/marks.ts';
import { migrate, type Migration } from './migrate.ts';
import { createRunner, type Memory } from '../memory/runner.ts';
import { createRepeats } from '../journal/repeats.ts';
import { readHeaders } from '../journal/read-journal.ts';
import { migrateAction, noHash } from '../journal/record.ts';
import type { SnapshotOptions } from '../snapshot/snapshot.ts';
import { newer, readSnapshotHead, snapshotPath } from '../snapshot/snapshot-format.ts';
import { checkSeal } from './seal.ts';
import { StoreError, type Act, type Schema } from '../store.ts';
import { createTables, type Tables } from '../memory/table.ts';
import { createTurns } from '../memory/turns.ts';
import { createWritable, type Sizes } from './writable.ts';

export type { FileStore } from './file-store.ts';
export type { Log } from './log.ts';
export type { Migration } from './migrate.ts';
export type { Sizes } from './writable.ts';

export interface OpenOptions<S extends Schema> {
  readonly directory: string;
  readonly schema: S;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Log;
  /** Reads what is durable, without a lock and without changing anything on disk. */
  readonly readOnly?: boolean | undefined;
  /** Makes the data folder when there is none; an existing one is opened. */
  readonly create?: boolean | undefined;
  /** The version of the documents' shapes that this program writes; 1 by default. */
  readonly schemaVersion?: number | undefined;
  readonly migrations?: readonly Migration[] | undefined;
  readonly sizes?: Partial<Sizes> | undefined;
}

/** What a start checks of the journal beyond what it replays is bounded: `journal verify` reads all. */
const defaultSizes: Sizes = { segment: 8 << 20, snapshot: 64 << 20, check: 4 << 20 };

/** Opens a data folder. Throws `StoreError`, whose message says what to do. */
export const openStore = async <S extends Schema>(
  options: OpenOptions<S>,
): Promise<FileStore<S>> => {
  try {
    return await openFolder(options);
  } catch (error) {
    throw await explain(options.directory, error);
  }
};

const openFolder = async <S extends Schema>(options: OpenOptions<S>): Promise<FileStore<S>> => {
  const { directory, readOnly = false, schemaVersion = 1 } = options;
  const state = await inspectFolder(directory, options.create === true && !readOnly);
  if (state === 'data') {
    await checkSeal(directory);
    const head = await readSnapshotHead(directory);
    if (head !== undefined && head.schemaVersion > schemaVersion)
      throw newer(snapshotPath(directory));
  }
  if (readOnly) return openReadOnly(options);
  if (state === 'new') await makeFolder(directory);
  await checkWritable(directory);
  const lock = takeLock(directory);
  try {
    if (state === 'new') await makeData(options);
    return await openWritable(options, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
};

/** Says an error of the file system as one of ours. */
const explain = async (directory: string, error: unknown): Promise<unknown> => {
  if (error instanceof StoreError) return withBackup(directory, error);
  if (isDenied(error)) return notWritable(directory, error);
  if (!isDiskFull(error)) return error;
  return new StoreError(
    'insufficient-storage',
    `The disk with ${directory} is full. Make room on it, then start licet again.`,
    { cause: error },
  );
};

/** Names the newest backup where a folder is damaged: that is what the operator needs next. */
const withBackup = async (directory: string, error: StoreError): Promise<StoreError> => {
  if (error.code !== 'damaged') return error;
  const newest = await newestBackup(directory);
  const which =
    newest === undefined
      ? 'No backup of this folder is known.'
      : `The newest backup is ${newest.file}, of ${newest.at}, with ${newest.seq} records.`;
  return new StoreError('damaged', `${error.message} ${which}`, { cause: error });
};

const plainOptions = (directory: string): SnapshotOptions => ({
  directory,
  slice: Number.POSITIVE_INFINITY,
  turn: (work) => work(),
  cover: async () => ({ from: 0, to: 0, hash: noHash }),
});

/** Makes the files of a new store: the snapshot last, since it is what makes the folder a data folder. */
const makeData = async <S extends Schema>(options: OpenOptions<S>): Promise<void> => {
  await makeJournal(options.directory);
  const tables = createTables(options.schema);
  const database = createDatabase(
    tables,
    options.schemaVersion ?? 1,
    plainOptions(options.directory),
  );
  await database.write();
};

interface Ready extends Loaded {
  readonly tables: Tables;
  readonly memory: Memory;
  /** Whether the documents are of a newer schema version than those on disk. */
  readonly migrated: boolean;
}

interface ReadyQuery {
  readonly durable: () => number;
  readonly until?: () => number | undefined;
}

/** Loads the documents and brings them to this program's schema version, in memory only. */
const makeReady = async <S extends Schema>(
  options: OpenOptions<S>,
  query: ReadyQuery,
  head: { readonly schemaVersion: number },
): Promise<Ready> => {
  const { directory, schema, schemaVersion = 1 } = options;
  const migrated = head.schemaVersion < schemaVersion;
  const loadedTables = createTables(migrated ? {} : schema);
  const database = createDatabase(loadedTables, schemaVersion, plainOptions(directory));
  const checkBytes = options.sizes?.check ?? defaultSizes.check;
  const loaded = await load(database, { directory, tables: loadedTables, checkBytes, ...query });
  const tables = migrated ? createTables(schema) : loadedTables;
  if (migrated) {
    migrate(loadedTables, tables, head.schemaVersion, schemaVersion, options.migrations ?? []);
  }
  const { seq, hash } = loaded.recovered;
  const tip = { seq, hash };
  return {
    ...loaded,
    tables,
    migrated,
    memory: { tip, durable: tip, readOnly: undefined, undone: 0, closed: false },
  };
};

const migrationAct = <S extends Schema>(ready: Ready, options: OpenOptions<S>): Act => ({
  action: migrateAction,
  target: `schema_${options.schemaVersion ?? 1}`,
  outcome: 'ok',
  details: { from: ready.snapshot.schemaVersion, to: options.schemaVersion ?? 1 },
});

/** A migration can't be undone, so a backup is made first, beside the data. */
const backUpBefore = async <S extends Schema>(
  options: OpenOptions<S>,
  seq: number,
): Promise<void> => {
  const { directory, now, log, schemaVersion } = options;
  const folder = join(directory, 'backups');
  await makeDirectory(folder);
  const file = join(folder, `before-schema-${schemaVersion}-${backupName(now(), seq)}`);
  await backUpLocked({ directory, file, now, releases: false });
  log.info(
    { file, schemaVersion },
    'The data is brought to a new version. A backup was made first.',
  );
};

const headOf = async (directory: string): Promise<{ readonly schemaVersion: number }> =>
  (await readSnapshotHead(directory)) ?? { schemaVersion: 1 };

const openReadOnly = async <S extends Schema>(options: OpenOptions<S>): Promise<FileStore<S>> => {
  const { directory, log } = options;
  const noted = (): number => readLockNote(directory)?.durable ?? 0;
  const { era, tables, memory } = await makeReady(
    options,
    { durable: noted, until: () => (isLocked(directory) ? noted() : undefined) },
    await headOf(directory),
  );
  const turns = createTurns();
  const marks = await openMarks(directory, log, options.now, { writable: false });
  const reason = 'The data folder was opened for reading only.';
  memory.readOnly = reason;
  return {
    ...createRunner<S>({
      tables,
      memory,
      turns,
      now: options.now,
      repeats: createRepeats(),
      log: options.log,
      commit: undefined,
    }),
    ...refuseMaintenance(directory, () => ({ ...memory.durable, era })),
    entries: (query) => readHeaders(directory, memory.durable.seq, query),
    watch: () => () => undefined,
    marks,
    seq: () => memory.durable.seq,
    era: () => era,
    status: () => ({ state: 'read-only', reason }),
    close: async () => {
      memory.closed = true;
    },
  };
};

/** What a store is opened for beside serving it. */
interface First {
  /** Journaled before anything else, given the era from then on. */
  readonly act: (era: number) => Act;
  readonly raisesEra: boolean;
  /** The last record that must be there; by default what the last process said. */
  readonly durable?: number | undefined;
}

/** Opens a folder whose lock this process holds, whatever its seal says. */
export const openWritable = async <S extends Schema>(
  options: OpenOptions<S>,
  lock: Lock,
  first?: First,
): Promise<FileStore<S>> => {
  const { directory, log } = options;
  const ready = await makeReady(
    options,
    { durable: () => first?.durable ?? lock.announced },
    await headOf(directory),
  );
  await warnOfLeftOvers(directory, log);
  if (ready.migrated) await backUpBefore(options, ready.recovered.seq);
  const segment = await openForWriting(directory, ready.recovered, log);
  lock.announce(ready.memory.durable.seq);
  const era = ready.era + (first?.raisesEra === true ? 1 : 0);
  return createWritable<S>({
    directory,
    log,
    now: options.now,
    sizes: { ...defaultSizes, ...options.sizes },
    schemaVersion: options.schemaVersion ?? 1,
    lock,
    segment,
    ...ready,
    era,
    first: first?.act(era) ?? (ready.migrated ? migrationAct(ready, options) : undefined),
  });
};
