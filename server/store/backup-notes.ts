/** `backups.jsonl` in a data folder: which backups were made of it, so that a message can name the newest. */
import { appendFile, chmod, chown, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { exists } from './files.ts';

export interface BackupNote {
  /** RFC 3339. */
  readonly at: string;
  readonly file: string;
  readonly seq: number;
}

const notesPath = (directory: string): string => join(directory, 'backups.jsonl');

/** Notes a backup. Best effort: who may read the folder but not write to it can still back it up. */
export const noteBackup = async (directory: string, note: BackupNote): Promise<void> => {
  try {
    await appendFile(notesPath(directory), `${JSON.stringify(note)}\n`, { mode: 0o600 });
    await chmod(notesPath(directory), 0o600);
    // A backup that root makes must not leave a file that the server's own user can't read.
    const { uid, gid } = await stat(directory);
    if (process.getuid?.() === 0) await chown(notesPath(directory), uid, gid);
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
