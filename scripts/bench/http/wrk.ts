/** Runs wrk against a server, and says what it took of that server's processor. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Load {
  readonly kind: 'activation' | 'check-in' | 'read';
  readonly url: string;
  /** What requests.lua reads. */
  readonly file: string;
  /** The process that answers. */
  readonly pid: number;
}

/** What one run of wrk measured. Times in microseconds. */
export interface Measured {
  readonly requestsPerSecond: number;
  readonly median: number;
  readonly p99: number;
  /** Processor time a request: of the whole process, and of its main thread alone. */
  readonly cpu: number;
  readonly mainThread: number;
}

/** Microseconds of a tick of the kernel's clock (USER_HZ is 100 wherever Node runs). */
const tick = 10_000;

/** Processor time until now of what a `stat` file of /proc is about, in microseconds; 0 where there is no /proc. */
const processorTime = (path: string): number => {
  try {
    const text = readFileSync(path, 'utf8');
    // The name of the program, in parentheses, may have anything in it.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * tick;
  } catch {
    return 0;
  }
};

interface Summary {
  readonly requests: number;
  readonly microseconds: number;
  readonly median: number;
  readonly p99: number;
  readonly refused: number;
  readonly broken: number;
}

/** Machines that no request named before: each run begins where no other gets to. */
let nextMachine = 0;
const machinesPerRun = 10_000_000;

/** Loads a server from one thread over 64 connections. @throws Error when wrk is missing or a request fails */
export const runWrk = async (load: Load, seconds: number): Promise<Measured> => {
  const { pid } = load;
  const script = join(import.meta.dirname, 'requests.lua');
  nextMachine += machinesPerRun;
  const before = [`/proc/${pid}/stat`, `/proc/${pid}/task/${pid}/stat`].map(processorTime);
  const child = spawn(
    'wrk',
    [
      '-t1',
      '-c64',
      '--timeout',
      '30s',
      `-d${seconds}s`,
      '-s',
      script,
      load.url,
      '--',
      load.kind,
      load.file,
    ].concat(String(nextMachine)),
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const closed = once(child, 'close');
  await once(child, 'spawn').catch((error: unknown) => {
    throw new Error('wrk is missing. Install it, for example with "apt-get install wrk".', {
      cause: error,
    });
  });
  await closed;
  const summary = JSON.parse(text.trim().split('\n').at(-1) ?? '') as Summary;
  const { refused, broken } = summary;
  if (refused + broken > 0) {
    throw new Error(`${load.kind}: ${refused} refused, ${broken} without an answer in time.`);
  }
  const after = [`/proc/${pid}/stat`, `/proc/${pid}/task/${pid}/stat`].map(processorTime);
  const each = (index: number): number =>
    ((after[index] ?? 0) - (before[index] ?? 0)) / summary.requests;
  return {
    requestsPerSecond: summary.requests / (summary.microseconds / 1e6),
    median: summary.median,
    p99: summary.p99,
    cpu: each(0),
    mainThread: each(1),
  };
};
