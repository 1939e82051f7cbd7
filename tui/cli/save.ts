/** Saves what a command made. */
import { writeFile } from 'node:fs/promises';
import { fileWords } from '../client/file-words.ts';
import { CommandError, exitCodes } from './failure.ts';
import type { Io } from './io.ts';

export interface SaveOptions {
  /** What to do where it can't be saved. */
  readonly next?: string;
  /** 0o600 for what others must not read. */
  readonly mode?: number;
  /** Never over a file that is there. */
  readonly isNew?: boolean;
}

/** Writes a text to a file, and says where it is. */
export const saveText = async (
  io: Io,
  file: string,
  text: string,
  { next = 'Name another file.', mode = 0o666, isNew = false }: SaveOptions = {},
): Promise<void> => {
  try {
    await writeFile(file, text, { flag: isNew ? 'wx' : 'w', mode });
  } catch (error) {
    throw new CommandError(exitCodes.failed, fileWords(file, error), next);
  }
  io.stderr.write(`Saved to ${file}.\n`);
};
