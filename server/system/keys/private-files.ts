/** Files of the keys folder: only the user who runs licet may read them, and they are never half-written. */
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { errorCode, makeDirectory, replaceFile } from '../../store/folder/files.ts';
import { Failure } from '../failure.ts';

/** Permission bits mean nothing on Windows, where a user's folders are closed to others. */
const hasModes = process.platform !== 'win32';

/**
 * Refuses a file that others than its owner may read or write, and its folder as `checkFolder` does.
 * @throws Failure `keys`
 */
const checkMode = async (path: string): Promise<void> => {
  if (!hasModes) return;
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0) {
    throw new Failure(
      'keys',
      `${path} can be read by others (mode ${(mode & 0o777).toString(8)}), so its secret may be known. Close it with "chmod 600 ${path}"; if others may have read it, make a new key with "licet keys rotate".`,
    );
  }
  await checkFolder(dirname(path));
};

/**
 * Refuses a folder in which others than its owner could put a file in another's place.
 * @throws Failure `keys`
 */
export const checkFolder = async (folder: string): Promise<void> => {
  if (!hasModes) return;
  const { mode: folderMode } = await stat(folder);
  const sticky = (folderMode & 0o1000) !== 0;
  if ((folderMode & 0o022) !== 0 && !sticky) {
    throw new Failure(
      'keys',
      `${folder} can be changed by others (mode ${(folderMode & 0o777).toString(8)}). Close it with "chmod 700 ${folder}".`,
    );
  }
};

/**
 * The text of a private file; undefined when there is none.
 * @throws Failure `keys` when others may read it, or it can't be read
 */
export const readPrivateFile = async (path: string): Promise<string | undefined> => {
  try {
    await checkMode(path);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new Failure('keys', `${path} can't be read. Check the owner and mode of the file.`, {
      cause: error,
    });
  }
};

/**
 * A private JSON file by its schema; undefined when there is none.
 * @throws Failure `keys` when it is not what it should be
 */
export const readPrivateJson = async <T extends z.ZodType>(
  path: string,
  schema: T,
): Promise<z.infer<T> | undefined> => {
  const text = await readPrivateFile(path);
  if (text === undefined) return undefined;
  const damaged = (cause: unknown): Failure =>
    new Failure('keys', `${path} is damaged. Put the file of your newest backup in its place.`, {
      cause,
    });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw damaged(error);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw damaged(parsed.error);
  return parsed.data;
};

/** Writes a private file (0600) so that after any crash the old or the new text is there, in a folder of 0700. */
export const writePrivateFile = async (path: string, text: string): Promise<void> => {
  await makeDirectory(dirname(path));
  await replaceFile(path, text);
};

/** The same, for a value as JSON. */
export const writePrivateJson = (path: string, value: object): Promise<void> =>
  writePrivateFile(path, `${JSON.stringify(value, null, 2)}\n`);
