/** The doctor's main check: snapshot and journal, all of them, read as a start would read them. */
import { open, stat, type FileHandle } from 'node:fs/promises';

import { assessJournal } from './assess-journal.ts';
import type { BackupNote } from '../backup/backup-notes.ts';
import { damaged, DamageError } from '../folder/damaged.ts';
import type { DoctorOptions, Finding, GiveUp } from './finding.ts';
import { errorCode } from '../folder/files.ts';
import { listSegments } from '../journal/journal-file.ts';
import { applyRecord } from '../folder/load.ts';
import { isLocked, readLockNote } from '../folder/lock.ts';
import { rebuild } from '../snapshot/rebuild.ts';
import { readHeaders } from '../journal/read-journal.ts';
import { recoverJournal, type Recovered, type TornTail } from '../journal/recover-journal.ts';
import { snapshotPath, type SnapshotFoot, type SnapshotHead } from '../snapshot/snapshot-format.ts';
import { readSnapshot } from '../snapshot/snapshot-read.ts';
import { StoreError } from '../store.ts';
import { createTables, type Tables } from '../memory/table.ts';

/** What the files have, where they could be read. */
export interface DataState {
  readonly seq: number;
  readonly era: number;
  readonly schemaVersion: number;
  readonly documents: number;
  readonly snapshotBytes: number;
  readonly journalBytes: number;
  readonly segments: number;
  /** When the last record was written, in milliseconds since the epoch. Undefined where there is none. */
  readonly lastAt: number | undefined;
}

interface Checked {
  readonly state: DataState | undefined;
  readonly found: readonly Finding[];
}

type SnapshotFound = SnapshotHead & SnapshotFoot & { readonly bytes: number };

const readWhole = async (directory: string, tables: Tables): Promise<SnapshotFound> => {
  const path = snapshotPath(directory);
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') throw damaged(path, 'the snapshot is missing');
    throw error;
  }
  try {
    const { size } = await handle.stat();
    return { ...(await readSnapshot(path, handle, tables)), bytes: size };
  } finally {
    await handle.close();
  }
};

const restoreChoice = (newest: BackupNote | undefined): string =>
  newest === undefined
    ? 'Restore a backup into another folder with `licet restore`, if there is one: none is known here.'
    : `Restore the newest backup into another folder: \`licet restore ${newest.file} --data NEW-FOLDER\`. It is of ${newest.at} and has ${newest.seq} records.`;

const recordsOf = ({ first, last }: GiveUp): string =>
  first === last ? `record ${first}` : `the records ${first} to ${last}`;

const giveUpChoice = (directory: string, offer: GiveUp): string => {
  const { first, last, losesChanges, plan } = offer;
  const command = `\`licet doctor --repair --give-up ${first}-${last} --data ${directory}\``;
  const kept = 'What is taken out is kept in its folder set-aside.';
  if (!losesChanges || plan.kind === 'begin')
    return `Go on without ${recordsOf(offer)} of the journal: ${command}. No document is lost, since the snapshot has them all; who did what in these records is no longer in the journal. ${kept}`;
  return `Go back to record ${plan.seq}: ${command}. What ${recordsOf(offer)} changed is lost, although it was acknowledged, and products are told that the server went back in time. ${kept}`;
};

/** What one can do about a damaged journal, first what keeps most. */
const damageChoices = (
  directory: string,
  newest: BackupNote | undefined,
  offer: GiveUp | undefined,
): readonly string[] => {
  const restore = restoreChoice(newest);
  if (offer === undefined) return [restore];
  const choice = giveUpChoice(directory, offer);
  const keeps = offer.losesChanges && offer.plan.kind === 'end' ? offer.plan.seq : Infinity;
  return newest !== undefined && newest.seq >= keeps ? [restore, choice] : [choice, restore];
};

const sentence = (what: string): string => `${what.charAt(0).toUpperCase()}${what.slice(1)}.`;

/** As a finding, what a start would refuse for. */
const asFinding = (error: unknown, choices: readonly string[]): Finding => {
  if (!(error instanceof StoreError)) throw error;
  if (!(error instanceof DamageError)) {
    return { severity: 'damage', file: '', message: error.message, choices };
  }
  const { file, line, what } = error.damage;
  return { severity: 'damage', file, line, message: sentence(what), choices };
};

const tornFinding = (torn: TornTail): Finding => ({
  severity: 'note',
  file: torn.path,
  line: torn.line,
  message: 'A crash cut the last write short. It was never acknowledged, so nothing is lost.',
  choices: [
    'The next start cuts it off and keeps it beside the file; `licet doctor --repair` does it now.',
  ],
  remedy: { kind: 'cut-tail', torn },
});

