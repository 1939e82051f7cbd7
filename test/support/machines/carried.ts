/**
 * The executable as its user gets it: copied alone to an empty folder, without Node, network, PATH or
 * home folder. Its processes share a network that has only a loopback of its own.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { words } from '../licet.ts';
import { openTerminal, type TestTerminal } from '../terminal/terminal.ts';

export interface CarriedRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  json(): Record<string, unknown>;
}

export interface Carried {
  readonly folder: string;
  /** Where its terminals put temporary files. */
  readonly temporary: string;
  /** Writes a file beside the executable and gives its path. */
  file(name: string, content: string): Promise<string>;
  /** Runs `licet LINE` to its end. */
  run(line: string, options?: CarriedOptions): Promise<CarriedRun>;
  /** Starts a server; resolves with where it listens. */
  serve(data: string): Promise<{ readonly url: string; stop(): Promise<number | null> }>;
  terminal(line: string): TestTerminal;
  close(): Promise<void>;
}

export interface CarriedOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

const root = process.getuid?.() === 0;

/** A process that holds a network of its own, for the others to enter. */
const openNetwork = async (): Promise<{ readonly enter: readonly string[]; close(): void }> => {
  const holder = spawn(
    'unshare',
    [root ? '-n' : '-rn', 'sh', '-c', 'ip link set lo up && echo ready && exec sleep infinity'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = (await Promise.race([
    once(createInterface(holder.stdout), 'line'),
    once(holder, 'close'),
  ])) as [unknown];
  if (line !== 'ready')
    throw new Error('no network of its own: unshare (util-linux) and ip (iproute2) are needed');
  const user = root ? [] : ['-U', '--preserve-credentials'];
  return {
    enter: ['-t', String(holder.pid), '-n', ...user, '--'],
    close: () => void holder.kill('SIGKILL'),
  };
};

const ended = async (child: ChildProcess): Promise<number | null> => {
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
};

/** Copies the executable alone to an empty folder. */
export const carry = async (executable: string): Promise<Carried> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'licet-carried-'));
  const program = path.join(folder, 'licet');
  await copyFile(executable, program);
  const temporary = path.join(folder, 'tmp');
  await mkdir(temporary);
  const network = await openNetwork();
  const nsenter = '/usr/bin/nsenter';
  const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    spawn(nsenter, [...network.enter, program, ...args], { cwd: folder, env });
  return {
    folder,
    temporary,
    async file(name, content) {
      await writeFile(path.join(folder, name), content);
      return path.join(folder, name);
    },
    async run(line, { env, input = '' } = {}) {
      const child = start(words(line), env);
      child.stdin.end(input);
      const [stdout, stderr, code] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        ended(child),
      ]);
      const json = (): Record<string, unknown> => {
        if (code !== 0) throw new Error(`licet ${line} (exit ${code}):\n${stdout}\n${stderr}`);
        return JSON.parse(stdout) as Record<string, unknown>;
      };
      return { code, stdout, stderr, json };
    },
    async serve(data) {
      const child = start(words(`serve --data ${data} --listen 127.0.0.1:0`));
      const stderr = text(child.stderr);
      const over = ended(child);
      const first = createInterface(child.stdout);
      const [line] = (await Promise.race([once(first, 'line'), over.then(() => [''])])) as [string];
      if (line === '') throw new Error(`the server ended:\n${await stderr}`);
      const { listening } = JSON.parse(line) as { listening: string };
      return {
        url: listening,
        stop: () => {
          child.kill('SIGTERM');
          return over;
        },
      };
    },
    terminal: (line) =>
      openTerminal(nsenter, [...network.enter, program, ...words(line)], {
        cwd: folder,
        columns: 100,
        rows: 30,
        env: { PATH: undefined, HOME: undefined, TMPDIR: temporary },
      }),
    async close() {
      network.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
