/**
 * The one way out for text: whatever a command writes, whoever chose it (a name, a file that was carried here, a
 * hostile server's answer), the terminal carries nothing of it out. What we draw ourselves goes through `draw`.
 */
import { inertLines } from '../state/cells.ts';
import type { TerminalOutput } from '../terminal/streams.ts';
import type { Io } from './io.ts';

const screens = new WeakMap<TerminalOutput, TerminalOutput>();

/** The stream, but that texts are made inert; bytes are files, and stay as they are. */
export const inertOutput = <T extends TerminalOutput>(stream: T): T => {
  const write = (chunk: string | Uint8Array, ...rest: never[]): boolean =>
    stream.write(typeof chunk === 'string' ? inertLines(chunk) : chunk, ...rest);
  const inert = new Proxy(stream, {
    get: (target, name) => {
      if (name === 'write') return write;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  screens.set(inert, stream);
  return inert;
};

/** The world with the streams themselves, for the full screen, which makes text inert cell by cell. */
export const screenOf = (io: Io): Io => ({
  ...io,
  stdout: screens.get(io.stdout) ?? io.stdout,
  stderr: screens.get(io.stderr) ?? io.stderr,
});

/** The world of a command, with inert output. */
export const inertIo = <T extends Pick<Io, 'stdout' | 'stderr'>>(io: T): T => ({
  ...io,
  stdout: inertOutput(io.stdout),
  stderr: inertOutput(io.stderr),
});

/** Writes what moves the cursor or has colors: made here, with nothing in it that others chose. */
export const draw = (stream: TerminalOutput, text: string): void =>
  void stream.write(Buffer.from(text));
