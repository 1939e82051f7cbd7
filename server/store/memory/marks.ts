/**
 * marks.json: state that may be minutes old. Kept in memory, written aside from the journal every
 * minute or so, one mark a line. When it can't be read the server starts without it: marks come back
 * by themselves as machines check in. Each has a checksum, and is checked when somebody asks for it.
 */
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

import { createSlices, errorCode, messageOf, replaceFile, syncDirectory } from '../folder/files.ts';
import { writeAll } from '../journal/journal-file.ts';
import { createLargeMap, type LargeMap } from './large-map.ts';
import { readLines } from '../journal/lines.ts';
import type { Log } from '../folder/log.ts';
import type { Mark, Marks } from '../store.ts';

export interface StoredMarks extends Marks {
  /** Writes them if any changed since. Never throws: what fails is logged and tried again later. */
  save(): Promise<void>;
  /** Saves them for the last time: the next process knows that it has all. */
  close(): Promise<void>;
}

export const marksPath = (directory: string): string => join(directory, 'marks.json');

/** Milliseconds that a promise may last beyond the day on which it was given: a year, the longest lease, and a bit. */
const longest = 400 * 86_400_000;

const isOptional = (value: unknown, type: 'number' | 'string'): boolean =>
  value === undefined || typeof value === type;

interface Checked extends Mark {
  /** CRC-32 of the id and the rest; earlier versions wrote none. */
  readonly check?: number;
}

const isMark = (value: unknown): value is Checked => {
  if (typeof value !== 'object' || value === null) return false;
  const { at, version, until, from, check, ...more } = value as Record<string, unknown>;
  return (
    typeof at === 'number' &&
    isOptional(version, 'string') &&
    isOptional(until, 'number') &&
    isOptional(from, 'string') &&
    isOptional(check, 'number') &&
    Object.keys(more).length === 0
  );
};

/** There while a process may set marks that are not saved: how far they are. */
const unsavedPath = (directory: string): string => join(directory, 'marks.unsaved.json');

/** Until when the marks of a process that is gone are all saved; null when it closed them, or kept no account. */
const readUnsaved = async (directory: string): Promise<number | null> => {
  try {
    const note: unknown = JSON.parse(await readFile(unsavedPath(directory), 'utf8'));
    return isMark(note) ? note.at : 0;
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? null : 0;
  }
};

const checkOf = (id: string, mark: Mark): number => crc32(`${id} ${JSON.stringify(mark)}`);

const markText = (id: string, mark: Mark): string => {
  // In one order, whoever made it.
  const { at, version, until, from } = mark;
  const ordered = { at, version, until, from };
  return JSON.stringify({ ...ordered, check: checkOf(id, ordered) });
};

/** A mark, or still its JSON until somebody asks for it: a start may find a million of them. */
type StoredMark = Mark | string;

/** Undefined for a damaged one. */
const parseMark = (id: string, text: string): Mark | undefined => {
  try {
    const mark: unknown = JSON.parse(text);
    if (!isMark(mark)) return undefined;
    const { at, version, until, from, check } = mark;
    if (check !== undefined && check !== checkOf(id, { at, version, until, from }))
      return undefined;
    return { at, version, until: until && Math.min(until, at + longest), from };
  } catch {
    return undefined;
  }
};

const markStart = ':{"at":';

/** Files a line of the file; false when it is none of a mark. */
const fileLine = (marks: LargeMap<StoredMark>, line: string): boolean => {
  const end = line.indexOf('"', 1);
  if (!line.startsWith('"') || !line.startsWith(markStart, end + 1)) return false;
  const id = line.slice(1, end);
  const text = line.slice(end + 2, line.endsWith(',') ? -1 : undefined);
  // The ids that licet makes need no escapes.
  if (id === '' || id.includes('\\') || !text.endsWith('}')) return false;
  marks.set(id, text);
  return true;
};

const readMarks = async (path: string, log: Log): Promise<LargeMap<StoredMark>> => {
  const marks = createLargeMap<StoredMark>();
  let bad = 0;
  try {
    const handle = await open(path, 'r');
    try {
      // By lines, each by itself: one bad line costs one mark.
      for await (const { lines } of readLines(handle)) {
        for (const line of lines) {
          if (line !== '{' && line !== '}' && !fileLine(marks, line)) bad += 1;
        }
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') {
      log.warn({ file: path, error: messageOf(error) }, 'The last-seen marks could not be read.');
    }
    return marks;
  }
  if (bad > 0) {
    log.warn({ file: path, lines: bad }, 'Some last-seen marks were damaged and are left out.');
  }
  return marks;
};

const writeMarks = async (path: string, marks: LargeMap<StoredMark>): Promise<void> => {
  const temporary = `${path}.tmp`;
  const handle = await open(temporary, 'w', 0o600);
  const pause = createSlices(2);
  try {
    let position = 0;
    let text = '{';
    let separator = '\n';
    for (const part of marks.parts()) {
      for (const [id, mark] of part) {
        text += `${separator}${JSON.stringify(id)}:${typeof mark === 'string' ? mark : markText(id, mark)}`;
        separator = ',\n';
        if (text.length < 1 << 16) continue;
        const bytes = Buffer.from(text);
        text = '';
        await writeAll(handle, bytes, position);
        position += bytes.length;
        await pause();
      }
    }
    await writeAll(handle, Buffer.from(`${text}\n}\n`), position);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
};

/** Reads the marks of a data folder; `writable`: to be changed and saved. */
export const openMarks = async (
  directory: string,
  log: Log,
  now: () => number,
  { writable }: { readonly writable: boolean },
): Promise<StoredMarks> => {
  const path = marksPath(directory);
  const marks = await readMarks(path, log);
  const from = await readUnsaved(directory);
  const lost = from === null ? null : { from, until: now() };
  const noteSaved = (at: number): Promise<void> =>
    replaceFile(unsavedPath(directory), `${JSON.stringify({ at })}\n`);
  if (writable) await noteSaved(now());
  let changed = false;
  let saving: Promise<void> | undefined;

  const isSaving = (): boolean => saving !== undefined;

  const save = async (): Promise<void> => {
    const at = now();
    try {
      if (changed) {
        changed = false;
        await writeMarks(path, marks);
        await syncDirectory(directory);
      }
      await noteSaved(at);
    } catch (error) {
      changed = true;
      log.warn(
        { file: path, error: messageOf(error) },
        'The last-seen marks could not be written.',
      );
    }
  };

  const saveNow = async (): Promise<void> => {
    while (isSaving()) await saving;
    saving = save();
    await saving;
    saving = undefined;
  };

  return {
    get: (id) => {
      const stored = marks.get(id);
      if (typeof stored !== 'string') return stored;
      const mark = parseMark(id, stored);
      if (mark === undefined) marks.delete(id);
      else marks.set(id, mark);
      return mark;
    },
    set: (id, mark) => {
      marks.set(id, mark);
      changed = true;
    },
    delete: (id) => {
      changed = marks.delete(id) || changed;
    },
    idsOf: async (prefix) => {
      const pause = createSlices(2);
      const found: string[] = [];
      for (const part of marks.parts()) {
        for (const id of part.keys()) if (id.startsWith(prefix)) found.push(id);
        await pause();
      }
      return found;
    },
    lost: () => lost,
    save: saveNow,
    close: async () => {
      await saveNow();
      if (changed) return;
      await rm(unsavedPath(directory), { force: true });
      await syncDirectory(directory);
    },
  };
};
