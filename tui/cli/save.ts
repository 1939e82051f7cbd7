/** Saves what a command made to a file that was not there before. */
import { writeFile } from 'node:fs/promises';
import { CommandError, exitCodes } from './failure.ts';
import type { Io } from './io.ts';

const isThere = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EEXIST';

/** Writes a new file. `mode`: 0o600 for what others must not read. Says where it is. */
export const saveNew = async (io: Io, file: string, text: string, mode: number): Promise<void> => {
  try {
    await writeFile(file, text, { flag: 'wx', mode });
  } catch (error) {
    if (isThere(error))
      throw new CommandError(
        exitCodes.failed,
        `${file} is there already.`,
        'Name another file, or remove that one first.',
      );
    throw new CommandError(
      exitCodes.failed,
      `It could not be saved to ${file}: ${error instanceof Error ? error.message : String(error)}.`,
      'Name another file.',
    );
  }
  io.stderr.write(`Saved to ${file}.\n`);
};
