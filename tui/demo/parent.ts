/** Starts the demo's server as a child, and sees to it that nothing of it stays behind. */
import { spawn, type ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { isSea } from 'node:sea';
import { fail, ok, type Result } from '../../shared/result.ts';
import { DemoMessage } from './protocol.ts';

export interface Demo {
  readonly url: string;
  /** Resolves when the server has ended by itself. */
  readonly ended: Promise<void>;
  /** Ends the server and waits until its folder is gone. */
  stop(): Promise<void>;
}

const exitOf = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.once('exit', () => resolve());
  });

const firstMessage = (child: ChildProcess): Promise<DemoMessage> =>
  new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(DemoMessage.parse(message)));
    child.once('exit', (code) =>
      resolve({ kind: 'failed', message: `The demo's server ended with ${String(code)}.` }),
    );
    child.once('error', reject);
  });

/** Starts it; resolves when the sample data is there, or with what went wrong. */
export const startDemo = async (port: number): Promise<Result<Demo, string>> => {
  // The executable is program and Node in one; else Node is told which program.
  const program = isSea() ? [] : [process.argv[1] ?? ''];
  const child = spawn(process.execPath, [...program, 'demo-server', '--port', String(port)], {
    // Its own process group would outlive the terminal; its output would disturb the screens.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const ended = exitOf(child);
  const message = await firstMessage(child);
  if (message.kind === 'failed') {
    await ended;
    return fail(message.message);
  }
  return ok({
    url: message.url,
    ended,
    stop: async () => {
      if (child.connected) child.disconnect();
      await ended;
      // The child does this itself, unless it was killed.
      await rm(message.directory, { recursive: true, force: true });
    },
  });
};
