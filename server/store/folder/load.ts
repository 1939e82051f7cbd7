/** From the files of a data folder to the documents in memory. */
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Low } from 'lowdb';

import { exists, syncDirectory, syncParent } from './files.ts';
import {
  listSegments,
  makeSegment,
  openSegment,
  segmentPath,
  writeAll,
  type ActiveSegment,
} from '../journal/journal-file.ts';
import type { Log } from './log.ts';
import { noHash, raisedEra, splitKey, type JournalRecord } from '../journal/record.ts';
import { recoverJournal, type Recovered, type TornTail } from '../journal/recover-journal.ts';
import { snapshotAdapter, type Snapshot, type SnapshotOptions } from '../snapshot/snapshot.ts';
import { snapshotPath } from '../snapshot/snapshot-format.ts';
import { setDocument, tableNamed, type Tables } from '../memory/table.ts';

export interface Loaded {
  readonly snapshot: Snapshot;
  readonly recovered: Recovered;
  /** Of the snapshot, or what a record after it raised it to. */
  readonly era: number;
}

/** Puts a record's documents in place. Records carry whole documents, so doing it twice is harmless. */
export const applyRecord = (tables: Tables, record: JournalRecord): void => {
  for (const [key, hash] of Object.entries(record.header.bodies)) {
    const [collection, id] = splitKey(key);
    const document = hash === null ? undefined : (record.documents[key] ?? undefined);
    setDocument(tableNamed(tables, collection), id, document);
  }
};

export interface LoadQuery {
  readonly directory: string;
  readonly tables: Tables;
  /** A seq known durable by other evidence than the files themselves. */
  readonly durable: () => number;
  /** Above this, another process is just writing; read after the snapshot, which must not be newer. */
  readonly until?: (() => number | undefined) | undefined;
  readonly checkBytes: number;
}

/** Reads snapshot and journal; changes nothing on disk. Throws `StoreError` `damaged`. */
export const load = async (db: Low<Snapshot>, query: LoadQuery): Promise<Loaded> => {
  await db.read();
  const snapshot = db.data;
  let { era } = snapshot;
  const recovered = await recoverJournal({
    directory: query.directory,
    from: snapshot.from,
    to: { seq: snapshot.to, hash: snapshot.hash },
    durable: query.durable(),
    until: query.until?.(),
    checkBytes: query.checkBytes,
    onRecord: (record) => {
      applyRecord(query.tables, record);
      era = Math.max(era, raisedEra(record.header)?.era ?? 0);
    },
  });
  return { snapshot, recovered, era };
};

/** A lowdb over the snapshot of a folder. */
export const createDatabase = (
  tables: Tables,
  schemaVersion: number,
  options: SnapshotOptions,
): Low<Snapshot> =>
  new Low<Snapshot>(snapshotAdapter(tables, options), {
    schemaVersion,
    era: 1,
    from: 0,
    to: 0,
    hash: noHash,
    tables,
  });

/** Cuts a torn tail off and keeps it beside the journal; says where. */
export const cutTornTail = async (torn: TornTail, log: Log): Promise<string> => {
  const handle = await open(torn.path, 'r+');
  try {
    const { size } = await handle.stat();
    const tail = Buffer.alloc(size - torn.offset);
    await handle.read(tail, 0, tail.length, torn.offset);
    const aside = `${torn.path}.torn-${torn.offset}`;
    const kept = await open(aside, 'w', 0o600);
    try {
      await writeAll(kept, tail, 0);
      await kept.sync();
    } finally {
      await kept.close();
    }
    await syncDirectory(dirname(torn.path));
    await handle.truncate(torn.offset);
    await handle.datasync();
    log.warn(
      { file: torn.path, line: torn.line, bytes: tail.length, kept: aside },
      'A write that a crash had cut short was taken out of the journal. It was never acknowledged.',
    );
    return aside;
  } finally {
    await handle.close();
  }
};

/** Opens the newest segment for writing, all of it durable: a killed process may have left it in memory only. */
export const openForWriting = async (
  directory: string,
  recovered: Recovered,
  log: Log,
): Promise<ActiveSegment> => {
  if (recovered.torn !== undefined) await cutTornTail(recovered.torn, log);
  const first = recovered.segment?.first ?? recovered.seq + 1;
  await dropEmptySegments(directory, first);
  const handle =
    recovered.segment === undefined
      ? await makeSegment(directory, first)
      : await openSegment(segmentPath(directory, first));
  await handle.sync();
  // Names, too, may be in memory only: those of the journal's files, of the folders, and of the snapshot.
  await syncDirectory(dirname(segmentPath(directory, first)));
  await syncDirectory(directory);
  await syncParent(directory);
  return { handle, first, size: recovered.segment === undefined ? 0 : recovered.size };
};

/** Segments that a crash left empty: their names would lie once writing goes on elsewhere. */
const dropEmptySegments = async (directory: string, first: number): Promise<void> => {
  for (const segment of await listSegments(directory)) {
    if (segment.first > first) await rename(segment.path, `${segment.path}.empty`);
  }
};

/** Logs what a crash left and nobody needs. */
export const warnOfLeftOvers = async (directory: string, log: Log): Promise<void> => {
  const temporary = `${snapshotPath(directory)}.tmp`;
  if (await exists(temporary)) {
    log.warn(
      { file: temporary },
      'A snapshot that was never finished is left over; it is ignored.',
    );
  }
};
