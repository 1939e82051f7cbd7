/** Does what the doctor found safe to do. Whatever it takes away is kept in `DATA/set-aside`. */
import { chmod, mkdir, rename } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

import { diagnose, type Diagnosis } from './doctor.ts';
import type { DoctorOptions, Finding, Remedy } from './finding.ts';
import { exists, syncDirectory } from './files.ts';
import { createDatabase, cutTornTail } from './load.ts';
import { readLockNote, takeLock } from './lock.ts';
import type { Log } from './log.ts';
import { rebuild } from './rebuild.ts';
import { snapshotPath } from './snapshot-format.ts';

export interface RepairOptions extends DoctorOptions {
  readonly log: Log;
}

export interface Repaired {
  readonly finding: Finding;
  /** What was done, in one sentence. */
  readonly done: string;
}

export interface RepairReport {
  readonly repaired: readonly Repaired[];
  /** The folder as it is now, with what is left to decide. */
  readonly after: Diagnosis;
}

/** Moves a file to the folder of this repair. */
const setAside = async (directory: string, folder: string, path: string): Promise<string> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const name = relative(directory, path).split(sep).join('-');
  const to = join(folder, name);
  await rename(path, to);
  await syncDirectory(folder);
  return to;
};

const rebuildSnapshot = async (options: RepairOptions, folder: string): Promise<string> => {
  const { directory } = options;
  const result = await rebuild(directory, readLockNote(directory)?.durable ?? 0);
  if ('impossible' in result)
    throw new Error(`The snapshot can't be made anew: ${result.impossible}.`);
  const { tables, recovered, era } = result;
  const path = snapshotPath(directory);
  const kept = (await exists(path)) ? await setAside(directory, folder, path) : undefined;
  const { seq, hash } = recovered;
  const database = createDatabase(tables, options.schemaVersion ?? 1, {
    directory,
    slice: Number.POSITIVE_INFINITY,
    turn: (work) => work(),
    cover: async () => ({ from: seq, to: seq, hash }),
  });
  database.data = { ...database.data, era };
  await database.write();
  return `The snapshot was made anew from the ${seq} records of the journal.${kept === undefined ? '' : ` The damaged one is kept as ${kept}.`}`;
};

const apply = async (options: RepairOptions, remedy: Remedy, folder: string): Promise<string> => {
  const { directory, log } = options;
  switch (remedy.kind) {
    case 'permissions':
      await chmod(remedy.path, remedy.mode);
      return `Its permissions are ${remedy.mode.toString(8)} now.`;
    case 'set-aside':
      return `It was moved to ${await setAside(directory, folder, remedy.path)}.`;
    case 'cut-tail':
      return `The unfinished write was cut off and is kept as ${await cutTornTail(remedy.torn, log)}.`;
    case 'rebuild-snapshot':
      return rebuildSnapshot(options, folder);
  }
};

/**
 * Repairs what can be repaired without losing anything. The server must be stopped: `StoreError`
 * `in-use` if it isn't.
 */
export const repair = async (options: RepairOptions): Promise<RepairReport> => {
  const { directory, now } = options;
  const before = await diagnose(options);
  const stamp = new Date(now()).toISOString().replaceAll(/[-:]|\.\d+/gu, '');
  const folder = join(directory, 'set-aside', stamp);
  const repaired: Repaired[] = [];
  const lock = takeLock(directory);
  try {
    for (const finding of before.findings) {
      if (finding.remedy === undefined) continue;
      repaired.push({ finding, done: await apply(options, finding.remedy, folder) });
    }
  } finally {
    lock.release();
  }
  return { repaired, after: await diagnose(options) };
};
