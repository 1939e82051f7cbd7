/** Reads the whole journal and finds any record that was edited, removed or put in another place. */
import { open } from 'node:fs/promises';

import { readArchiveNote, type ArchiveNote } from './archive-note.ts';
import type { Checkpoint } from './checkpoints.ts';
import {
  bySeq,
  readExpected,
  type Expected,
  type ExpectedOptions,
  type JournalProblem,
} from './expected-records.ts';
import { createSlices, messageOf } from '../folder/files.ts';
import { listSegments, type Segment } from './journal-file.ts';
import { readableTo } from './journal-view.ts';
import { readLines } from './lines.ts';
import { readLockNote } from '../folder/lock.ts';
import { decodeRecord, giveUpAction, noHash, raisedEra, type JournalRecord } from './record.ts';

export interface VerifyOptions extends ExpectedOptions {
  /** Records read so far. */
  readonly onProgress?: ((records: number) => void) | undefined;
}

export interface VerifyReport {
  readonly ok: boolean;
  readonly records: number;
  /** The first and the last record's seq; 0 in an empty journal. */
  readonly first: number;
  readonly last: number;
  /** The last record's hash. */
  readonly hash: string;
  /** Documents whose bodies were erased on purpose. */
  readonly erased: number;
  /** Checkpoints that the journal fits. */
  readonly checkpoints: number;
  /** The newest of those. */
  readonly newestCheckpoint: number;
  /** Checkpoints of what came after a backup that was restored: the journal says when that was. */
  readonly leftBehind: number;
  /** Damaged records that somebody gave up, as FIRST-LAST: they are kept in the set-aside folder. */
  readonly givenUp: readonly string[];
  /** Records up to this one were archived, or given up. */
  readonly archivedThrough: number;
  /** An unfinished write at the end, never acknowledged: the next start cuts it off. */
  readonly unfinished: boolean;
  readonly problems: readonly JournalProblem[];
}

/** No more than so many problems are listed. */
const problemLimit = 100;

interface Walk {
  seq: number;
  /** Undefined after a record that can't be read. */
  hash: string | undefined;
  records: number;
  erased: number;
  unfinished: boolean;
  readonly problems: JournalProblem[];
  /** What the hash of a record must be, by checkpoints and the snapshot. */
  readonly expected: ReadonlyMap<number, readonly Expected[]>;
  fitting: number;
  newest: number;
  leftBehind: number;
  readonly givenUp: string[];
  readonly restores: { readonly era: number; readonly seq: number }[];
}

const report = (walk: Walk, file: string, message: string, line?: number): void => {
  if (walk.problems.length < problemLimit) walk.problems.push({ file, line, message });
};

const missing = (first: number, last: number): string =>
  first === last ? `Record ${first} is missing.` : `Records ${first} to ${last} are missing.`;

/** Checks a record's place, and goes on from it even when that is wrong. */
const checkPlace = (walk: Walk, { header }: JournalRecord): string | undefined => {
  const { seq, prev } = header;
  const expected = walk.seq === 0 ? noHash : walk.hash;
  const next = walk.seq + 1;
  if (seq > next) return missing(next, seq - 1);
  if (seq < next) return `Record ${seq} is out of its order: record ${next} should be here.`;
  if (expected !== undefined && prev !== expected) {
    return `Record ${seq} does not continue the one before it: one of them was replaced.`;
  }
  return undefined;
};

/** A restore or giving up goes back to an earlier record and raises the era: what came after it in old eras is gone. */
const isLeftBehind = (walk: Walk, { seq, era }: Checkpoint): boolean =>
  walk.restores.some((restore) => restore.era > era && restore.seq < seq);

const noteRestore = (walk: Walk, { header }: JournalRecord): void => {
  const raised = raisedEra(header);
  if (raised !== undefined) walk.restores.push(raised);
  if (header.action === giveUpAction) walk.givenUp.push(header.target);
};

const checkExpected = (walk: Walk, { header }: JournalRecord): string | undefined => {
  let wrong: string | undefined;
  for (const expected of walk.expected.get(header.seq) ?? []) {
    const { source, hash, isCheckpoint } = expected;
    if (isLeftBehind(walk, expected)) {
      walk.leftBehind += 1;
    } else if (hash !== header.hash) {
      wrong = `Record ${header.seq} is not the one that ${source} was made of: the journal was rewritten.`;
    } else if (isCheckpoint) {
      walk.fitting += 1;
      walk.newest = Math.max(walk.newest, header.seq);
    }
  }
  return wrong;
};

