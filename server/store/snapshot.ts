/**
 * The snapshot, db.json: valid JSON with one document a line, read and written in pieces by an adapter
 * of lowdb. The first line says what it is, the last one what it covers, with a checksum of all before.
 *
 *   {"licet":1,"schemaVersion":1,"era":1,"collections":{
 *   "licenses":[
 *   {"id":"lic_...",...},
 *   {"id":"lic_...",...}
 *   ]
 *   },"from":10,"to":12,"hash":"...","documents":2,"checksum":"..."}
 */
import { createHash } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Adapter } from 'lowdb';

import { createSlices, errorCode, syncDirectory } from './files.ts';
import { writeAll } from './journal-file.ts';
import { readLines } from './lines.ts';
import { damaged } from './recover-journal.ts';
import { pageOfIds } from './sorted-ids.ts';
import { StoreError, type Document } from './store.ts';
import { setDocument, tableNamed, type Table, type Tables } from './table.ts';

const formatVersion = 1;

export interface SnapshotHead {
  readonly schemaVersion: number;
  readonly era: number;
}

export interface SnapshotFoot {
  /** Everything up to this seq is in it for certain. */
  readonly from: number;
  /** Some of what came up to this seq is in it. */
  readonly to: number;
  /** The hash of the record `to`. */
  readonly hash: string;
}

/** What lowdb holds: the documents in memory, and what is said of them. */
export interface Snapshot extends SnapshotHead, SnapshotFoot {
  readonly tables: Tables;
}

export const snapshotPath = (directory: string): string => join(directory, 'db.json');

/** The snapshot was given up because a change in it was undone; another one may follow. */
export class SnapshotAbandoned extends Error {
  override readonly name = 'SnapshotAbandoned';
}

export interface SnapshotOptions {
  readonly directory: string;
  /** Runs work while no transaction is half-way. */
  readonly turn: <T>(work: () => Promise<T>) => Promise<T>;
  /** Called when all documents are written: what they cover, once that is durable. */
  readonly cover: () => Promise<SnapshotFoot>;
  /** Milliseconds of work between pauses in which requests are served. */
  readonly slice: number;
}

interface Sink {
  write(text: string): Promise<void>;
  /** Hex SHA-256 of all that was written so far, and of `more`. */
  checksum(more: string): string;
  finish(): Promise<void>;
}

const flushBytes = 1 << 18;
/** Small syncs on the way: one big one at the end would hold up those of the journal. */
const syncBytes = 1 << 22;

const createSink = (handle: FileHandle): Sink => {
  const hash = createHash('sha256');
  let text = '';
  let position = 0;
  let synced = 0;
  const flush = async (): Promise<void> => {
    const bytes = Buffer.from(text);
    text = '';
    hash.update(bytes);
    await writeAll(handle, bytes, position);
    position += bytes.length;
    if (position - synced < syncBytes) return;
    await handle.datasync();
    synced = position;
  };
  return {
    write: async (more) => {
      text += more;
      if (text.length >= flushBytes) await flush();
    },
    checksum: (more) => hash.copy().update(text).update(more).digest('hex'),
    finish: async () => {
      await flush();
      await handle.sync();
    },
  };
};

/** The next documents after an id as text: about a millisecond of work. */
const pageText = (
  table: Table,
  after: string,
): { readonly text: string; readonly count: number; readonly last: string | undefined } => {
  const ids = pageOfIds(table.ids, after, 256);
  let text = '';
  for (const id of ids) text += `,\n${JSON.stringify(table.documents.get(id))}`;
  return { text, count: ids.length, last: ids.at(-1) };
};

const writeTable = async (table: Table, sink: Sink, options: SnapshotOptions): Promise<number> => {
  const pause = createSlices(options.slice);
  let written = 0;
  let after = '';
  for (;;) {
    const { text, count, last } = await options.turn(async () => pageText(table, after));
    if (last === undefined) return written;
    await sink.write(written === 0 ? text.slice(1) : text);
    written += count;
    after = last;
    await pause();
  }
};

/** The last line without its checksum, as the checksum covers it. */
const footText = ({ from, to, hash, documents }: SnapshotFoot & { documents: number }): string =>
  JSON.stringify({ from, to, hash, documents });

const writeSnapshot = async (
  snapshot: Snapshot,
  sink: Sink,
  options: SnapshotOptions,
): Promise<void> => {
  const { schemaVersion, era } = snapshot;
  const head = JSON.stringify({ licet: formatVersion, schemaVersion, era });
  await sink.write(`${head.slice(0, -1)},"collections":{\n`);
  let documents = 0;
  let separator = '';
  for (const [name, table] of snapshot.tables.byName) {
    await sink.write(`${separator}${JSON.stringify(name)}:[`);
    documents += await writeTable(table, sink, options);
    await sink.write('\n]');
    separator = ',\n';
  }
  const { from, to, hash } = await options.cover();
  await sink.write('\n');
  const foot = footText({ from, to, hash, documents });
  await sink.write(`},${foot.slice(1, -1)},"checksum":"${sink.checksum(foot)}"}\n`);
};

/** Reads the first line of a snapshot; undefined where there is none. Throws `StoreError`. */
export const readSnapshotHead = async (directory: string): Promise<SnapshotHead | undefined> => {
  const path = snapshotPath(directory);
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, 0);
    return parseHead(buffer.toString('utf8', 0, bytesRead).split('\n')[0] ?? '', path);
  } finally {
    await handle.close();
  }
};

