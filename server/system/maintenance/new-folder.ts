/** Makes a data folder all or not at all. */
import { chmod, mkdtemp, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { errorCode, makeDirectory, syncDirectory } from '../../store/folder/files.ts';
import { Failure } from '../failure.ts';

const stagingPrefix = '.licet-init-';
/** Files that say nothing about whether a folder is in use. */
const harmless = new Set(['README.md', '.gitignore', '.gitkeep', 'lost+found', 'licet.json']);
/** What makes a folder a data folder, so it comes last. */
const decisive = 'db.json';

const namesIn = async (directory: string): Promise<readonly string[] | undefined> => {
  try {
    return await readdir(directory);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return undefined;
    const why = code === 'ENOTDIR' ? 'is not a folder' : `can't be read (${code})`;
    throw new Failure('folder', `${directory} ${why}. Name another with --data.`, { cause: error });
  }
};

/** What an earlier attempt that was cut off moved in before it got to the decisive file. */
const leftOver = (names: readonly string[]): readonly string[] =>
  names.some((name) => name.startsWith(stagingPrefix)) && !names.includes(decisive)
    ? names.filter((name) => !harmless.has(name))
    : [];

const checkEmpty = (directory: string, names: readonly string[]): void => {
  if (names.includes(decisive)) {
    throw new Failure(
      'folder',
      `${directory} is a licet data folder already. Start it with "licet serve --data ${directory}", or name a new folder with --data.`,
    );
  }
  const stranger = names.find((name) => !harmless.has(name));
  if (stranger === undefined) return;
  throw new Failure(
    'folder',
    `${directory} is not empty: it has ${stranger} in it. Name a new or empty folder with --data.`,
  );
};

const makeStaging = async (directory: string): Promise<string> => {
  try {
    await makeDirectory(directory);
    return await mkdtemp(join(directory, stagingPrefix));
  } catch (error) {
    const code = errorCode(error);
    throw new Failure(
      'folder',
      `${directory} can't be written to (${code}). Check its owner and mode, or name another with --data.`,
      { cause: error },
    );
  }
};

/**
 * Has `build` fill an empty folder, then moves what it made into place, the snapshot last. When it
 * throws, everything is as before.
 * @throws Failure `folder` when there is something in the folder already
 */
export const makeFolderWhole = async <T>(
  path: string,
  build: (staging: string) => Promise<T>,
): Promise<T> => {
  const directory = resolve(path);
  const before = await namesIn(directory);
  for (const name of leftOver(before ?? [])) {
    await rm(join(directory, name), { recursive: true, force: true });
  }
  checkEmpty(directory, (await namesIn(directory)) ?? []);
  const staging = await makeStaging(directory);
  const moved: string[] = [];
  try {
    const result = await build(staging);
    const made = (await readdir(staging)).toSorted(
      (a, b) => Number(a === decisive) - Number(b === decisive),
    );
    // One that was there may have been open to others. Some file systems know no modes; the doctor tells.
    await chmod(directory, 0o700).catch(() => undefined);
    for (const name of made) {
      // All that it needs has its name for good before the decisive file has.
      if (name === decisive) await syncDirectory(directory);
      await rename(join(staging, name), join(directory, name));
      moved.push(name);
    }
    await syncDirectory(directory);
    await rmdir(staging);
    return result;
  } catch (error) {
    for (const name of [staging, ...moved.map((name) => join(directory, name))]) {
      await rm(name, { recursive: true, force: true });
    }
    if (before === undefined) await rmdir(directory).catch(() => undefined);
    throw error;
  }
};
