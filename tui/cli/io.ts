/** What a command is given of the world around it; nothing else of it reads the global process. */
import type { TerminalInput, TerminalOutput } from '../terminal/streams.ts';

export interface Io {
  readonly stdin: TerminalInput;
  readonly stdout: TerminalOutput;
  readonly stderr: TerminalOutput;
  readonly env: NodeJS.ProcessEnv;
}

/** Whether a person can be asked. */
export const isInteractive = (io: Io): boolean =>
  io.stdin.isTTY === true && io.stderr.isTTY === true;
