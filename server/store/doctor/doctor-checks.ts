/** The doctor's smaller checks: each returns what it found. */
import { exactTime } from '../../../shared/time.ts';
import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

import type { Finding } from './finding.ts';
import { errorCode, exists } from '../folder/files.ts';
import { readArchiveNote } from '../journal/archive-note.ts';
import { listSegments } from '../journal/journal-file.ts';
import { checkSeal, sealPath, unfinishedGiveUp } from '../folder/seal.ts';
import { snapshotPath } from '../snapshot/snapshot-format.ts';
import { StoreError } from '../store.ts';

export const checkSealed = async (directory: string): Promise<readonly Finding[]> => {
  try {
    await checkSeal(directory);
    return [];
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const giveUp = await unfinishedGiveUp(directory);
    const severity = giveUp === undefined ? 'warning' : 'damage';
    // The sentence says itself what to do.
    return [{ severity, file: sealPath(directory), message: error.message, choices: [], giveUp }];
  }
};

/** A start needs only what the snapshot lacks, so nothing else notices that the journal lost its beginning. */
export const checkBeginning = async (directory: string): Promise<readonly Finding[]> => {
  const [oldest] = await listSegments(directory);
  // A damaged note is found where the journal is read.
  const note = await readArchiveNote(directory).catch(() => undefined);
  const through = note?.through ?? 0;
  if (oldest === undefined || oldest.first <= through + 1) return [];
  const records =
    oldest.first === through + 2
      ? `record ${through + 1} is`
      : `the records ${through + 1} to ${oldest.first - 1} are`;
  return [
    {
      severity: 'warning',
      file: oldest.path,
      message: `The journal begins with record ${oldest.first}: ${records} missing, and no archive has what was there.`,
      choices: [
        'Put the missing files back into the folder `journal`, from a backup or a copy: the same name has the same records.',
        'Without them no document is lost, since the snapshot has them all; who did what in these records is no longer known.',
      ],
    },
  ];
};

/** Temporary files of snapshots, marks and erasures that a crash left. A running server has its own. */
export const findLeftOvers = async (
  directory: string,
  inUse: boolean,
): Promise<readonly Finding[]> => {
  if (inUse) return [];
  const findings: Finding[] = [];
  for (const folder of [directory, join(directory, 'journal')]) {
    const names = (await exists(folder)) ? await readdir(folder) : [];
    for (const name of names.filter((name) => name.endsWith('.tmp'))) {
      const path = join(folder, name);
      findings.push({
        severity: 'note',
        file: path,
        message: 'A file that was never finished is left over; licet ignores it.',
        choices: ['`licet doctor --repair` moves it aside.'],
        remedy: { kind: 'set-aside', path },
      });
    }
  }
  return findings;
};

/** Nobody but the owner may read any of it: 0700 for folders, 0600 for files. */
export const checkPermissions = async (directory: string): Promise<readonly Finding[]> => {
  if (process.platform === 'win32') return [];
  const findings: Finding[] = [];
  const look = async (path: string, mode: number): Promise<void> => {
    let found: number;
    try {
      found = (await stat(path)).mode & 0o777;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return;
      throw error;
    }
    if ((found & 0o077) === 0) return;
    findings.push({
      severity: 'warning',
      file: path,
      message: `Other users of this machine may open it (its permissions are ${found.toString(8)}).`,
      choices: [`\`licet doctor --repair\` sets them to ${mode.toString(8)}.`],
      remedy: { kind: 'permissions', path, mode },
    });
  };
  await look(directory, 0o700);
  for (const folder of ['', 'keys', 'journal']) {
    const path = join(directory, folder);
    if (!(await exists(path))) continue;
    if (folder !== '') await look(path, 0o700);
    for (const entry of await readdir(path, { withFileTypes: true })) {
      if (entry.isFile() && entry.name !== 'README.md' && entry.name !== '.gitignore') {
        await look(join(path, entry.name), 0o600);
      }
    }
  }
  return findings;
};

const wanted = 200 << 20;

/** A snapshot is written beside the old one, so twice its size must fit. */
export const checkRoom = async (directory: string): Promise<readonly Finding[]> => {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  const snapshot = snapshotPath(directory);
  const size = (await exists(snapshot)) ? (await stat(snapshot)).size : 0;
  const needed = Math.max(wanted, 2 * size);
  if (free >= needed) return [];
  return [
    {
      severity: 'warning',
      file: directory,
      message: `Only ${Math.floor(free / 1e6)} MB are free on its disk; licet needs ${Math.ceil(needed / 1e6)} MB to work well.`,
      choices: [
        'Make room on that disk, or move the folder to a larger one with `licet backup --move`.',
      ],
    },
  ];
};

/** Milliseconds by which clocks may differ. */
const leeway = 600_000;

export const checkClock = (
  directory: string,
  lastAt: number | undefined,
  now: number,
): readonly Finding[] => {
  if (lastAt === undefined || lastAt <= now + leeway) return [];
  return [
    {
      severity: 'warning',
      file: directory,
      message: `The last change was made on ${exactTime(lastAt)}, but this machine's clock says ${exactTime(now)}.`,
      choices: ['Set the clock right before the server starts: leases and keys are dated by it.'],
    },
  ];
};