const headEnd = ',"collections":{';

const parseHead = (line: string, path: string): SnapshotHead => {
  const head = line.endsWith(headEnd)
    ? parseObject(`${line.slice(0, -headEnd.length)}}`)
    : undefined;
  const { licet, schemaVersion, era } = head ?? {};
  if (typeof licet !== 'number' || typeof schemaVersion !== 'number' || typeof era !== 'number') {
    throw damaged(`${path}, line 1`, 'this is not the beginning of a snapshot');
  }
  if (licet > formatVersion) throw newer(path);
  return { schemaVersion, era };
};

export const newer = (path: string): StoreError =>
  new StoreError(
    'newer-version',
    `${path} was written by a newer version of licet. Nothing was changed. Install that version, or restore a backup of this one into another folder.`,
  );

const parseObject = (text: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
};

const parseFoot = (
  line: string,
): (SnapshotFoot & { documents: number; checksum: string }) | undefined => {
  const foot = line.startsWith('},') ? parseObject(`{${line.slice(2)}`) : undefined;
  const { from, to, hash, documents, checksum } = foot ?? {};
  return typeof from === 'number' &&
    typeof to === 'number' &&
    typeof documents === 'number' &&
    typeof hash === 'string' &&
    typeof checksum === 'string'
    ? { from, to, hash, documents, checksum }
    : undefined;
};

const collectionStart = /^"([^"]+)":\[$/u;

/** Files a line of the middle of a snapshot; says what is wrong with it, if anything. */
const createFiler = (
  tables: Tables,
): ((line: string) => string | undefined) & { count: () => number } => {
  let table: Table | undefined;
  let documents = 0;
  const file = (line: string): string | undefined => {
    const start = collectionStart.exec(line);
    if (start?.[1] !== undefined && table === undefined) {
      table = tableNamed(tables, start[1]);
      return undefined;
    }
    if ((line === '],' || line === ']') && table !== undefined) {
      table = undefined;
      return undefined;
    }
    if (table === undefined) return 'this line belongs to no collection';
    const document = parseDocument(line.endsWith(',') ? line.slice(0, -1) : line);
    if (document === undefined) return 'this line is not a document';
    if (setDocument(table, document.id, document) !== undefined)
      return `${document.id} is there twice`;
    documents += 1;
    return undefined;
  };
  return Object.assign(file, { count: () => documents });
};

const parseDocument = (text: string): Document | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' &&
      value !== null &&
      'id' in value &&
      typeof value.id === 'string'
      ? (value as Document)
      : undefined;
  } catch {
    return undefined;
  }
};

const readSnapshot = async (
  path: string,
  handle: FileHandle,
  tables: Tables,
): Promise<Snapshot> => {
  const hash = createHash('sha256');
  const file = createFiler(tables);
  let head: SnapshotHead | undefined;
  let foot: ReturnType<typeof parseFoot>;
  let number = 0;
  for await (const { lines, raw, terminated } of readLines(handle)) {
    if (!terminated) throw damaged(path, 'the snapshot is cut off');
    // Whole pieces are hashed rather than lines; the last line of all is hashed as `footText`.
    const last = parseFoot(lines.at(-1) ?? '');
    const content = last === undefined ? lines : lines.slice(0, -1);
    hash.update(last === undefined ? raw : raw.subarray(0, raw.lastIndexOf(10) + 1));
    if (last === undefined) hash.update('\n');
    for (const line of content) {
      number += 1;
      const where = `${path}, line ${number}`;
      if (foot !== undefined) throw damaged(where, 'the snapshot goes on after its end');
      if (head === undefined) head = parseHead(line, path);
      else {
        const wrong = file(line);
        if (wrong !== undefined) throw damaged(where, wrong);
      }
    }
    foot = last;
  }
  if (head === undefined) throw damaged(path, 'the snapshot is empty');
  if (foot === undefined) throw damaged(path, 'the snapshot is cut off');
  const checksum = hash.update(footText(foot)).digest('hex');
  if (foot.checksum !== checksum || foot.documents !== file.count()) {
    throw damaged(path, 'the checksum of the snapshot does not fit its contents');
  }
  return { ...head, from: foot.from, to: foot.to, hash: foot.hash, tables };
};

/**
 * The adapter. `read` fills the tables that it is given; it never says "nothing there", which lowdb
 * takes for a new database: a missing or damaged file is a `StoreError` `damaged`.
 */
export const snapshotAdapter = (tables: Tables, options: SnapshotOptions): Adapter<Snapshot> => {
  const path = snapshotPath(options.directory);
  return {
    read: async () => {
      let handle: FileHandle;
      try {
        handle = await open(path, 'r');
      } catch (error) {
        if (errorCode(error) === 'ENOENT') throw damaged(path, 'the snapshot is missing');
        throw error;
      }
      try {
        return await readSnapshot(path, handle, tables);
      } finally {
        await handle.close();
      }
    },
    write: async (snapshot) => {
      const temporary = `${path}.tmp`;
      const handle = await open(temporary, 'w', 0o600);
      try {
        const sink = createSink(handle);
        await writeSnapshot(snapshot, sink, options);
        await sink.finish();
      } catch (error) {
        // Gives the room back: on a full disk the journal needs it more.
        await rm(temporary, { force: true }).catch(() => undefined);
        throw error;
      } finally {
        await handle.close();
      }
      await rename(temporary, path);
      await syncDirectory(dirname(path));
    },
  };
};