const checkLine = (walk: Walk, text: string): string | undefined => {
  const record = decodeRecord(text);
  if (typeof record === 'string') {
    walk.seq += 1;
    walk.hash = undefined;
    return `Record ${walk.seq} was changed: ${record}.`;
  }
  noteRestore(walk, record);
  const wrong = checkPlace(walk, record) ?? checkExpected(walk, record);
  walk.seq = record.header.seq;
  walk.hash = record.header.hash;
  walk.records += 1;
  for (const document of Object.values(record.documents)) if (document === null) walk.erased += 1;
  return wrong;
};

const verifySegment = async (
  walk: Walk,
  segment: Segment,
  isNewest: boolean,
  limit: number,
  options: VerifyOptions,
): Promise<void> => {
  const handle = await open(segment.path, 'r');
  const pause = createSlices(20);
  let number = 0;
  try {
    for await (const { lines, terminated } of readLines(handle)) {
      for (const line of lines) {
        if (walk.seq >= limit) return;
        number += 1;
        if (!terminated && isNewest) {
          walk.unfinished = true;
          return;
        }
        const wrong = checkLine(walk, line);
        if (wrong !== undefined) report(walk, segment.path, wrong, number);
        await pause();
      }
      options.onProgress?.(walk.records);
    }
  } finally {
    await handle.close();
  }
};

const readNote = async (
  directory: string,
  problems: JournalProblem[],
): Promise<ArchiveNote | undefined> => {
  try {
    return await readArchiveNote(directory);
  } catch (error) {
    problems.push({ file: directory, message: messageOf(error) });
    return undefined;
  }
};

/** What was promised beyond the end: a tail was cut off. */
const checkEnd = (
  walk: Walk,
  segments: readonly Segment[],
  noted: number,
  options: VerifyOptions,
): void => {
  const after = [...walk.expected.values()].flat().filter(({ seq }) => seq > walk.seq);
  const beyond = after.filter((expected) => !isLeftBehind(walk, expected));
  walk.leftBehind += after.length - beyond.length;
  const furthest = beyond.toSorted((a, b) => b.seq - a.seq)[0];
  const file = segments.at(-1)?.path ?? options.directory;
  if (furthest !== undefined) {
    report(
      walk,
      file,
      `The journal ends with record ${walk.seq}, but ${furthest.source} was made of record ${furthest.seq}: its end was cut off.`,
    );
  } else if (noted > walk.seq) {
    report(
      walk,
      file,
      `The journal ends with record ${walk.seq}, but record ${noted} was stored: its end was cut off.`,
    );
  }
};

/** Verifies the journal of a folder, whether or not a server has it open. Changes nothing. */
export const verifyJournal = async (options: VerifyOptions): Promise<VerifyReport> => {
  const { directory } = options;
  const problems: JournalProblem[] = [];
  const expected = await readExpected(options, problems);
  // Read after the checkpoints, which are of what was durable then.
  const limit = readableTo(directory);
  const noted = Math.min(readLockNote(directory)?.durable ?? 0, limit);
  const note = await readNote(directory, problems);
  const segments = await listSegments(directory);
  const archived = note?.through ?? 0;
  // A crash during an archive may have left records both here and there.
  const start = Math.min(archived, (segments[0]?.first ?? 1) - 1);
  const walk: Walk = {
    seq: start,
    hash: start === archived ? note?.hash : undefined,
    records: 0,
    erased: 0,
    unfinished: false,
    problems,
    expected: bySeq(expected.filter(({ seq }) => seq > start)),
    fitting: 0,
    newest: 0,
    leftBehind: 0,
    givenUp: [],
    restores: [],
  };
  for (const segment of segments) {
    await verifySegment(walk, segment, segment === segments.at(-1), limit, options);
  }
  checkEnd(walk, segments, noted, options);
  return {
    ok: problems.length === 0,
    records: walk.records,
    first: walk.records === 0 ? 0 : walk.seq - walk.records + 1,
    last: walk.seq,
    hash: walk.hash ?? noHash,
    erased: walk.erased,
    checkpoints: walk.fitting,
    newestCheckpoint: walk.newest,
    leftBehind: walk.leftBehind,
    givenUp: walk.givenUp,
    archivedThrough: archived,
    unfinished: walk.unfinished,
    problems,
  };
};
