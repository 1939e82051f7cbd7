/**
 * `npm run bench:store`: what a change, a start and a snapshot cost with 1,000, 100,000 and 1,000,000
 * activations stored. A table, or `--json`; `--sizes 1000,100000`, `--seconds 5`, `--rounds 3`.
 * Everything is by the clock. Exits with 1 when a requirement at 100,000 is not met.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import type { LoadResult } from './store/load.ts';
import { seed } from './store/seed.ts';
import type { StartResult } from './store/start.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    sizes: { type: 'string', default: '1000,100000,1000000' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
  },
});

interface ParseResult {
  /** Milliseconds. */
  readonly took: number;
}

/** Runs one measurement in a process of its own, so that none warms up the next. */
const measure = async <T>(script: string, ...args: string[]): Promise<T> => {
  const path = join(import.meta.dirname, 'store', script);
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pieces: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (piece: string) => pieces.push(piece));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${script} ended with ${code}.`);
  return JSON.parse(pieces.join('')) as T;
};

interface Row extends LoadResult {
  readonly stored: number;
  /** Milliseconds. */
  readonly start: number;
  readonly firstChange: number;
  readonly parse: number;
  /** Megabytes. */
  readonly memory: number;
  readonly memoryIndexed: number;
}

const best = (numbers: readonly number[]): number => Math.min(...numbers);
const longest = (numbers: readonly number[]): number => Math.max(...numbers);
const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

/** Rounds go over all sizes in turn, so that a busy moment of the machine hits them alike. */
const runAll = async (place: string, sizes: readonly number[]): Promise<readonly Row[]> => {
  const rounds = Number(values.rounds);
  const parses = new Map<number, ParseResult[]>();
  const starts = new Map<number, StartResult[]>();
  const loads = new Map<number, LoadResult[]>();
  const add = <T>(map: Map<number, T[]>, size: number, value: T): void => {
    map.set(size, [...(map.get(size) ?? []), value]);
  };
  for (const size of sizes) await seed(join(place, String(size)), size);
  for (let round = 0; round < rounds; round += 1) {
    for (const size of sizes) {
      const directory = join(place, String(size));
      for (let time = 0; time < 3; time += 1) {
        add(parses, size, await measure<ParseResult>('parse.ts', directory));
        add(starts, size, await measure<StartResult>('start.ts', directory));
      }
      // A copy: what the load writes would have to be replayed by the next starts.
      const copy = `${directory}-load`;
      await cp(directory, copy, { recursive: true });
      add(loads, size, await measure<LoadResult>('load.ts', copy, values.seconds));
      await rm(copy, { recursive: true });
    }
  }
  return sizes.map((stored) => {
    const all = loads.get(stored) ?? [];
    return {
      stored,
      perSecond: Math.max(...all.map(({ perSecond }) => perSecond)),
      cpu: best(all.map(({ cpu }) => cpu)),
      p50: median(all.map(({ p50 }) => p50)),
      p99: median(all.map(({ p99 }) => p99)),
      worst: longest(all.map(({ worst }) => worst)),
      worstInSnapshot: longest(all.map(({ worstInSnapshot }) => worstInSnapshot)),
      snapshot: median(all.map(({ snapshot }) => snapshot)),
      start: best((starts.get(stored) ?? []).map(({ start }) => start)),
      firstChange: best((starts.get(stored) ?? []).map(({ firstChange }) => firstChange)),
      parse: best((parses.get(stored) ?? []).map(({ took }) => took)),
      memory: best((starts.get(stored) ?? []).map(({ rss }) => rss)) / 1e6,
      memoryIndexed: best((starts.get(stored) ?? []).map(({ rssIndexed }) => rssIndexed)) / 1e6,
    };
  });
};

interface Requirement {
  readonly what: string;
  readonly value: number;
  readonly limit: number;
  readonly met: boolean;
  /** At a million they are an aim. */
  readonly required: boolean;
}

const requirementsOf = (rows: readonly Row[]): readonly Requirement[] => {
  const [first, ...more] = rows;
  if (first === undefined) return [];
  return more.flatMap((row) => {
    const required = row.stored <= 100_000;
    const at = `at ${row.stored.toLocaleString('en')}`;
    const throughput = row.perSecond / first.perSecond;
    const start = row.start / row.parse;
    return [
      {
        what: `throughput ${at}, as a part of that at ${first.stored.toLocaleString('en')}`,
        value: throughput,
        limit: 0.9,
        met: throughput >= 0.9,
        required,
      },
      {
        what: `longest wait while a snapshot is written ${at}, ms`,
        value: row.worstInSnapshot,
        limit: 100,
        met: row.worstInSnapshot <= 100,
        required,
      },
      {
        what: `start ${at}, as a multiple of JSON.parse`,
        value: start,
        limit: 2,
        met: start <= 2,
        required,
      },
    ];
  });
};

const columns: readonly (readonly [title: string, cell: (row: Row) => string])[] = [
  ['stored', (row) => row.stored.toLocaleString('en')],
  ['changes/s', (row) => Math.round(row.perSecond).toLocaleString('en')],
  ['CPU µs', (row) => row.cpu.toFixed(0)],
  ['p50 ms', (row) => row.p50.toFixed(1)],
  ['p99 ms', (row) => row.p99.toFixed(1)],
  ['worst ms', (row) => row.worst.toFixed(1)],
  ['in snapshot ms', (row) => row.worstInSnapshot.toFixed(1)],
  ['snapshot ms', (row) => row.snapshot.toFixed(0)],
  ['start ms', (row) => row.start.toFixed(0)],
  ['JSON.parse ms', (row) => row.parse.toFixed(0)],
  ['first change ms', (row) => row.firstChange.toFixed(0)],
  ['memory MB', (row) => row.memory.toFixed(0)],
  ['with indexes MB', (row) => row.memoryIndexed.toFixed(0)],
];

const table = (rows: readonly Row[]): string => {
  const lines = [
    columns.map(([title]) => title),
    ...rows.map((row) => columns.map(([, cell]) => cell(row))),
  ];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  return lines
    .map((line) => line.map((cell, at) => cell.padStart(widths[at] ?? 0)).join('  '))
    .join('\n');
};

/** What makes these figures doubtful, if anything does: other work on the machine shows in all of them. */
const doubts = (rows: readonly Row[], idle: number): readonly string[] => {
  const worst = longest(rows.map((row) => row.worst));
  return [
    ...(idle > 25 ? [`before anything ran, a timer of 1 ms came ${idle.toFixed(0)} ms late`] : []),
    ...(worst > 100 ? [`also without a snapshot a request waited ${worst.toFixed(0)} ms`] : []),
  ];
};

/** How late timers come while this process does nothing: the longest of half a second, in milliseconds. */
const measureIdle = async (): Promise<number> => {
  let latest = 0;
  for (let end = performance.now() + 500; performance.now() < end;) {
    const before = performance.now();
    await setTimeout(1);
    latest = Math.max(latest, performance.now() - before - 1);
  }
  return latest;
};

const place = await mkdtemp(join(tmpdir(), 'licet-bench-'));
try {
  const idle = await measureIdle();
  const rows = await runAll(place, values.sizes.split(',').map(Number));
  const requirements = requirementsOf(rows);
  const noise = doubts(rows, idle);
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ rows, requirements, noise }, undefined, 2)}\n`);
  } else {
    const said = requirements.map(
      ({ what, value, limit, met, required }) =>
        `${met ? 'met ' : required ? 'MISSED' : 'missed (an aim)'} ${what}: ${value.toFixed(2)} (limit ${Number(limit.toFixed(1))})`,
    );
    const warning =
      noise.length === 0 || requirements.every(({ met }) => met)
        ? ''
        : `\nThis machine is too noisy to trust what is missed: ${noise.join('; ')}. Run it again when nothing else runs.\n`;
    process.stdout.write(
      `Durable activations with 64 clients\n\n${table(rows)}\n\n${said.join('\n')}\n${warning}`,
    );
  }
  if (requirements.some(({ met, required }) => required && !met)) process.exitCode = 1;
} finally {
  await rm(place, { recursive: true, force: true });
}
