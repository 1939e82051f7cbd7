/** What a killed server leaves: its folder as it is at this moment, opened by another one. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { collections } from '../../../server/collections.ts';
import { openStore } from '../../../server/store/folder/open-store.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Opens a copy of the folder; `close` ends it and removes the copy. */
export const openCrashed = async (directory: string, now: () => number) => {
  const copy = await mkdtemp(path.join(os.tmpdir(), 'licet-crashed-'));
  // The kernel freed the lock; reading it here would free that of the server that still runs.
  const filter = (source: string): boolean => path.basename(source) !== 'lock';
  await cp(directory, copy, { recursive: true, filter });
  const store = await openStore({ directory: copy, schema: collections, now, log: quiet });
  const close = async (): Promise<void> => {
    await store.close();
    await rm(copy, { recursive: true, force: true });
  };
  return { store, directory: copy, close };
};
