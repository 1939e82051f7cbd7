/** What a command is given of the world around it; nothing else of it reads the global process. */
import type { Readable, Writable } from 'node:stream';

export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: NodeJS.ProcessEnv;
}

/** Whether a person can be asked. */
export const isInteractive = (io: Io): boolean =>
  io.stdin.isTTY === true && io.stderr.isTTY === true;
