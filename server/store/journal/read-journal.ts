/** Reading headers back from the journal's files, oldest or newest first, a page of them. */
import { open, type FileHandle } from 'node:fs/promises';

import { errorCode } from '../folder/files.ts';
import { listSegments, type Segment } from './journal-file.ts';
import { readLines, readLinesBackwards } from './lines.ts';
import { decodeRecord, type JournalRecord } from './record.ts';
import { damaged } from '../folder/damaged.ts';
import type { EntriesQuery, JournalHeader } from '../store.ts';

/** The length of every record's line up to its seq's end: `{"seq":123,`. */
const seqPattern = /^\{"seq":(\d+),/u;

/** The seq of the first whole line at or after an offset, and where that line starts. */
const probe = async (
  handle: FileHandle,
  offset: number,
  end: number,
): Promise<{ readonly seq: number; readonly start: number } | undefined> => {
  // One byte earlier, so that a line which starts exactly at the offset is found.
  let position = Math.max(offset - 1, 0);
  let isLineStart = offset === 0;
  const piece = Buffer.allocUnsafe(1 << 12);
  while (position < end) {
    const { bytesRead } = await handle.read(piece, 0, piece.length, position);
    if (bytesRead === 0) return undefined;
    const newline = isLineStart ? -1 : piece.subarray(0, bytesRead).indexOf(10);
    if (!isLineStart && newline === -1) {
      position += bytesRead;
      continue;
    }
    const start = position + newline + 1;
    if (start >= end) return undefined;
    isLineStart = true;
    const head = Buffer.alloc(32);
    const { bytesRead: read } = await handle.read(head, 0, head.length, start);
    const seq = seqPattern.exec(head.toString('latin1', 0, read))?.[1];
    return seq === undefined ? undefined : { seq: Number(seq), start };
  }
  return undefined;
};

/** Where the line of the first record with a seq of at least `seq` starts: a binary search by bytes. */
export const offsetOf = async (handle: FileHandle, seq: number, end: number): Promise<number> => {
  let low = 0;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const found = await probe(handle, middle, end);
    if (found === undefined || found.seq >= seq) high = middle;
    else low = found.start + 1;
  }
  return (await probe(handle, low, end))?.start ?? end;
};

const parse = (line: string, segment: Segment): JournalRecord => {
  const record = decodeRecord(line);
  if (typeof record === 'string') throw damaged(segment.path, `a record is damaged (${record})`);
  return record;
};

/** Opens a segment; undefined when it was archived a moment ago. */
const openForReading = async (segment: Segment): Promise<FileHandle | undefined> => {
  try {
    return await open(segment.path, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
};

interface Range {
  /** Exclusive. */
  readonly after: number;
  /** Exclusive. */
  readonly before: number;
}

async function* forwards(segment: Segment, range: Range): AsyncGenerator<JournalRecord> {
  const handle = await openForReading(segment);
  if (handle === undefined) return;
  try {
    const { size } = await handle.stat();
    const start = await offsetOf(handle, range.after + 1, size);
    for await (const { lines, terminated } of readLines(handle, start, size)) {
      if (!terminated) return;
      for (const line of lines) {
        // Beyond `before` there may be what is just being written: not even looked at.
        if (Number(seqPattern.exec(line)?.[1] ?? 0) >= range.before) return;
        yield parse(line, segment);
      }
    }
  } finally {
    await handle.close();
  }
}

async function* backwards(segment: Segment, range: Range): AsyncGenerator<JournalRecord> {
  const handle = await openForReading(segment);
  if (handle === undefined) return;
  try {
    const { size } = await handle.stat();
    const end = await offsetOf(handle, range.before, size);
    for await (const line of readLinesBackwards(handle, end)) {
      const record = parse(line, segment);
      if (record.header.seq <= range.after) return;
      yield record;
    }
  } finally {
    await handle.close();
  }
}

/** The records of a folder's journal; nothing above `durable` is given out. */
export async function* readRecords(
  directory: string,
  durable: number,
  query: EntriesQuery = {},
): AsyncGenerator<JournalRecord> {
  const range: Range = {
    after: query.after ?? 0,
    before: Math.min(query.before ?? durable + 1, durable + 1),
  };
  const all = await listSegments(directory);
  const segments = all.filter(
    (segment, index) =>
      segment.first < range.before &&
      (all[index + 1]?.first ?? Number.POSITIVE_INFINITY) > range.after + 1,
  );
  let left = query.limit ?? Number.POSITIVE_INFINITY;
  if (left <= 0) return;
  for (const segment of query.newest === true ? segments.toReversed() : segments) {
    const records = query.newest === true ? backwards(segment, range) : forwards(segment, range);
    for await (const record of records) {
      yield record;
      left -= 1;
      if (left <= 0) return;
    }
  }
}

/** The same, headers only: the journal as an audit log. */
export async function* readHeaders(
  directory: string,
  durable: number,
  query?: EntriesQuery,
): AsyncGenerator<JournalHeader> {
  for await (const record of readRecords(directory, durable, query)) yield record.header;
}
