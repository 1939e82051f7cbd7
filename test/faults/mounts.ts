/** File systems made for a test. Only root on Linux can; elsewhere the tests say so and are skipped. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { copyFile, mkdir, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const works = (command: string, ...args: string[]): boolean => {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** Tries for real: containers often have root but may not mount. */
const tryMount = (): boolean => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const place = mkdtempSync(join(tmpdir(), 'licet-mount-'));
  try {
    return works('mount', '-t', 'tmpfs', '-o', 'size=64k', 'none', place) && works('umount', place);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
};

export const canMount = tryMount();

const tryLoop = (): boolean => {
  if (!canMount || !works('mkfs.ext4', '-V')) return false;
  const place = mkdtempSync(join(tmpdir(), 'licet-loop-'));
  const image = join(place, 'image');
  try {
    mkdirSync(join(place, 'at'));
    return (
      works('truncate', '-s', '16M', image) &&
      works('mkfs.ext4', '-q', image) &&
      works('mount', '-o', 'loop', image, join(place, 'at')) &&
      works('umount', join(place, 'at'))
    );
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
};

/** Asked for only by the tests that need it: it takes a moment. */
export const canMountImages = (): boolean => tryLoop();

export const canTrace = (): boolean =>
  process.platform === 'linux' && works('strace', '-qq', '-o', '/dev/null', 'true');

export const unmount = async (place: string): Promise<void> => {
  await run('umount', [place]);
};

/** A file system in memory with that much room, for the length of the work. */
export const withSmallDisk = async <T>(
  place: string,
  size: string,
  work: () => Promise<T>,
): Promise<T> => {
  await mkdir(place, { recursive: true });
  await run('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=700`, 'none', place]);
  try {
    return await work();
  } finally {
    await unmount(place);
  }
};

/**
 * An ext4 file system in a file, mounted so that it writes back as little as it may by itself: what
 * was not synced is lost in a copy of the file.
 */
export const mountImage = async (image: string, place: string): Promise<void> => {
  await mkdir(place, { recursive: true });
  await run('mount', ['-o', 'loop,noauto_da_alloc,commit=300', image, place]);
};

export const makeImage = async (image: string, megabytes: number): Promise<void> => {
  await writeFile(image, '');
  await truncate(image, megabytes << 20);
  await run('mkfs.ext4', ['-q', '-E', 'lazy_itable_init=0,lazy_journal_init=0', image]);
};

/** What is in the file now is what a disk would have after a power cut at this moment. */
export const copyImage = (image: string, copy: string): Promise<void> => copyFile(image, copy);
