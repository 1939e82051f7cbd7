/** What a repair takes away is kept in `DATA/set-aside`, in a folder for each repair. */
import { copyFile, open, rename } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

import { exists, fileStamp, makeDirectory, syncDirectory } from '../folder/files.ts';

export interface SetAside {
  readonly folder: string;
  /** Moves a file there; says where it is now. */
  move(path: string): Promise<string>;
  /** Copies a file there, synced, before something is cut off it. */
  copy(path: string): Promise<string>;
}

/** A folder of that time which is not there yet: nothing that is kept is ever written over. */
const chooseFolder = async (directory: string, at: number): Promise<string> => {
  const folder = join(directory, 'set-aside', fileStamp(at));
  let free = folder;
  for (let n = 2; await exists(free); n += 1) free = `${folder}-${n}`;
  return free;
};

/** `at` in milliseconds since the epoch. */
export const createSetAside = async (directory: string, at: number): Promise<SetAside> => {
  const folder = await chooseFolder(directory, at);
  const placeFor = async (path: string): Promise<string> => {
    await makeDirectory(folder);
    return join(folder, relative(directory, path).split(sep).join('-'));
  };
  return {
    folder,
    move: async (path) => {
      const to = await placeFor(path);
      await rename(path, to);
      // The new name first: a power cut must not leave neither.
      await syncDirectory(folder);
      await syncDirectory(dirname(path));
      return to;
    },
    copy: async (path) => {
      const to = await placeFor(path);
      await copyFile(path, to);
      const handle = await open(to, 'r+');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
      await syncDirectory(folder);
      return to;
    },
  };
};
