/** Whether the disk of a data folder is full: from a failed write until there is room again. */
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { writeAll } from '../journal/journal-file.ts';

export interface DiskRoom {
  /** Why changes are refused; undefined while there is room. */
  full(): string | undefined;
  /** A change was refused for that. */
  refused(reason: string): void;
  /** A change was written. */
  written(): void;
  close(): void;
}

/** Milliseconds between two looks, while it is full. */
const lookEvery = 1000;
/** Bytes that must fit: some changes, or the next one is refused again. */
const wanted = 1 << 18;

/** Tries, since no figure of a file system counts quotas. */
const hasRoom = async (directory: string): Promise<boolean> => {
  const path = join(directory, 'room.tmp');
  try {
    const handle = await open(path, 'w', 0o600);
    try {
      await writeAll(handle, Buffer.alloc(wanted), 0);
      await handle.datasync();
      return true;
    } finally {
      await handle.close();
    }
  } catch {
    return false;
  } finally {
    await rm(path, { force: true }).catch(() => undefined);
  }
};

/** There is room, as far as anybody knows. */
export const createDiskRoom = (directory: string): DiskRoom => {
  let reason: string | undefined;
  let timer: NodeJS.Timeout | undefined;

  const clear = (): void => {
    reason = undefined;
    clearTimeout(timer);
    timer = undefined;
  };

  const lookLater = (): void => {
    timer = setTimeout(() => void look(), lookEvery).unref();
  };

  const look = async (): Promise<void> => {
    const found = await hasRoom(directory);
    if (timer === undefined) return;
    if (found) clear();
    else lookLater();
  };

  return {
    full: () => reason,
    refused: (why) => {
      reason = why;
      if (timer === undefined) lookLater();
    },
    written: () => {
      if (reason !== undefined) clear();
    },
    close: clear,
  };
};
