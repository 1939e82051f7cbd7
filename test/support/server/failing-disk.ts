/** A disk that fails: every fdatasync of this process gives EIO, as a dying disk does, until it is repaired. */
import { open } from 'node:fs/promises';

interface Synced {
  datasync: () => Promise<void>;
}

const eio = (): Error =>
  Object.assign(new Error('EIO: i/o error, fdatasync'), {
    errno: -5,
    code: 'EIO',
    syscall: 'fdatasync',
  });

/** Breaks the disk; returns what repairs it. */
export const breakDisk = async (): Promise<() => void> => {
  const handle = await open(import.meta.filename);
  const prototype = Object.getPrototypeOf(handle) as Synced;
  await handle.close();
  const { datasync } = prototype;
  prototype.datasync = () => Promise.reject(eio());
  return () => {
    prototype.datasync = datasync;
  };
};
