/** The data folder itself: is it one, may we write to it, and making a new one. */
import { chmod, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { errorCode, exists, isWritable, makeDirectory, messageOf } from './files.ts';
import { listSegments, makeSegment } from '../journal/journal-file.ts';
import { damaged } from './damaged.ts';
import { snapshotPath } from '../snapshot/snapshot-format.ts';
import { StoreError } from '../store.ts';

/** What may be there before the store is: anything else says that the folder is somebody else's. */
const allowedBefore = new Set([
  'README.md',
  '.gitignore',
  'keys',
  'releases',
  'journal',
  'lock',
  'lock.json',
  'lost+found',
  'set-aside',
  'db.json.tmp',
]);

const notLicet = (directory: string, why: string): StoreError =>
  new StoreError(
    'not-licet',
    `${directory} is not a licet data folder: ${why}. Run \`licet init --data ${directory}\` to make one, or name the right folder with --data.`,
  );

/** The `StoreError` for a folder that the file system refuses. */
export const notWritable = (directory: string, error: unknown): StoreError =>
  new StoreError(
    'not-writable',
    `${directory} can't be used: ${messageOf(error)}. It must belong to the user that runs licet, with permissions 0700.`,
    { cause: error },
  );

const namesIn = async (directory: string): Promise<readonly string[] | undefined> => {
  try {
    return await readdir(directory);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    if (errorCode(error) === 'ENOTDIR') throw notLicet(directory, 'it is not a folder');
    throw notWritable(directory, error);
  }
};

const hasRecords = async (directory: string): Promise<boolean> => {
  const segments = await listSegments(directory);
  for (const { path } of segments) if ((await stat(path)).size > 0) return true;
  return false;
};

export type FolderState = 'data' | 'new';

/** Tells a data folder from one that could become one; throws `StoreError` for all others. */
export const inspectFolder = async (directory: string, create: boolean): Promise<FolderState> => {
  const names = await namesIn(directory);
  if (names?.includes('db.json') === true) return 'data';
  if (names !== undefined && (await hasRecords(directory))) {
    // Never start empty over what is there.
    throw damaged(snapshotPath(directory), 'the snapshot is missing although there is a journal');
  }
  if (!create)
    throw notLicet(directory, names === undefined ? 'it does not exist' : 'it has no db.json');
  const foreign = names?.find((name) => !allowedBefore.has(name));
  if (foreign !== undefined) throw notLicet(directory, `it has other files in it (${foreign})`);
  return 'new';
};

/** Makes the folder, for its owner only. */
export const makeFolder = async (directory: string): Promise<void> => {
  try {
    await makeDirectory(directory);
    await chmod(directory, 0o700);
  } catch (error) {
    throw notWritable(directory, error);
  }
};

/** Makes the journal's first, empty segment. */
export const makeJournal = async (directory: string): Promise<void> => {
  const handle = await makeSegment(directory, 1);
  await handle.close();
};

/** Throws `StoreError` `not-writable` where the folder or its journal is another user's. */
export const checkWritable = async (directory: string): Promise<void> => {
  for (const path of [directory, join(directory, 'journal')]) {
    if ((await exists(path)) && !(await isWritable(path))) {
      throw notWritable(path, new Error('permission denied'));
    }
  }
};
