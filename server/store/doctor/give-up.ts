/**
 * Goes on without damaged records, for somebody who named them. The folder is sealed until all is done and
 * journaled; what a crash cut short is begun anew, by the same name. Nothing is thrown away.
 */
import { open, rename, type FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

import { writeArchiveNote } from '../journal/archive-note.ts';
import { damaged } from '../folder/damaged.ts';
import { exists, syncDirectory } from '../folder/files.ts';
import type { GiveUp, GiveUpPlan, JournalPlace } from './finding.ts';
import { journalFolder, listSegments, segmentPath, writeAll } from '../journal/journal-file.ts';
import { createDatabase } from '../folder/load.ts';
import { syncLockNote, type Lock } from '../folder/lock.ts';
import type { Log } from '../folder/log.ts';
import { openGivenUp } from '../folder/open-changed.ts';
import { readHeaders } from '../journal/read-journal.ts';
import { giveUpAction } from '../journal/record.ts';
import { seal, unseal } from '../folder/seal.ts';
import { rebuild, type Rebuilt } from '../snapshot/rebuild.ts';
import type { SetAside } from './set-aside.ts';
import { snapshotPath } from '../snapshot/snapshot-format.ts';
import { StoreError, type Act } from '../store.ts';

export interface GiveUpOptions {
  readonly directory: string;
  readonly now: () => number;
  readonly log: Log;
  readonly lock: Lock;
  readonly aside: SetAside;
}

type Begin = GiveUpPlan & { readonly kind: 'begin' };
type End = GiveUpPlan & { readonly kind: 'end' };

/** Where a file of the journal is now. Throws `StoreError` `damaged` when it isn't there. */
const findSegment = async (directory: string, { segment }: JournalPlace): Promise<string> => {
  const segments = await listSegments(directory);
  const found = segments.find(({ path }) => basename(path) === segment);
  if (found !== undefined) return found.path;
  throw damaged(
    journalFolder(directory),
    `the file ${segment}, in which records are to be given up, is missing`,
  );
};

/** Makes a segment of what follows a place in another one. */
const copyRest = async (source: FileHandle, offset: number, to: string): Promise<void> => {
  const temporary = `${to}.tmp`;
  const target = await open(temporary, 'w', 0o600);
  try {
    const piece = Buffer.allocUnsafe(1 << 20);
    for (let position = offset; ;) {
      const { bytesRead } = await source.read(piece, 0, piece.length, position);
      if (bytesRead === 0) break;
      await writeAll(target, piece.subarray(0, bytesRead), position - offset);
      position += bytesRead;
    }
    await target.sync();
  } finally {
    await target.close();
  }
  await rename(temporary, to);
  await syncDirectory(dirname(to));
};

/** The journal begins behind the damage; what was before it is set aside. */
const beginBehind = async (options: GiveUpOptions, plan: Begin): Promise<void> => {
  const { directory, aside, now } = options;
  const { through, hash, from } = plan;
  const old = await listSegments(directory);
  const fresh = segmentPath(directory, through + 1);
  if (from !== undefined && !(await exists(fresh))) {
    const source = await open(await findSegment(directory, from), 'r');
    try {
      await copyRest(source, from.offset, fresh);
    } finally {
      await source.close();
    }
  }
  const at = new Date(now()).toISOString();
  await writeArchiveNote(directory, { through, hash, at, folder: aside.folder, statement: '' });
  for (const { first, path } of old) if (first <= through) await aside.move(path);
  await syncDirectory(journalFolder(directory));
};

/** The journal ends before the damage; the file that has it is kept whole, and those after it. */
const endBefore = async (options: GiveUpOptions, plan: End): Promise<void> => {
  const { directory, aside } = options;
  const last = await findSegment(directory, plan.end);
  const segments = await listSegments(directory);
  const at = segments.findIndex(({ path }) => path === last);
  for (const { path } of segments.slice(at + 1).toReversed()) await aside.move(path);
  const handle = await open(last, 'r+');
  try {
    if ((await handle.stat()).size > plan.end.offset) {
      await aside.copy(last);
      await handle.truncate(plan.end.offset);
      await handle.sync();
    }
  } finally {
    await handle.close();
  }
  await syncDirectory(journalFolder(directory));
};

/** Writes a snapshot of what a journal led to; the one that is there is set aside. */
export const replaceSnapshot = async (
  options: Pick<GiveUpOptions, 'directory' | 'aside'>,
  { tables, recovered, era, schemaVersion }: Rebuilt,
): Promise<string | undefined> => {
  const { directory, aside } = options;
  const path = snapshotPath(directory);
  const kept = (await exists(path)) ? await aside.move(path) : undefined;
  const { seq, hash } = recovered;
  const database = createDatabase(tables, schemaVersion, {
    directory,
    slice: Number.POSITIVE_INFINITY,
    turn: (work) => work(),
    cover: async () => ({ from: seq, to: seq, hash }),
  });
  database.data = { ...database.data, era };
  await database.write();
  return kept;
};

const carryOut = async (options: GiveUpOptions, plan: GiveUpPlan): Promise<number> => {
  if (plan.kind === 'begin') {
    await beginBehind(options, plan);
    return options.lock.announced;
  }
  // Before anything is changed: where this fails, all stays as it is.
  const rebuilt = plan.rebuilds ? await rebuild(options.directory, 0, plan.seq) : undefined;
  await endBefore(options, plan);
  if (rebuilt === undefined) return plan.seq;
  if ('impossible' in rebuilt) throw new Error(`This can't be done: ${rebuilt.impossible}.`);
  await replaceSnapshot(options, rebuilt);
  return plan.seq;
};

const plural = (first: number, last: number): string =>
  first === last ? `record ${first}` : `records ${first} to ${last}`;

/** The last record, where that says that these were given up: all that is missing then is the seal's end. */
const journaledAs = async (directory: string, target: string): Promise<number | undefined> => {
  try {
    const query = { newest: true, limit: 1 };
    for await (const { seq, action, target: named } of readHeaders(directory, beyondAll, query))
      return action === giveUpAction && named === target ? seq : undefined;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
  return undefined;
};

const beyondAll = Number.MAX_SAFE_INTEGER - 1;

/** Gives records up, journals that, and says what was done in one or two sentences. */
export const giveUp = async (options: GiveUpOptions, offer: GiveUp): Promise<string> => {
  const { directory, now, log, lock, aside } = options;
  const { first, last, losesChanges, plan } = offer;
  const target = `${first}-${last}`;
  const journaled = await journaledAs(directory, target);
  if (journaled === undefined) {
    await seal(directory, { state: 'giving-up', giveUp: offer });
    const seq = await carryOut(options, plan);
    const act = (era: number): Act => ({
      action: giveUpAction,
      target,
      outcome: 'ok',
      details: { ...(plan.kind === 'end' ? { era, seq } : {}), kept: aside.folder },
    });
    const raisesEra = losesChanges;
    const store = await openGivenUp({ directory, now, log, lock, seq, raisesEra, act });
    await store.close();
  } else {
    lock.announce(journaled);
  }
  // It may still name a record that is given up: a start would miss that one.
  await syncLockNote(directory);
  await unseal(directory);
  const what =
    plan.kind === 'end'
      ? `The data is as it was at record ${plan.seq}: ${plural(first, last)} given up.`
      : `The journal goes on without ${plural(first, last)}; no document is lost.`;
  return `${what} What was taken out is kept in ${dirname(aside.folder)}.`;
};
