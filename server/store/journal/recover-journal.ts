/**
 * Reads the journal at start: checks it, replays what the snapshot lacks, and tells a torn tail (a
 * write that a crash cut short, which nobody was told of) from damage (something known durable that
 * is not there any more).
 */
import { open, stat, type FileHandle } from 'node:fs/promises';

import { readArchiveNote } from './archive-note.ts';
import { damaged } from '../folder/damaged.ts';
import { createSlices } from '../folder/files.ts';
import { listSegments, type Segment } from './journal-file.ts';
import { readLines } from './lines.ts';
import {
  decodeQuickly,
  decodeRecord,
  followChain,
  noHash,
  type ChainPosition,
  type JournalRecord,
} from './record.ts';

export interface RecoverQuery {
  readonly directory: string;
  /** Records after this one are given to `onRecord`. */
  readonly from: number;
  /** A record that must be there, by seq and hash: the last that the snapshot has. */
  readonly to: { readonly seq: number; readonly hash: string };
  /** A seq that was known durable, by whatever evidence. */
  readonly durable: number;
  /** Nothing above this one is looked at: another process is just writing it. */
  readonly until?: number | undefined;
  /** At least this much of the journal's end is checked, replayed or not. */
  readonly checkBytes: number;
  /** Whether documents may have been erased among the records after `from`. */
  readonly erasedAllowed?: boolean | undefined;
  readonly onRecord: (record: JournalRecord) => void;
}

/** The bytes after the last good record of the newest segment. */
export interface TornTail {
  readonly path: string;
  readonly line: number;
  readonly offset: number;
  readonly reason: string;
}

export interface Recovered {
  readonly seq: number;
  readonly hash: string;
  /** The newest segment and the length of what is good in it; none in an empty journal. */
  readonly segment: Segment | undefined;
  readonly size: number;
  readonly replayed: number;
  readonly torn: TornTail | undefined;
}

/** A line that is no good record, and where. */
interface BadLine {
  readonly line: number;
  readonly offset: number;
  readonly reason: string;
}

interface Position extends ChainPosition {
  replayed: number;
}

/** Which segments to read: those with records after `from`, and the newest up to `checkBytes`. */
const segmentsToRead = async (
  segments: readonly Segment[],
  query: RecoverQuery,
): Promise<readonly Segment[]> => {
  let start = segments.length;
  let bytes = 0;
  while (start > 0) {
    const segment = segments[start - 1];
    const next = segments[start];
    if (segment === undefined) break;
    const needed = next === undefined || next.first > Math.min(query.from, query.to.seq) + 1;
    if (!needed && bytes >= query.checkBytes) break;
    bytes += (await stat(segment.path)).size;
    start -= 1;
  }
  return segments.slice(start);
};

const take = (line: string, at: Position, query: RecoverQuery): string | undefined => {
  const record = decodeQuickly(line);
  if (typeof record === 'string') return record;
  const { seq, hash } = record.header;
  if (seq === query.to.seq && hash !== query.to.hash) {
    return `record ${seq} is not the one that the snapshot was made with`;
  }
  const wrong = followChain(at, record);
  if (wrong !== undefined || seq <= query.from) return wrong;
  const erased = Object.entries(record.documents).find(([, document]) => document === null);
  if (erased !== undefined && query.erasedAllowed !== true) {
    return `the document ${erased[0]} was erased but is still needed`;
  }
  query.onRecord(record);
  at.replayed += 1;
  return undefined;
};

/** Reads one segment; ends at the first bad line. `size`: the bytes of the good ones. */
const readSegment = async (
  handle: FileHandle,
  at: Position,
  query: RecoverQuery,
): Promise<{ readonly size: number; readonly bad?: BadLine }> => {
  const pause = createSlices(50);
  let number = 0;
  let size = 0;
  for await (const { lines, offset, bytes, terminated } of readLines(handle)) {
    let start = offset;
    for (const line of lines) {
      if (at.seq === query.until) return { size };
      number += 1;
      const reason = terminated ? take(line, at, query) : 'it has no end';
      if (reason !== undefined) return { size, bad: { line: number, offset: start, reason } };
      start += Buffer.byteLength(line) + 1;
      size = start;
    }
    size = offset + bytes;
    await pause();
  }
  return { size };
};

