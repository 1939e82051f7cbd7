/**
 * Questions and answers as lines of text: what a screen reader reads, and what a pipe can answer. No
 * cursor moves and no colors; at a terminal the line is edited by the terminal itself.
 */
import { StringDecoder } from 'node:string_decoder';
import type { TerminalInput } from '../../terminal/streams.ts';

export interface Dialogue {
  readonly say: (text: string) => void;
  /** The answer without its line end; null when there will be no more (end of input, Ctrl+C, Ctrl+D). */
  readonly ask: (prompt: string) => Promise<string | null>;
  /** The same for a secret: it is not echoed. */
  readonly askSecret: (prompt: string) => Promise<string | null>;
  readonly close: () => void;
}

const erase = new Set(['\u{7F}', '\u{8}']);
const eraseLine = '\u{15}';

/** What was typed without the terminal's own editing: erasing is carried out here. */
const edited = (raw: string): string => {
  let text: string[] = [];
  for (const character of raw) {
    if (erase.has(character)) text.pop();
    else if (character === eraseLine) text = [];
    else text.push(character);
  }
  return text.join('');
};

interface Streams {
  readonly stdin: TerminalInput;
  readonly stdout: NodeJS.WritableStream;
}

/** A dialogue over the streams. */
export const createDialogue = ({ stdin, stdout }: Streams): Dialogue => {
  const decoder = new StringDecoder('utf8');
  let waiting: ((line: string | null) => void) | undefined;
  let buffer = '';
  let ended = false;

  /** The next whole line that has arrived; undefined when there is none yet. */
  const take = (): string | null | undefined => {
    // oxlint-disable-next-line no-control-regex -- Ctrl+C and Ctrl+D, which end it
    const stop = buffer.search(/[\u{3}\u{4}]/u);
    const end = buffer.search(/[\r\n]/u);
    if (stop !== -1 && (end === -1 || stop < end)) {
      buffer = '';
      ended = true;
      return null;
    }
    if (end === -1) {
      if (!ended) return undefined;
      const rest = buffer;
      buffer = '';
      return rest === '' ? null : rest;
    }
    const line = buffer.slice(0, end);
    buffer = buffer.slice(end).replace(/^\r\n|^[\r\n]/u, '');
    return line;
  };

  /** Gives the next line to who waits for one; false when there is none yet. */
  const settle = (): boolean => {
    const line = waiting ? take() : undefined;
    if (!waiting || line === undefined) return false;
    const resolve = waiting;
    waiting = undefined;
    stdin.pause();
    resolve(line);
    return true;
  };

  const receive = (chunk: Buffer | string): void => {
    buffer += typeof chunk === 'string' ? chunk : decoder.write(chunk);
    settle();
  };
  const end = (): void => {
    ended = true;
    settle();
  };
  stdin.on('data', receive);
  stdin.on('end', end);
  stdin.pause();

  const next = (): Promise<string | null> =>
    new Promise((resolve) => {
      waiting = resolve;
      if (!settle()) stdin.resume();
    });

  const say = (text: string): void => void stdout.write(`${text}\n`);

  return {
    say,
    async ask(prompt) {
      stdout.write(prompt);
      const line = await next();
      // A pipe echoes nothing: without a line end the next text would stand behind the question.
      if (!stdin.isTTY) stdout.write('\n');
      return line;
    },
    async askSecret(prompt) {
      // First the echo goes off: somebody fast, or a script, answers as soon as the question stands there.
      if (stdin.isTTY) stdin.setRawMode?.(true);
      stdout.write(prompt);
      const line = await next();
      if (stdin.isTTY) stdin.setRawMode?.(false);
      stdout.write('\n');
      return line === null ? null : edited(line);
    },
    close() {
      stdin.off('data', receive);
      stdin.off('end', end);
      stdin.pause();
      stdin.unref?.();
    },
  };
};
