/**
 * The machine's state folder: small JSON files, readable by their owner only, each written whole to a
 * temporary file, synced and renamed, so that a crash leaves the old or the new one.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { parseStrictJson } from '../statements/strict-json.ts';
import { StateError } from './failure.ts';

const fileMode = 0o600;
const folderMode = 0o700;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

const syncFolder = async (folder: string): Promise<void> => {
  // Windows can't open a folder, and needs no sync of one.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const writeWhole = async (file: string, text: string): Promise<void> => {
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true, mode: folderMode });
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const handle = await open(temporary, 'wx', fileMode);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await syncFolder(folder);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
};

/** Writes a JSON file durably. @throws StateError that names the file. */
export const writeState = async (folder: string, name: string, value: unknown): Promise<void> => {
  const file = path.join(folder, name);
  try {
    await writeWhole(file, `${JSON.stringify(value, null, 2)}\n`);
  } catch (error) {
    throw new StateError(
      `The file ${file} could not be written (${codeOf(error)}). Check the folder's owner and free space, or name another folder by LICET_STATE_DIR.`,
      { cause: error },
    );
  }
};

const checkPrivate = async (file: string): Promise<void> => {
  if (process.platform === 'win32') return;
  const { mode } = await stat(file);
  if ((mode & 0o077) !== 0) {
    throw new StateError(
      `The file ${file} holds secrets and is open to others. Make it private: chmod 600 ${file}`,
    );
  }
};

/** Reads a JSON file; undefined when there is none. @throws StateError for one that is damaged or open to others. */
export const readState = async <S extends z.ZodType>(
  folder: string,
  name: string,
  schema: S,
): Promise<z.output<S> | undefined> => {
  const file = path.join(folder, name);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
    await checkPrivate(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (error instanceof StateError) throw error;
    throw new StateError(
      `The file ${file} could not be read (${codeOf(error)}). Check its owner.`,
      {
        cause: error,
      },
    );
  }
  const json = parseStrictJson(text);
  const value = schema.safeParse(json.ok ? json.value : undefined);
  if (value.success) return value.data;
  throw new StateError(
    `The file ${file} is damaged. Restore it from a backup of this machine; if there is none, move it away, make a new request and ask for a new key.`,
  );
};

/** Removes a file of the state folder; none is fine. */
export const removeState = async (folder: string, name: string): Promise<void> => {
  try {
    await rm(path.join(folder, name), { force: true });
  } catch (error) {
    throw new StateError(
      `The file ${path.join(folder, name)} could not be removed (${codeOf(error)}).`,
      {
        cause: error,
      },
    );
  }
};

/** The names of the files that start so. */
export const listState = async (folder: string, prefix: string): Promise<string[]> => {
  try {
    const names = await readdir(folder);
    return names.filter((name) => name.startsWith(prefix) && name.endsWith('.json')).sort();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw new StateError(`The folder ${folder} could not be read (${codeOf(error)}).`, {
      cause: error,
    });
  }
};
