/** `journal/archived.json`: how far the journal was moved away, so that what is left still has a beginning. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { damaged } from '../folder/damaged.ts';
import { errorCode, replaceFile } from '../folder/files.ts';
import { journalFolder } from './journal-file.ts';

export interface ArchiveNote {
  /** The last record that was moved away, and its hash. */
  readonly through: number;
  readonly hash: string;
  /** RFC 3339. */
  readonly at: string;
  readonly folder: string;
  /** The signed checkpoint behind which they were moved. */
  readonly statement: string;
}

export const archiveNoteName = 'archived.json';

const notePath = (directory: string): string => join(journalFolder(directory), archiveNoteName);

/** The note; undefined where nothing was archived. Throws `StoreError` `damaged`. */
export const readArchiveNote = async (directory: string): Promise<ArchiveNote | undefined> => {
  let text: string;
  try {
    text = await readFile(notePath(directory), 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const note = JSON.parse(text) as ArchiveNote;
    if (typeof note.through === 'number' && typeof note.hash === 'string') return note;
  } catch {
    // Said below.
  }
  throw damaged(notePath(directory), 'this note of an archive is damaged');
};

/** Writes it durably, in the place of the one before. */
export const writeArchiveNote = (directory: string, note: ArchiveNote): Promise<void> =>
  replaceFile(notePath(directory), `${JSON.stringify(note)}\n`);
