/** Keeps two downloads out of one unfinished file: FILE.part.lock names the process that writes it. */
import { open, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import { z } from 'zod';
import { fail, ok } from '../../../shared/result.ts';
import type { Answer } from './failure.ts';

const Holder = z.object({ pid: z.int().positive(), host: z.string() });
type Holder = z.infer<typeof Holder>;

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process runs, as another user.
    return codeOf(error) === 'EPERM';
  }
};

/** Who holds the lock; undefined if its file is gone or can't be read. */
const holderOf = async (lock: string): Promise<Holder | undefined> => {
  try {
    return Holder.safeParse(JSON.parse(await readFile(lock, 'utf8'))).data;
  } catch {
    return undefined;
  }
};

/** Creates the lock's file; false if it exists. */
const tryToTake = async (lock: string): Promise<boolean> => {
  try {
    const handle = await open(lock, 'wx', 0o600);
    try {
      await handle.writeFile(JSON.stringify({ pid: process.pid, host: os.hostname() }));
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
};

/**
 * Locks an unfinished file and gives the function that frees it. Refuses while another process has it;
 * the lock of a process that was killed is taken over.
 */
export const lockPart = async (part: string): Promise<Answer<() => Promise<void>>> => {
  const lock = `${part}.lock`;
  const taken = ok(() => rm(lock, { force: true }));
  if (await tryToTake(lock)) return taken;
  const holder = await holderOf(lock);
  if (holder?.host === os.hostname() && !isRunning(holder.pid)) {
    await rm(lock, { force: true });
    if (await tryToTake(lock)) return taken;
  }
  const who = holder ? `process ${holder.pid} on ${holder.host}` : 'another process';
  return fail({
    kind: 'refused',
    what: `Another download is already writing ${part}: ${who}.`,
    next: `Wait for it to finish, or name another folder with --out. If nothing is downloading, delete ${lock}.`,
  });
};
