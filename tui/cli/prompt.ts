/** Asks a person at a terminal: on standard error, so that standard output carries results alone. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { inertLines } from '../state/cells.ts';
import { CommandError, exitCodes } from './failure.ts';
import type { Io } from './io.ts';

const question = async (io: Io, prompt: string, secret: boolean): Promise<string> => {
  let muted = false;
  // readline echoes to its output what is typed; a secret's goes nowhere.
  const output = new Writable({
    write(chunk, _encoding, done) {
      if (!muted) io.stderr.write(chunk as Buffer);
      done();
    },
  });
  const lines = createInterface({ input: io.stdin, output, terminal: true, historySize: 0 });
  const ended = new Promise<never>((_resolve, reject) => {
    const stop = (): void =>
      reject(new CommandError(exitCodes.failed, 'Stopped: nothing was changed.'));
    lines.once('SIGINT', stop);
    lines.once('close', stop);
  });
  try {
    const answer = lines.question(inertLines(prompt));
    muted = secret;
    return await Promise.race([answer, ended]);
  } finally {
    ended.catch(() => undefined);
    lines.close();
    if (secret) io.stderr.write('\n');
  }
};

/** Asks for a line of text. */
export const ask = (io: Io, prompt: string): Promise<string> => question(io, prompt, false);

/** Asks without an echo. */
export const askSecret = (io: Io, prompt: string): Promise<string> => question(io, prompt, true);

/** Asks until the answer is yes or no; Enter alone is no. */
export const confirm = async (io: Io, prompt: string): Promise<boolean> => {
  for (;;) {
    const answer = (await ask(io, `${prompt} (yes/no) `)).trim().toLowerCase();
    if (answer === 'yes' || answer === 'y') return true;
    if (answer === 'no' || answer === 'n' || answer === '') return false;
  }
};
