/**
 * One process a folder. `lock` is an empty SQLite database in an exclusive transaction: the kernel
 * frees it however the process ends. Beside it `lock.json` says which process that is and how far its
 * journal is durable, for those that read the folder meanwhile (backup, journal, doctor).
 */
import {
  closeSync,
  constants,
  openSync,
  readFileSync,
  realpathSync,
  statSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';

import { errorCode, isDiskFull, messageOf } from './files.ts';
import { StoreError } from '../store.ts';

export interface Lock {
  /** How far the journal was durable by the word of the last process. */
  readonly announced: number;
  /** Says how far the journal is durable. Not synced: it need not outlive the machine's power. */
  announce(durable: number): void;
  /** Whether the file that is locked is still the one of its name: else another process may have the folder. */
  isHeld(): boolean;
  /** Frees the folder; a second call does nothing. */
  release(): void;
}

/** What `lock.json` says: of the process that writes, or of the last that did. */
export interface LockNote {
  readonly pid: number;
  readonly durable: number;
}

const checkOf = (pid: number, durable: number): number => crc32(`${pid} ${durable}`);

/** Of fixed length, so that a shorter one leaves nothing of a longer one before it. */
const noteText = (durable: number): string => {
  const { pid } = process;
  return `${JSON.stringify({ pid, durable, check: checkOf(pid, durable) }).padEnd(95)}\n`;
};

/** Makes what the note says outlive the machine's power: when it must no longer say what it said before. */
export const syncLockNote = async (directory: string): Promise<void> => {
  const handle = await open(join(directory, 'lock.json'), 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** The note, also of a process that is gone; undefined where there is none that can be read. */
export const readLockNote = (directory: string): LockNote | undefined => {
  try {
    const note: unknown = JSON.parse(readFileSync(join(directory, 'lock.json'), 'utf8'));
    if (typeof note !== 'object' || note === null) return undefined;
    if (!('pid' in note && 'durable' in note)) return undefined;
    const { pid, durable } = note;
    if (typeof pid !== 'number' || typeof durable !== 'number') return undefined;
    // Of two notes mixed by a power cut, one number may be neither's. Earlier versions wrote no checksum.
    if ('check' in note && note.check !== checkOf(pid, durable)) return undefined;
    return Number.isSafeInteger(pid) && Number.isSafeInteger(durable)
      ? { pid, durable }
      : undefined;
  } catch {
    return undefined;
  }
};

// POSIX drops a process's locks on a file when it closes any descriptor of that file. SQLite minds
// that for itself; this table keeps us from asking it twice.
const held = new Set<string>();

/** Whether a process (this one included) has the folder open for writing. Leaves no trace. */
export const isLocked = (directory: string): boolean => {
  if (held.has(realpathSync(directory))) return true;
  try {
    openDatabase(join(directory, 'lock'), true).close();
    return false;
  } catch (error) {
    return sqliteCode(error) === 5;
  }
};

const sqliteCode = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode & 0xff
    : undefined;

const openDatabase = (path: string, readOnly: boolean): DatabaseSync => {
  // Some patience, since who only looks (`isLocked`) holds a shared lock for a moment.
  const database = new DatabaseSync(path, { timeout: readOnly ? 0 : 250, readOnly });
  try {
    database.exec('PRAGMA journal_mode = MEMORY');
    // Reading needs a shared lock, which fails while another process holds the exclusive one.
    database.exec(readOnly ? 'SELECT count(*) FROM sqlite_master' : 'BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
};

const describeHolder = (directory: string): string => {
  const note = readLockNote(directory);
  return note === undefined ? 'another process' : `process ${note.pid}`;
};

/** Takes the folder for this process, or says which one has it (`StoreError` `in-use`). */
export const takeLock = (directory: string): Lock => {
  const folder = realpathSync(directory);
  const path = join(folder, 'lock');
  const inUse = (by: string): StoreError =>
    new StoreError(
      'in-use',
      `${directory} is in use by ${by}. Stop that process first, or name another folder.`,
    );
  if (held.has(folder)) throw inUse(`process ${process.pid}`);
  let database: DatabaseSync;
  try {
    // SQLite makes files by the umask; ours are for one user.
    closeSync(openSync(path, 'a', 0o600));
    database = openDatabase(path, false);
  } catch (error) {
    if (sqliteCode(error) === 5) throw inUse(describeHolder(directory));
    throw new StoreError(
      'not-writable',
      `${path} can't be locked: ${messageOf(error)}. Check the folder's owner and permissions (it needs 0700 for the user that runs licet).`,
      { cause: error },
    );
  }
  held.add(folder);
  return holdLock(folder, database, statSync(path).ino);
};

const inodeOf = (path: string): number | undefined =>
  statSync(path, { throwIfNoEntry: false })?.ino;

const holdLock = (folder: string, database: DatabaseSync, inode: number): Lock => {
  // What the last process said is evidence at start, so it stays until we say something newer.
  const announced = readLockNote(folder)?.durable ?? 0;
  const path = join(folder, 'lock.json');
  let note: number | undefined;
  const announce = (durable: number): void => {
    // In one write, so that a reader never finds half of it.
    if (note !== undefined) writeSync(note, noteText(durable), 0);
  };
  const release = (): void => {
    if (!held.delete(folder)) return;
    if (note !== undefined) closeSync(note);
    database.close();
  };
  try {
    note = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    announce(announced);
    return { announced, announce, isHeld: () => inodeOf(join(folder, 'lock')) === inode, release };
  } catch (error) {
    release();
    throw new StoreError(
      isDiskFull(error) ? 'insufficient-storage' : 'not-writable',
      `${path} can't be written (${errorCode(error) ?? messageOf(error)}). ${isDiskFull(error) ? 'Make room on its disk.' : "Check the folder's owner and permissions."}`,
      { cause: error },
    );
  }
};
