/** `backups.jsonl` in a data folder: which backups were made of it, so that a message can name the newest. */
import { constants } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { exists } from '../folder/files.ts';

export interface BackupNote {
  /** RFC 3339. */
  readonly at: string;
  readonly file: string;
  readonly seq: number;
}

const notesPath = (directory: string): string => join(directory, 'backups.jsonl');

/** What root does here must not be led elsewhere by a link: the folder is another user's. */
const appending =
  constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | constants.O_NOFOLLOW;

/** Notes a backup. Best effort: who may read the folder but not write to it can still back it up. */
export const noteBackup = async (directory: string, note: BackupNote): Promise<void> => {
  try {
    const handle = await open(notesPath(directory), appending, 0o600);
    try {
      await handle.chmod(0o600);
      await handle.writeFile(`${JSON.stringify(note)}\n`);
      // A backup that root makes must not leave a file that the server's own user can't read.
      const { uid, gid } = await stat(directory);
      if (process.getuid?.() === 0) await handle.chown(uid, gid);
    } finally {
      await handle.close();
    }
  } catch {
    // The backup itself is good.
  }
};

const parseNote = (line: string): BackupNote | undefined => {
  try {
    const note = JSON.parse(line) as BackupNote;
    return typeof note.file === 'string' && typeof note.at === 'string' ? note : undefined;
  } catch {
    return undefined;
  }
};

/** The newest backup that is still where it was written. */
export const newestBackup = async (directory: string): Promise<BackupNote | undefined> => {
  let text: string;
  try {
    text = await readFile(notesPath(directory), 'utf8');
  } catch {
    return undefined;
  }
  for (const line of text.split('\n').reverse()) {
    const note = parseNote(line);
    if (note !== undefined && (await exists(note.file).catch(() => false))) return note;
  }
  return undefined;
};
