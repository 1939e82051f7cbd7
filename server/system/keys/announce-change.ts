/** Makes a change of keys known: to the journal, and to a server that runs on the folder. */
import { dataVersion } from '../../data-version.ts';
import { readLockNote } from '../../store/folder/lock.ts';
import { openStore } from '../../store/folder/open-store.ts';
import { StoreError } from '../../store/store.ts';
import type { Logger } from '../../usecases/deps.ts';
import { bySystem, note } from '../../usecases/caller.ts';

export interface KeyChange {
  readonly directory: string;
  readonly action: 'keys.rotate' | 'keys.revoke';
  /** The kid. */
  readonly target: string;
  readonly details?: Readonly<Record<string, string | number>> | undefined;
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Journals the change. A server that has the folder is told to read its keys again (SIGHUP) and
 * journals it then. Gives the process that was told; null when there was none.
 * @throws StoreError when the data can't be opened for another reason
 */
export const announceKeyChange = async (change: KeyChange): Promise<number | null> => {
  const { directory, action, target, details, log, now } = change;
  try {
    const store = await openStore({ directory, ...dataVersion, now, log });
    try {
      await note(store, bySystem, { action, target, outcome: 'ok', details });
    } finally {
      await store.close();
    }
    return null;
  } catch (error) {
    const pid = readLockNote(directory)?.pid;
    if (!(error instanceof StoreError && error.code === 'in-use') || pid === undefined) throw error;
    // Windows has no such signal: it would end the server. Who calls says to restart it.
    if (process.platform !== 'win32') process.kill(pid, 'SIGHUP');
    return pid;
  }
};
