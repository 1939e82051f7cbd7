/** Looks a data folder over without changing it: what is wrong, where, and what the choices are. */
import {
  checkBeginning,
  checkClock,
  checkPermissions,
  checkRoom,
  checkSealed,
  findLeftOvers,
} from './doctor-checks.ts';
import { checkData, type DataState } from './doctor-data.ts';
import { newestBackup, type BackupNote } from '../backup/backup-notes.ts';
import { inspectFolder } from '../folder/folder.ts';
import { isLocked, readLockNote } from '../folder/lock.ts';
import type { DoctorOptions, Finding } from './finding.ts';
import { StoreError } from '../store.ts';

export interface Diagnosis {
  readonly directory: string;
  /** Whether nothing is worse than a note. */
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  /** The process that has the folder open, if one has. */
  readonly inUseBy: number | undefined;
  readonly newestBackup: BackupNote | undefined;
  /** Undefined where the files can't say. */
  readonly state: DataState | undefined;
}

/** Reads all of it. Throws `StoreError` `not-licet` or `not-writable` for what is no data folder. */
export const diagnose = async (options: DoctorOptions): Promise<Diagnosis> => {
  const { directory } = options;
  const findings: Finding[] = [];
  await inspectDamaged(directory);
  const inUse = isLocked(directory);
  const newest = await newestBackup(directory);
  const { state, found } = await checkData(options, newest);
  const sealed = await checkSealed(directory);
  // What was begun is finished before anything else is given up.
  const isBegun = sealed.some(({ giveUp }) => giveUp !== undefined);
  findings.push(
    ...(isBegun ? found.map((finding) => ({ ...finding, giveUp: undefined })) : found),
    ...sealed,
    ...(found.some(({ severity }) => severity === 'damage') ? [] : await checkBeginning(directory)),
    ...(await findLeftOvers(directory, inUse)),
    ...(await checkPermissions(directory)),
    ...(await checkRoom(directory)),
    ...checkClock(directory, state?.lastAt, options.now()),
    ...checkBackups(directory, newest, options.now()),
  );
  return {
    directory,
    ok: findings.every(({ severity }) => severity === 'note'),
    findings,
    inUseBy: inUse ? readLockNote(directory)?.pid : undefined,
    newestBackup: newest,
    state,
  };
};

/** A folder whose snapshot is gone is still one to look over. */
const inspectDamaged = async (directory: string): Promise<void> => {
  try {
    await inspectFolder(directory, false);
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'damaged') throw error;
  }
};

const week = 7 * 86_400_000;

const checkBackups = (
  directory: string,
  newest: BackupNote | undefined,
  now: number,
): readonly Finding[] => {
  const age = newest === undefined ? undefined : now - Date.parse(newest.at);
  if (age !== undefined && age < week) return [];
  const message =
    newest === undefined
      ? 'No backup of this folder is known.'
      : `The newest backup, ${newest.file}, is ${Math.floor((age ?? 0) / 86_400_000)} days old.`;
  const choices = [`Make one: \`licet backup --data ${directory}\`. The server may run meanwhile.`];
  return [{ severity: 'note', file: directory, message, choices }];
};
