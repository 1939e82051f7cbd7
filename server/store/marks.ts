/**
 * marks.json: state that may be minutes old. Kept in memory, written aside from the journal every
 * minute or so, one mark a line. When it can't be read the server starts without it: marks come back
 * by themselves as machines check in.
 */
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

import { createSlices, errorCode, messageOf, syncDirectory } from './files.ts';
import { writeAll } from './journal-file.ts';
import type { Log } from './log.ts';
import type { Mark, Marks } from './store.ts';

export interface StoredMarks extends Marks {
  /** Writes them if any changed since. Never throws: what fails is logged and tried again later. */
  save(): Promise<void>;
}

export const marksPath = (directory: string): string => join(directory, 'marks.json');

const isMark = (value: unknown): value is Mark =>
  typeof value === 'object' && value !== null && 'at' in value && typeof value.at === 'number';

const readMarks = async (path: string, log: Log): Promise<Map<string, Mark>> => {
  const marks = new Map<string, Mark>();
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') {
      log.warn({ file: path, error: messageOf(error) }, 'The last-seen marks could not be read.');
    }
    return marks;
  }
  let bad = 0;
  // By lines, each by itself: a million marks are no string, and one bad line costs one mark.
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(10, start);
    const end = newline === -1 ? bytes.length : newline;
    const line = bytes.toString('utf8', start, end).replace(/,$/u, '');
    start = end + 1;
    if (line === '{' || line === '}') continue;
    try {
      const [[id, mark] = []] = Object.entries(JSON.parse(`{${line}}`) as Record<string, unknown>);
      if (id !== undefined && isMark(mark)) marks.set(id, mark);
      else bad += 1;
    } catch {
      bad += 1;
    }
  }
  if (bad > 0) {
    log.warn({ file: path, lines: bad }, 'Some last-seen marks were damaged and are left out.');
  }
  return marks;
};

const writeMarks = async (path: string, marks: ReadonlyMap<string, Mark>): Promise<void> => {
  const temporary = `${path}.tmp`;
  const handle = await open(temporary, 'w', 0o600);
  const pause = createSlices(2);
  try {
    let position = 0;
    let text = '{';
    let separator = '\n';
    for (const [id, mark] of marks) {
      text += `${separator}${JSON.stringify(id)}:${JSON.stringify(mark)}`;
      separator = ',\n';
      if (text.length < 1 << 16) continue;
      const bytes = Buffer.from(text);
      text = '';
      await writeAll(handle, bytes, position);
      position += bytes.length;
      await pause();
    }
    await writeAll(handle, Buffer.from(`${text}\n}\n`), position);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
};

/** Reads the marks of a data folder. */
export const openMarks = async (directory: string, log: Log): Promise<StoredMarks> => {
  const path = marksPath(directory);
  const marks = await readMarks(path, log);
  let changed = false;
  let saving: Promise<void> | undefined;

  const isSaving = (): boolean => saving !== undefined;

  const save = async (): Promise<void> => {
    changed = false;
    try {
      await writeMarks(path, marks);
      await syncDirectory(directory);
    } catch (error) {
      changed = true;
      log.warn(
        { file: path, error: messageOf(error) },
        'The last-seen marks could not be written.',
      );
    }
  };

  return {
    get: (id) => marks.get(id),
    set: (id, mark) => {
      marks.set(id, mark);
      changed = true;
    },
    delete: (id) => {
      changed = marks.delete(id) || changed;
    },
    save: async () => {
      while (isSaving()) await saving;
      if (!changed) return;
      saving = save();
      await saving;
      saving = undefined;
    },
  };
};
