/** Takes documents out of the journal for good; its headers, with their hashes, stay and still chain. */
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

import { damaged } from '../folder/damaged.ts';
import { createSlices, syncDirectory } from '../folder/files.ts';
import { listSegments, writeAll, type Segment } from './journal-file.ts';
import { readLines } from './lines.ts';
import { decodeRecord, encodeErased, type JournalRecord } from './record.ts';

export interface EraseReport {
  /** How many documents were taken out. */
  readonly documents: number;
  /** Of how many records. */
  readonly records: number;
}

/** Says of a document in the journal, by `collection/id` and hash, whether to take it out. */
export type Erases = (key: string, hash: string) => boolean;

const keysToErase = ({ header, documents }: JournalRecord, erases: Erases): Set<string> => {
  const keys = new Set<string>();
  for (const [key, document] of Object.entries(documents)) {
    const hash = header.bodies[key];
    if (document !== null && typeof hash === 'string' && erases(key, hash)) keys.add(key);
  }
  return keys;
};

/** Copies a segment without those documents. */
const copyWithout = async (
  segment: Segment,
  from: FileHandle,
  to: FileHandle,
  erases: Erases,
): Promise<EraseReport> => {
  const pause = createSlices(2);
  let position = 0;
  let number = 0;
  let records = 0;
  let documents = 0;
  for await (const { lines } of readLines(from)) {
    const kept: string[] = [];
    for (const line of lines) {
      number += 1;
      const record = decodeRecord(line);
      if (typeof record === 'string') {
        throw damaged(segment.path, `this line is damaged (${record})`, number);
      }
      const keys = keysToErase(record, erases);
      kept.push(keys.size === 0 ? line : encodeErased(record, keys));
      if (keys.size > 0) records += 1;
      documents += keys.size;
      await pause();
    }
    const bytes = Buffer.from(`${kept.join('\n')}\n`);
    await writeAll(to, bytes, position);
    position += bytes.length;
  }
  await to.sync();
  return { documents, records };
};

const eraseInSegment = async (segment: Segment, erases: Erases): Promise<EraseReport> => {
  const temporary = `${segment.path}.tmp`;
  const from = await open(segment.path, 'r');
  try {
    const to = await open(temporary, 'w', 0o600);
    let report: EraseReport;
    try {
      report = await copyWithout(segment, from, to, erases);
    } finally {
      await to.close();
    }
    if (report.documents > 0) {
      await rename(temporary, segment.path);
      await syncDirectory(dirname(segment.path));
    }
    return report;
  } finally {
    await from.close();
    await rm(temporary, { force: true });
  }
};

/** Erases in all segments that begin before `before`: those that nothing is written to any more. */
export const eraseInSegments = async (
  directory: string,
  before: number,
  erases: Erases,
): Promise<EraseReport> => {
  let records = 0;
  let documents = 0;
  for (const segment of await listSegments(directory)) {
    if (segment.first >= before) break;
    const report = await eraseInSegment(segment, erases);
    records += report.records;
    documents += report.documents;
  }
  return { documents, records };
};
