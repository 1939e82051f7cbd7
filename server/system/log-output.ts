/**
 * Where the log goes: lines leave in the background and in order. A reader that stops or a full disk
 * costs lines, which are counted, and never holds up the server.
 */
import { fstatSync, write, writeSync } from 'node:fs';
import { isatty } from 'node:tty';

export interface LogOutput {
  /** Takes whole lines. Never throws and never waits. */
  write(lines: string): void;
}

/** Writes text, then calls back: with an error if not all of it was written. */
type Sink = (text: string, done: (error: unknown) => void) => void;

/** Characters that wait for a reader, at most. */
const most = 1 << 20;

/** What the log says of lines that it lacks. */
const dropNote = (count: number): string =>
  `${JSON.stringify({
    level: 'warn',
    time: new Date().toISOString(),
    dropped: count,
    msg: `The log could not keep up: ${count === 1 ? '1 line was' : `${count} lines were`} dropped.`,
  })}\n`;

const countLines = (text: string): number => text.split('\n').length - 1;

/** A queue in front of a sink. `rest` gives out what still waits, for the end of the process. */
const createQueue = (sink: Sink): LogOutput & { readonly rest: () => string } => {
  let waiting = '';
  let dropped = 0;
  let writing = false;

  const next = (): void => {
    if (writing || waiting === '') return;
    const text = (dropped > 0 ? dropNote(dropped) : '') + waiting;
    const lines = countLines(waiting);
    const before = dropped;
    waiting = '';
    dropped = 0;
    writing = true;
    sink(text, (error) => {
      writing = false;
      // Tried again with the next line: until then there may be no room.
      if (error) dropped += before + lines;
      else next();
    });
  };

  return {
    write: (lines) => {
      if (waiting.length + lines.length > most) dropped += countLines(lines);
      else waiting += lines;
      next();
    },
    rest: () => {
      const text = waiting;
      waiting = '';
      return text;
    },
  };
};

/** Regular files and other devices: through the thread pool, since Node writes to them synchronously. */
const fileSink = (descriptor: number): Sink => {
  let isCut = false;
  return (text, done) => {
    // A line that was cut short must not spoil the next one.
    let bytes: Buffer = Buffer.from(isCut ? `\n${text}` : text);
    const writeOn = (): void =>
      write(descriptor, bytes, (error, written) => {
        bytes = bytes.subarray(written);
        isCut = error !== null && (isCut || written > 0);
        if (error === null && bytes.length > 0) writeOn();
        else done(error);
      });
    writeOn();
  };
};

/** Pipes, sockets and terminals: Node's stream is asynchronous for the first two, and lets a process end. */
const streamSink = (stream: NodeJS.WriteStream): Sink => {
  // Each write is told of its error; without a listener the first one would end the process.
  stream.on('error', () => undefined);
  return (text, done) => void stream.write(text, (error) => done(error));
};

const isStream = (descriptor: number): boolean => {
  const stats = fstatSync(descriptor);
  return stats.isFIFO() || stats.isSocket() || isatty(descriptor);
};

/** The log on standard error. */
export const createLogOutput = (): LogOutput => {
  const { fd } = process.stderr;
  if (isStream(fd)) return createQueue(streamSink(process.stderr));
  const queue = createQueue(fileSink(fd));
  process.once('exit', () => {
    try {
      writeSync(fd, queue.rest());
    } catch {
      // There is nobody left to tell.
    }
  });
  return queue;
};

/** Milliseconds that a reader has to take the last lines before the process ends without it. */
const patience = 1000;

/** Lets the process end soon although lines wait for a reader: a write that is under way keeps it alive. */
export const endWithoutReader = (): void => {
  setTimeout(() => {
    if (process.stderr.writableLength > 0) process.exit();
  }, patience).unref();
};
