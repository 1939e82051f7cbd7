/** The streams of one terminal session, and what is asked of them. */
import type { Environment } from './traits.ts';

/** What is needed of a terminal's input: `process.stdin`, or the channel of an SSH session. */
export interface TerminalInput extends NodeJS.ReadableStream {
  readonly isTTY?: boolean;
  setRawMode?(mode: boolean): unknown;
  ref?(): unknown;
  unref?(): unknown;
}

/** What is needed of a terminal's output: `process.stdout`, or the channel of an SSH session. */
export interface TerminalOutput extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

export interface TerminalStreams {
  readonly stdin: TerminalInput;
  readonly stdout: TerminalOutput;
  readonly stderr: NodeJS.WritableStream;
  readonly env: Environment;
}