/** A damaged snapshot: can it be made anew? */
const checkRebuild = async (
  options: DoctorOptions,
  error: unknown,
  newest: BackupNote | undefined,
): Promise<Checked> => {
  const { directory } = options;
  const fallback = restoreChoice(newest);
  const found: Finding[] = [];
  let why: string;
  try {
    const result = await rebuild(directory, readLockNote(directory)?.durable ?? 0);
    if (!('impossible' in result) && result.schemaVersion > (options.schemaVersion ?? 1)) {
      const newer = ['Install the newer version of licet that wrote this journal.', fallback];
      return { state: undefined, found: [asFinding(error, newer)] };
    }
    if (!('impossible' in result)) {
      const choice =
        '`licet doctor --repair` makes the snapshot anew from the journal, which is whole, and keeps the damaged one.';
      const finding = asFinding(error, [choice, fallback]);
      return { state: undefined, found: [{ ...finding, remedy: { kind: 'rebuild-snapshot' } }] };
    }
    why = result.impossible;
  } catch (journalError) {
    const durable = readLockNote(directory)?.durable ?? 0;
    const giveUp = isLocked(directory)
      ? undefined
      : await assessJournal({ directory, snapshot: undefined, durable });
    const finding = asFinding(journalError, damageChoices(directory, newest, giveUp));
    found.push({ ...finding, giveUp });
    why = finding.message;
  }
  const no = `It can't be made anew from the journal: ${why.replace(/\.$/u, '')}.`;
  return { state: undefined, found: [asFinding(error, [fallback, no]), ...found] };
};

interface JournalChecked {
  readonly recovered: Recovered | undefined;
  readonly found: readonly Finding[];
  readonly lastAt: number | undefined;
}

const lastRecordAt = async (directory: string, seq: number): Promise<number | undefined> => {
  for await (const { at } of readHeaders(directory, seq, { newest: true, limit: 1 }))
    return Date.parse(at);
  return undefined;
};

const checkJournal = async (
  directory: string,
  snapshot: SnapshotFound,
  tables: Tables,
  newest: BackupNote | undefined,
): Promise<JournalChecked> => {
  // Read after the snapshot, so that it is not older than that.
  const noted = readLockNote(directory)?.durable ?? 0;
  const live = isLocked(directory);
  let lastAt: number | undefined;
  try {
    const recovered = await recoverJournal({
      directory,
      from: snapshot.from,
      to: { seq: snapshot.to, hash: snapshot.hash },
      durable: noted,
      until: live ? Math.max(noted, snapshot.to) : undefined,
      checkBytes: Number.POSITIVE_INFINITY,
      onRecord: (record) => {
        applyRecord(tables, record);
        lastAt = Date.parse(record.header.at);
      },
    });
    // Where the snapshot has everything, no record was read above.
    lastAt ??= await lastRecordAt(directory, recovered.seq);
    const found = recovered.torn === undefined || live ? [] : [tornFinding(recovered.torn)];
    return { recovered, found, lastAt };
  } catch (error) {
    const giveUp = live ? undefined : await assessJournal({ directory, snapshot, durable: noted });
    const finding = asFinding(error, damageChoices(directory, newest, giveUp));
    return { recovered: undefined, found: [{ ...finding, giveUp }], lastAt };
  }
};

const sizeOfJournal = async (directory: string): Promise<{ bytes: number; segments: number }> => {
  const segments = await listSegments(directory);
  let bytes = 0;
  for (const { path } of segments) bytes += (await stat(path)).size;
  return { bytes, segments: segments.length };
};

/** Reads everything. Expected damage comes back as findings. */
export const checkData = async (
  options: DoctorOptions,
  newest: BackupNote | undefined,
): Promise<Checked> => {
  const { directory } = options;
  const tables = createTables({});
  let snapshot: SnapshotFound;
  try {
    snapshot = await readWhole(directory, tables);
  } catch (error) {
    if (error instanceof StoreError && error.code === 'newer-version') {
      return { state: undefined, found: [asFinding(error, [])] };
    }
    return checkRebuild(options, error, newest);
  }
  const found: Finding[] = [];
  if (snapshot.schemaVersion > (options.schemaVersion ?? 1)) {
    found.push({
      severity: 'damage',
      file: snapshotPath(directory),
      message: 'It was written by a newer version of licet.',
      choices: ['Install that version.', restoreChoice(newest)],
    });
  }
  const journal = await checkJournal(directory, snapshot, tables, newest);
  const { bytes, segments } = await sizeOfJournal(directory);
  let documents = 0;
  for (const table of tables.byName.values()) documents += table.documents.size;
  const { era, schemaVersion } = snapshot;
  return {
    found: [...found, ...journal.found],
    state: {
      seq: journal.recovered?.seq ?? snapshot.to,
      era,
      schemaVersion,
      documents,
      snapshotBytes: snapshot.bytes,
      journalBytes: bytes,
      segments,
      lastAt: journal.lastAt,
    },
  };
};
