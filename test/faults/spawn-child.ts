/** Runs child.ts in a process of its own, under other programs if need be, and listens to what it says. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { Sizes } from '../../server/store/folder/open-store.ts';

export interface ChildOptions {
  readonly directory: string;
  readonly mode: 'load' | 'script' | 'readers' | 'descriptors' | 'hold';
  readonly clients?: number;
  /** Bytes that each document has beside the rest. */
  readonly padding?: number;
  readonly sizes?: Partial<Sizes>;
}

export type Said = readonly (string | number)[];

export interface Child {
  readonly process: ChildProcess;
  readonly said: readonly Said[];
  /** Resolves when a line for which this holds was said; rejects when the process ends before. */
  until(holds: (line: Said, all: readonly Said[]) => boolean): Promise<void>;
  /** Resolves with the signal or exit code when the process is gone and all that it said has arrived. */
  end(): Promise<string | number>;
  /** Sends a signal to the process itself, not to what it runs under. */
  signal(signal: NodeJS.Signals): void;
  /** Kills the process (SIGKILL) and waits for its end. */
  kill(): Promise<void>;
}

export interface SpawnOptions {
  /** A command that runs another one: `['strace', '-f', ...]`. */
  readonly under?: readonly string[];
}

const program = join(import.meta.dirname, 'child.ts');

export const spawnChild = (options: ChildOptions, { under = [] }: SpawnOptions = {}): Child => {
  const [command, ...args] = [...under, process.execPath, program, JSON.stringify(options)];
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // strace counts the calls of each thread by itself: with one thread for files, the n-th is the n-th.
    env: under.length === 0 ? process.env : { ...process.env, UV_THREADPOOL_SIZE: '1' },
  });
  const said: Said[] = [];
  const listeners = new Set<() => void>();
  const errors: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    // A killed process may leave half a line.
    if (!line.endsWith(']')) return;
    said.push(JSON.parse(line) as Said);
    for (const listener of listeners) listener();
  });
  const linesEnd = once(lines, 'close');
  const exit = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const ended = (async () => {
    const [code, signal] = await exit;
    await linesEnd;
    for (const listener of listeners) listener();
    return signal ?? code ?? 'unknown';
  })();
  let isOver = false;
  void ended.then(() => {
    isOver = true;
    for (const listener of listeners) listener();
  });

  const signal = (name: NodeJS.Signals): void => {
    const own = said.find(([word]) => word === 'open')?.[1];
    if (typeof own === 'number') process.kill(own, name);
    else child.kill(name);
  };

  return {
    process: child,
    said,
    until: (holds) =>
      new Promise((resolve, reject) => {
        let next = 0;
        const look = (): void => {
          for (; next < said.length; next += 1) {
            const line = said[next];
            if (line === undefined || !holds(line, said)) continue;
            listeners.delete(look);
            resolve();
            return;
          }
          if (!isOver) return;
          listeners.delete(look);
          reject(
            new Error(
              `The process ended first. It said ${JSON.stringify(said.slice(-5))} ${errors.join('')}`,
            ),
          );
        };
        listeners.add(look);
        look();
      }),
    end: () => ended,
    signal,
    kill: async () => {
      signal('SIGKILL');
      await ended;
    },
  };
};

export const isDone = ([word]: Said): boolean => word === 'done';

/** Resolves when so many changes were acknowledged. */
export const untilDone = (child: Child, count: number): Promise<void> => {
  let done = 0;
  return child.until((line) => {
    if (isDone(line)) done += 1;
    return done >= count;
  });
};