/**
 * Whether bad bytes at the end of the newest segment are what a crash leaves: not known durable, and
 * either a last line without its end or pages that were never written (NUL).
 */
const isTorn = async (
  handle: FileHandle,
  bad: BadLine,
  seq: number,
  durable: number,
): Promise<boolean> => {
  if (durable > seq) return false;
  let torn = false;
  for await (const { lines, terminated } of readLines(handle, bad.offset)) {
    for (const line of lines) {
      if (!terminated || line.includes('\0')) torn = true;
      const record = decodeRecord(line);
      if (typeof record !== 'string' && record.header.durable > seq) return false;
    }
  }
  return torn;
};

/** Rolling makes a segment before it writes to it, so the newest may be empty. */
const withoutEmpty = async (segments: readonly Segment[]): Promise<readonly Segment[]> => {
  const filled: Segment[] = [];
  for (const segment of segments) if ((await stat(segment.path)).size > 0) filled.push(segment);
  return filled;
};

/** Where the reading begins: before the first segment, or where an archive ended with nothing after it. */
const beginning = async (
  reading: readonly Segment[],
  query: RecoverQuery,
): Promise<ChainPosition> => {
  const [first] = reading;
  if (first !== undefined) return { seq: first.first - 1, hash: undefined };
  const note = query.to.seq === 0 ? undefined : await readArchiveNote(query.directory);
  return note?.through === query.to.seq && note.hash === query.to.hash
    ? { seq: note.through, hash: note.hash }
    : { seq: 0, hash: undefined };
};

/** Reads and checks the journal. Throws `StoreError` `damaged` with file and line. Writes nothing. */
export const recoverJournal = async (query: RecoverQuery): Promise<Recovered> => {
  const segments = await withoutEmpty(await listSegments(query.directory));
  const reading = await segmentsToRead(segments, query);
  const at: Position = { ...(await beginning(reading, query)), replayed: 0 };
  if (at.seq > query.from) {
    throw damaged(
      reading[0]?.path ?? '',
      `the records ${query.from + 1} to ${at.seq} before it are missing`,
    );
  }
  let size = 0;
  let torn: TornTail | undefined;
  for (const segment of reading) {
    if (at.seq === query.until) break;
    if (segment.first !== at.seq + 1) {
      throw damaged(segment.path, `it should begin with record ${at.seq + 1}`);
    }
    const handle = await open(segment.path, 'r');
    try {
      const read = await readSegment(handle, at, query);
      size = read.size;
      if (read.bad === undefined) continue;
      const isNewest = segment === reading.at(-1);
      const durable = Math.max(query.durable, query.to.seq);
      if (!isNewest || !(await isTorn(handle, read.bad, at.seq, durable))) {
        throw damaged(segment.path, `this line is damaged (${read.bad.reason})`, read.bad.line);
      }
      torn = { path: segment.path, ...read.bad };
    } finally {
      await handle.close();
    }
  }
  checkEnd(at, segments.at(-1), query);
  return {
    seq: at.seq,
    hash: at.hash ?? noHash,
    segment: segments.at(-1),
    size,
    replayed: at.replayed,
    torn,
  };
};

const checkEnd = (at: Position, newest: Segment | undefined, query: RecoverQuery): void => {
  const known = Math.max(query.durable, query.to.seq);
  if (at.seq >= known) return;
  throw damaged(
    newest?.path ?? `${query.directory}/journal`,
    `the journal ends with record ${at.seq}, but record ${known} was stored`,
  );
};
