/** Runs a command's work: prints what it gives, and turns what goes wrong into exit code and words. */
import { jsonLine } from '../state/cells.ts';
import { CommandError, Ended, exitCodes } from './failure.ts';
import type { Io } from './io.ts';

/** Says a failure: as words for people, with `json` as one line for programs. */
const printFailure = (io: Io, error: CommandError, json: boolean): void => {
  if (json) {
    const body = { error: error.message, next: error.next, exit: error.exit, ...error.details };
    io.stderr.write(jsonLine(body));
    return;
  }
  io.stderr.write(`licet: ${error.message}\n`);
  if (error.next !== '') io.stderr.write(`${error.next}\n`);
};

/** Errors of the server's side, by name: its classes are not loaded for every command. */
const spoken = new Set(['Failure', 'StoreError']);

/** What was thrown as what ends a command; a fault of ours keeps its stack for the report. */
const toExit = (error: unknown): CommandError => {
  if (error instanceof CommandError) return error;
  if (error instanceof Error && spoken.has(error.name)) {
    const code = 'code' in error ? error.code : undefined;
    return new CommandError(
      code === 'setting' ? exitCodes.usage : exitCodes.failed,
      error.message,
      '',
      { code },
    );
  }
  const text = error instanceof Error ? error.message : String(error);
  return new CommandError(
    exitCodes.failed,
    `Something went wrong: ${text}`,
    'Run it again with LICET_DEBUG=1 to see where, and report it.',
  );
};

/** Runs to the exit code. */
export const runToExit = async (
  io: Io,
  json: () => boolean,
  work: () => Promise<void>,
): Promise<number> => {
  try {
    await work();
    return exitCodes.done;
  } catch (error) {
    if (error instanceof Ended) return error.exit;
    printFailure(io, toExit(error), json());
    if (io.env['LICET_DEBUG'] === '1' && error instanceof Error)
      io.stderr.write(`${error.stack ?? ''}\n`);
    return toExit(error).exit;
  }
};
