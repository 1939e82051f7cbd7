/** Moves old segments of the journal to another folder, behind a signed checkpoint. */
import { constants } from 'node:fs';
import { chmod, copyFile, open, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

import { writeArchiveNote, type ArchiveNote } from './archive-note.ts';
import type { Checkpoint } from './checkpoints.ts';
import { damaged } from '../folder/damaged.ts';
import {
  createSlices,
  errorCode,
  makeDirectory,
  replaceFile,
  syncDirectory,
} from '../folder/files.ts';
import { journalFolder, listSegments, type Segment } from './journal-file.ts';
import { readLines } from './lines.ts';
import { decodeRecord, followChain, type ChainPosition } from './record.ts';
import { StoreError } from '../store.ts';

export interface ArchiveOptions {
  /** Records from before this time, in milliseconds since the epoch; whole segments only. */
  readonly before: number;
  /** The folder to move them to; made if need be. */
  readonly to: string;
  /** Makes the signed statement that vouches for what was moved. */
  readonly sign: (checkpoint: Checkpoint) => string | Promise<string>;
}

export interface ArchiveReport {
  readonly segments: number;
  /** The first and the last record that were moved; 0 when nothing was. */
  readonly first: number;
  readonly last: number;
  readonly folder: string;
}

interface Limits {
  /** Records up to this one are in the snapshot, so the journal is not needed for them. */
  readonly covered: number;
  readonly era: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Checks a segment; says where it ends, in the chain and in time. */
const checkSegment = async (
  segment: Segment,
  at: ChainPosition,
): Promise<{ readonly lastAt: number }> => {
  const handle = await open(segment.path, 'r');
  const pause = createSlices(5);
  let number = 0;
  let lastAt = 0;
  try {
    for await (const { lines } of readLines(handle)) {
      for (const line of lines) {
        number += 1;
        const record = decodeRecord(line);
        const wrong = typeof record === 'string' ? record : followChain(at, record);
        if (typeof record === 'string' || wrong !== undefined) {
          throw damaged(segment.path, `this line is damaged (${wrong ?? ''})`, number);
        }
        lastAt = Date.parse(record.header.at);
        await pause();
      }
    }
  } finally {
    await handle.close();
  }
  return { lastAt };
};

/** The oldest segments that may go: old enough, in the snapshot, and never the newest two. */
const chooseSegments = async (
  directory: string,
  before: number,
  limits: Limits,
): Promise<{ readonly chosen: readonly Segment[]; readonly end: ChainPosition }> => {
  const segments = await listSegments(directory);
  const chosen: Segment[] = [];
  const at: ChainPosition = { seq: (segments[0]?.first ?? 1) - 1, hash: undefined };
  let end: ChainPosition = { ...at };
  // The newest may still be empty, and a journal must keep a record to go on from.
  for (const [index, segment] of segments.slice(0, -2).entries()) {
    const last = (segments[index + 1]?.first ?? 0) - 1;
    if (last > limits.covered) break;
    const { lastAt } = await checkSegment(segment, at);
    if (lastAt >= before) break;
    chosen.push(segment);
    end = { ...at };
  }
  return { chosen, end };
};

const copyDurably = async (segment: Segment, to: string): Promise<void> => {
  const path = join(to, basename(segment.path));
  try {
    // Never over a file of an earlier archive.
    await copyFile(segment.path, path, constants.COPYFILE_EXCL);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    throw new StoreError('not-empty', `${path} is there already. Name another folder.`);
  }
  await chmod(path, 0o600);
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Copies first, says so, and only then removes: a crash leaves records twice, never nowhere. */
export const archiveSegments = async (
  directory: string,
  options: ArchiveOptions,
  limits: Limits,
): Promise<ArchiveReport> => {
  const folder = resolve(options.to);
  const { chosen, end } = await chooseSegments(directory, options.before, limits);
  const first = chosen[0]?.first;
  if (first === undefined || end.hash === undefined)
    return { segments: 0, first: 0, last: 0, folder };
  await makeDirectory(folder);
  for (const segment of chosen) await copyDurably(segment, folder);
  const note: ArchiveNote = {
    through: end.seq,
    hash: end.hash,
    at: new Date(limits.now).toISOString(),
    folder,
    statement: await options.sign({ seq: end.seq, hash: end.hash, era: limits.era }),
  };
  await replaceFile(join(folder, `checkpoint-${end.seq}.json`), `${JSON.stringify(note)}\n`);
  await writeArchiveNote(directory, note);
  for (const segment of chosen) await rm(segment.path);
  await syncDirectory(journalFolder(directory));
  return { segments: chosen.length, first, last: end.seq, folder };
};
