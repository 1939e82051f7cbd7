/**
 * One file that has everything but the unlock secret: a compressed tar of snapshot, journal, keys and
 * releases as of exactly one commit. The server may run meanwhile, in this process or another; no
 * lock is taken.
 */
import { createWriteStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

import { noteBackup } from './backup-notes.ts';
import { packFolder, type Commit } from './backup-pack.ts';
import {
  errorCode,
  exists,
  fileStamp,
  isDenied,
  isDiskFull,
  messageOf,
  syncDirectory,
} from '../folder/files.ts';
import { inspectFolder } from '../folder/folder.ts';
import { isLocked, readLockNote, takeLock } from '../folder/lock.ts';
import { recoverJournal } from '../journal/recover-journal.ts';
import { checkSeal, seal } from '../folder/seal.ts';
import { readSnapshotEnds, snapshotPath } from '../snapshot/snapshot-format.ts';
import { StoreError } from '../store.ts';

export interface BackupOptions {
  readonly directory: string;
  /** Where to write it: a file that is not there yet, or a folder (then `backupName` names it). */
  readonly file: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Whether the files to download are in it; they are by default. */
  readonly releases?: boolean | undefined;
  /** Bytes read so far, of so many. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface BackupReport {
  readonly file: string;
  /** The size of the file in bytes. */
  readonly bytes: number;
  /** The last record in it. */
  readonly seq: number;
  readonly era: number;
  /** RFC 3339. */
  readonly at: string;
}

/** A name that sorts by time: `licet-20260131T235959Z-1234.tar.gz`. */
export const backupName = (at: number, seq: number): string =>
  `licet-${fileStamp(at)}-${seq}.tar.gz`;

/**
 * Backs a data folder up. Throws `StoreError`: `damaged` (nothing is written: a backup is verified
 * while it is made), `not-empty` when the file is there already, `insufficient-storage`,
 * `not-writable`, `not-licet`.
 */
export const backup = async (options: BackupOptions): Promise<BackupReport> => {
  await inspectFolder(options.directory, false);
  for (let tries = 1; ; tries += 1) {
    try {
      return await backUpOnce(options, isLocked(options.directory));
    } catch (error) {
      // A segment was archived, or the snapshot replaced, while we looked: look again.
      if (errorCode(error) !== 'ENOENT' || tries === 5) throw error;
    }
  }
};

/**
 * Backs a folder up and seals it, so that it can't be served any more and two servers never give out
 * the same seats. The server must be stopped: `StoreError` `in-use` if it isn't.
 */
export const moveAway = async (options: BackupOptions): Promise<BackupReport> => {
  await inspectFolder(options.directory, false);
  await checkSeal(options.directory);
  const lock = takeLock(options.directory);
  try {
    const report = await backUpLocked(options);
    const { at, file, seq, era } = report;
    await seal(options.directory, { state: 'moved', at, file, seq, era });
    return report;
  } finally {
    lock.release();
  }
};

/** As `backup`, by the process that holds the folder's lock and has no store open on it. */
export const backUpLocked = (options: BackupOptions): Promise<BackupReport> =>
  backUpOnce(options, false);

/** The commit to back up: the newest that is durable. `live`: another process, or a store here, writes. */
export const chooseCommit = async (directory: string, live: boolean): Promise<Commit> => {
  const path = snapshotPath(directory);
  const snapshot = await open(path, 'r');
  try {
    const ends = await readSnapshotEnds(snapshot, path);
    const { from, to, hash } = ends.foot;
    // Read after the snapshot was opened, so it is at least as new as that.
    const noted = readLockNote(directory)?.durable ?? 0;
    if (live) return { snapshot, ends, seq: Math.max(noted, to) };
    const { seq } = await recoverJournal({
      directory,
      from,
      to: { seq: to, hash },
      durable: noted,
      checkBytes: 0,
      onRecord: () => undefined,
    });
    return { snapshot, ends, seq };
  } catch (error) {
    await snapshot.close();
    throw error;
  }
};

const backUpOnce = async (options: BackupOptions, live: boolean): Promise<BackupReport> => {
  const { directory } = options;
  const at = options.now();
  const commit = await chooseCommit(directory, live);
  try {
    const file = await chooseFile(options.file, at, commit.seq);
    await writeFile(file, options, commit, at);
    const report = {
      file,
      bytes: (await stat(file)).size,
      seq: commit.seq,
      era: commit.ends.head.era,
      at: new Date(at).toISOString(),
    };
    await noteBackup(directory, { at: report.at, file, seq: report.seq });
    return report;
  } finally {
    await commit.snapshot.close();
  }
};

const chooseFile = async (given: string, at: number, seq: number): Promise<string> => {
  const path = resolve(given);
  const isFolder = (await exists(path)) && (await stat(path)).isDirectory();
  const file = isFolder ? join(path, backupName(at, seq)) : path;
  if (!(await exists(file))) return file;
  throw new StoreError('not-empty', `${file} is there already. Name another file.`);
};

const explain = (file: string, error: unknown): unknown => {
  if (error instanceof StoreError || errorCode(error) === 'ENOENT') return error;
  if (isDiskFull(error)) {
    return new StoreError(
      'insufficient-storage',
      `There is no room for ${file}. Name a place on another disk.`,
      { cause: error },
    );
  }
  if (isDenied(error)) {
    return new StoreError('not-writable', `${file} can't be written: ${messageOf(error)}.`, {
      cause: error,
    });
  }
  return error;
};

/** Writes beside the place and renames, so that a half-written file never looks like a backup. */
const writeFile = async (
  file: string,
  options: BackupOptions,
  commit: Commit,
  at: number,
): Promise<void> => {
  const temporary = `${file}.part`;
  try {
    if (!(await exists(dirname(file)))) {
      throw new StoreError('not-writable', `There is no folder ${dirname(file)}. Make it first.`);
    }
    await rm(temporary, { force: true });
    const { signal } = options;
    await pipeline(
      packFolder({ ...options, commit, at }),
      createGzip({ level: 3 }),
      createWriteStream(temporary, { flags: 'wx', mode: 0o600, flush: true }),
      signal === undefined ? {} : { signal },
    );
    await rename(temporary, file);
    await syncDirectory(dirname(file));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw options.signal?.aborted === true ? options.signal.reason : explain(file, error);
  }
};
