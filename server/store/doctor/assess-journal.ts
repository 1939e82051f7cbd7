/**
 * What of a damaged journal can still be read, and what a folder would be without the rest: the choice
 * that is left where no backup has everything. Reads only.
 */
import { open } from 'node:fs/promises';
import { basename } from 'node:path';

import { readArchiveNote, type ArchiveNote } from '../journal/archive-note.ts';
import type { GiveUp, JournalPlace } from './finding.ts';
import { listSegments, type Segment } from '../journal/journal-file.ts';
import { readLineBytes } from '../journal/lines.ts';
import { rebuild } from '../snapshot/rebuild.ts';
import { decodeRecord, noHash, type JournalRecord } from '../journal/record.ts';
import type { SnapshotFoot } from '../snapshot/snapshot-format.ts';

/** Records that continue each other without a gap. */
interface Run {
  readonly first: number;
  /** The hash that its first record continues. */
  readonly prev: string;
  readonly start: JournalPlace;
  last: number;
  /** Behind its last record. */
  end: JournalPlace;
  hash: string;
}

interface Reading {
  readonly runs: readonly Run[];
  /** The snapshot is not of this journal: nobody can tell which of them is right. */
  readonly contradicts: boolean;
  /** Lines behind the last run that are no records and no unfinished write either. */
  readonly badAtEnd: number;
}

/** The lines of a file, each with where it starts and ends. */
async function* linesOf(
  path: string,
): AsyncGenerator<{ text: string; start: number; end: number }> {
  const handle = await open(path, 'r');
  try {
    for await (const { raw, offset, terminated } of readLineBytes(handle)) {
      for (let start = 0; start <= raw.length;) {
        const newline = raw.indexOf(10, start);
        const end = newline === -1 ? raw.length : newline;
        // What has no end counts as damaged, whatever it says.
        const text = terminated ? raw.toString('utf8', start, end) : '\0';
        yield { text, start: offset + start, end: offset + end + 1 };
        start = end + 1;
      }
    }
  } finally {
    await handle.close();
  }
}

const continues = (run: Run | undefined, { header }: JournalRecord): run is Run =>
  run !== undefined && header.seq === run.last + 1 && header.prev === run.hash;

/** Reads all segments, on behind what is damaged. */
const readRuns = async (
  segments: readonly Segment[],
  snapshot: SnapshotFoot | undefined,
): Promise<Reading> => {
  const runs: Run[] = [];
  let run: Run | undefined;
  let badAtEnd = 0;
  let contradicts = false;
  for (const { path } of segments) {
    const segment = basename(path);
    for await (const { text, start, end } of linesOf(path)) {
      const record = decodeRecord(text);
      if (typeof record === 'string') {
        run = undefined;
        if (!text.includes('\0')) badAtEnd += 1;
        continue;
      }
      const { seq, prev, hash } = record.header;
      badAtEnd = 0;
      contradicts ||= seq === snapshot?.to && hash !== snapshot.hash;
      if (continues(run, record)) {
        run.last = seq;
        run.hash = hash;
        run.end = { segment, offset: end };
      } else {
        const place = { segment, offset: start };
        run = { first: seq, prev, start: place, last: seq, end: { segment, offset: end }, hash };
        runs.push(run);
      }
    }
  }
  return { runs, contradicts, badAtEnd };
};

export interface Assessment {
  readonly directory: string;
  /** Undefined where it can't be read. */
  readonly snapshot: SnapshotFoot | undefined;
  /** The highest seq that was known durable by other evidence. */
  readonly durable: number;
}

interface Known extends Assessment {
  readonly runs: readonly Run[];
  /** The first record that the folder should have. */
  readonly start: number;
  /** The last record that there was. */
  readonly last: number;
  readonly note: ArchiveNote | undefined;
}

/** All documents are there without the damaged records: in the snapshot, and in the records after them. */
const withoutLoss = ({ snapshot, runs, start, last }: Known): GiveUp | undefined => {
  if (snapshot === undefined) return undefined;
  const { from, to, hash } = snapshot;
  const tail = runs.at(-1);
  const isComplete =
    tail !== undefined &&
    tail.first > start &&
    tail.first <= from + 1 &&
    tail.last >= last &&
    (tail.first <= to || tail.prev === hash);
  if (isComplete) {
    const through = tail.first - 1;
    const plan = { kind: 'begin', through, hash: tail.prev, from: tail.start } as const;
    return { first: start, last: through, losesChanges: false, plan };
  }
  // A snapshot that was written while nothing changed needs no record to be exact.
  if (from !== to || last !== to || to < start) return undefined;
  const plan = { kind: 'begin', through: to, hash, from: undefined } as const;
  return { first: start, last: to, losesChanges: false, plan };
};

/** Going back to the last record before the damage. */
const goingBack = async (known: Known): Promise<GiveUp | undefined> => {
  const { directory, snapshot, runs, start, last, note } = known;
  const [head] = runs;
  const before = start === 1 ? noHash : note?.through === start - 1 ? note.hash : undefined;
  if (head === undefined || head.first !== start || head.prev !== before || head.last >= last)
    return undefined;
  const first = head.last + 1;
  const plan = { kind: 'end', seq: head.last, end: head.end } as const;
  const offer = { first, last, losesChanges: true } as const;
  if (snapshot !== undefined && head.first <= snapshot.from + 1 && head.last >= snapshot.to)
    return { ...offer, plan: { ...plan, rebuilds: false } };
  if (head.first !== 1) return undefined;
  const rebuilt = await rebuild(directory, 0, head.last);
  return 'impossible' in rebuilt ? undefined : { ...offer, plan: { ...plan, rebuilds: true } };
};

const readNote = async (directory: string): Promise<ArchiveNote | undefined> => {
  try {
    return await readArchiveNote(directory);
  } catch {
    return undefined;
  }
};

/** What may be given up so that the folder can be served; undefined when nothing helps but a backup. */
export const assessJournal = async (assessment: Assessment): Promise<GiveUp | undefined> => {
  const { directory, snapshot, durable } = assessment;
  const segments = await listSegments(directory);
  const { runs, contradicts, badAtEnd } = await readRuns(segments, snapshot);
  if (contradicts) return undefined;
  const note = await readNote(directory);
  const read = Math.max(0, ...runs.map((run) => run.last));
  const last = Math.max(durable, snapshot?.to ?? 0, read + badAtEnd);
  // What was not finished the last time may have left files that the note already takes for gone.
  const start = Math.min((note?.through ?? 0) + 1, segments[0]?.first ?? Number.POSITIVE_INFINITY);
  const known: Known = { ...assessment, runs, start, last, note };
  return withoutLoss(known) ?? (await goingBack(known));
};
