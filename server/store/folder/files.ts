/** Small helpers over node:fs that the parts of the store share. */
import { constants } from 'node:fs';
import { access, mkdir, open, rename, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** The errno name of an error of node:fs (`ENOSPC`, ...), if it has one. */
export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

/** What an error says, whatever was thrown. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const diskFullCodes = new Set<string | undefined>(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Whether a write failed only because there is no room: it may succeed later. */
export const isDiskFull = (error: unknown): boolean => diskFullCodes.has(errorCode(error));

const deniedCodes = new Set<string | undefined>(['EACCES', 'EPERM', 'EROFS']);

/** Whether permissions, or a disk mounted for reading, were in the way. */
export const isDenied = (error: unknown): boolean => deniedCodes.has(errorCode(error));

/** Flushes a folder, so that files made or renamed in it survive a power cut. */
export const syncDirectory = async (directory: string): Promise<void> => {
  // Windows has no such thing: its file system journals names by itself.
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Flushes the folder that has this path in it. One that may not even be read is left to its owner. */
export const syncParent = async (path: string): Promise<void> => {
  try {
    await syncDirectory(dirname(resolve(path)));
  } catch (error) {
    if (!isDenied(error)) throw error;
  }
};

/**
 * Makes a folder for its owner only (mode 0700), and those above it, so that a power cut can't take
 * their names. One that is there is no error.
 */
export const makeDirectory = async (path: string): Promise<void> => {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  const top = resolve(first);
  for (let made = resolve(path); made.length >= top.length; made = dirname(made)) {
    await syncParent(made);
  }
};

/** Writes a small file so that after any crash either the old or the new text is there. Mode 0600. */
export const replaceFile = async (path: string, text: string): Promise<void> => {
  const temporary = `${path}.tmp`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    // One that a crash left may have been open to others.
    await handle.chmod(0o600);
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
  await syncDirectory(dirname(path));
};

/** A moment (milliseconds since the epoch) as a part of a file's name, which sorts by time: `20260131T235959Z`. */
export const fileStamp = (at: number): string =>
  new Date(at).toISOString().replaceAll(/[-:]|\.\d+/gu, '');

/** Whether there is something at the path. */
export const exists = async (path: string): Promise<boolean> => {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
};

/** Whether files can be made in a folder by this process. */
export const isWritable = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Lets other work of the event loop run whenever `budget` milliseconds of it were used up. */
export const createSlices = (budget: number): (() => Promise<void>) => {
  let started = performance.now();
  return async () => {
    if (performance.now() - started < budget) return;
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    started = performance.now();
  };
};
