/** Where texts that are no arguments come from: a file, standard input, or a prompt. */
import { readFile } from 'node:fs/promises';
import { fileWords } from '../client/file-words.ts';
import { CommandError, exitCodes } from './failure.ts';
import { isInteractive, type Io } from './io.ts';
import { ask, askSecret } from './prompt.ts';

const withoutLastNewline = (text: string): string => text.replace(/\r?\n$/u, '');

/** Reads standard input once; several secrets that come that way are lines of it. */
export interface Input {
  /** The next line, or all that is left when `whole`. Undefined when there is no more. */
  next(whole: boolean): Promise<string | undefined>;
}

export const openInput = (io: Io): Input => {
  let rest: Promise<string> | undefined;
  const readAll = async (): Promise<string> => {
    const chunks: Buffer[] = [];
    for await (const chunk of io.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
    return Buffer.concat(chunks).toString('utf8');
  };
  return {
    async next(whole) {
      rest ??= readAll();
      const text = await rest;
      if (text === '') return undefined;
      const end = whole ? text.length : text.indexOf('\n') + 1 || text.length;
      rest = Promise.resolve(text.slice(end));
      return withoutLastNewline(text.slice(0, end));
    },
  };
};

/** Reads a text from a file (its last newline dropped), or from standard input for `-`. */
export const readText = async (input: Input, file: string, whole: boolean): Promise<string> => {
  if (file === '-') return (await input.next(whole)) ?? '';
  try {
    return withoutLastNewline(await readFile(file, 'utf8'));
  } catch (error) {
    throw new CommandError(
      exitCodes.failed,
      fileWords(file, error),
      'Check its name and who may read it.',
    );
  }
};

export interface SecretWish {
  /** "Password". */
  readonly label: string;
  /** The name of the option that names a file, for messages: `--password-file`. */
  readonly option: string;
  /** It is being chosen: asked for twice. */
  readonly chosen: boolean;
  /** Not echoed at a prompt. */
  readonly hidden: boolean;
  readonly check: (secret: string) => string | undefined;
}

/** A secret by prompt, again until it can be used. */
export const promptSecret = async (io: Io, wish: SecretWish): Promise<string> => {
  const read = wish.hidden ? askSecret : ask;
  for (;;) {
    const secret = await read(io, `${wish.label}: `);
    const fault = wish.check(secret);
    if (fault !== undefined) io.stderr.write(`${fault}\n`);
    // None, where that is good, can't be mistyped.
    else if (!wish.chosen || secret === '') return secret;
    else if (secret === (await read(io, `${wish.label}, again: `))) return secret;
    else io.stderr.write('The two are not the same; try again.\n');
  }
};

/** A secret from the named file, else by prompt, else the next line of standard input. */
export const readSecret = async (
  io: Io,
  input: Input,
  file: string | undefined,
  wish: SecretWish,
): Promise<string> => {
  if (file !== undefined) return readText(input, file, false);
  if (isInteractive(io)) return promptSecret(io, wish);
  const secret = io.stdin.isTTY === true ? undefined : await input.next(false);
  if (secret !== undefined) return secret;
  throw new CommandError(
    exitCodes.usage,
    `${wish.label} is needed.`,
    `Give it by ${wish.option} FILE (- for standard input); there is no terminal to ask at.`,
  );
};
