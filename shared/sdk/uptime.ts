/** A clock that nobody can set: how long this machine has been running. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import os from 'node:os';

export interface Uptime {
  /** Which run of the machine this is: two readings of one boot can be subtracted. */
  readonly boot: string;
  /** Milliseconds since the machine started, sleep included. */
  readonly ms: number;
}

// Where a boot has no name, as in some sandboxes, readings of one process alone can be compared.
const processId = randomUUID();

const readBoot = async (): Promise<string> => {
  // Elsewhere a machine's state stays on that machine, and a smaller reading shows a new boot.
  if (process.platform !== 'linux') return process.platform;
  try {
    return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  } catch {
    return processId;
  }
};

/** Reads how long this machine has been running; `uptime` takes the place of the system's reading. */
export const readUptime = async (uptime?: () => number): Promise<Uptime> => ({
  boot: await readBoot(),
  ms: uptime?.() ?? os.uptime() * 1000,
});
