/**
 * What licet answers over HTTP beside a bare Hono route on the same Node: `npm run bench:http -- [--json] [--check]
 * [--seconds 5] [--rounds 3]`. wrk sends from one thread over 64 connections; the runs of a round come in turn, so
 * that a busy moment of the machine hits all alike. `--check` exits with 1 where a ratio is below what it must be.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleServer } from './http/bundle-server.ts';
import { setStage } from './http/stage.ts';
import { runWrk, type Load, type Measured } from './http/wrk.ts';
import { listeningUrl, round, startServer } from './server-process.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
  },
});
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
/** 99 of 100 answers come within so many times the median. */
const spread = 4;

interface Pair {
  readonly name: string;
  readonly licet: Load;
  readonly bare: Load;
  /** The least share of the bare route's requests, and what is aimed at. */
  readonly must: number;
  readonly aim: number;
}

interface Round {
  readonly licet: Measured;
  readonly bare: Measured;
}

const startBare = async (answer: unknown) => {
  const program = join(import.meta.dirname, 'http', 'bare.ts');
  const child = spawn(process.execPath, [program, JSON.stringify(answer)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  return { url: await listeningUrl(child.stdout), pid: child.pid ?? 0, stop: () => child.kill() };
};

const measureAll = async (pairs: readonly Pair[]): Promise<Map<Pair, Round[]>> => {
  const measured = new Map<Pair, Round[]>(pairs.map((pair) => [pair, []]));
  // The first run warms up.
  for (let turn = 0; turn <= rounds; turn += 1) {
    for (const [pair, done] of measured) {
      const time = turn === 0 ? Math.min(seconds, 3) : seconds;
      const bare = await runWrk(pair.bare, time);
      const licet = await runWrk(pair.licet, time);
      if (turn > 0) done.push({ licet, bare });
    }
  }
  return measured;
};

const middle = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

const toRow = ({ name, must, aim }: Pair, done: readonly Round[]) => {
  const of = (pick: (round: Round) => number): number => round(middle(done.map(pick)));
  const ratios = done.map(({ licet, bare }) =>
    round(licet.requestsPerSecond / bare.requestsPerSecond),
  );
  return {
    name,
    bare: Math.round(of(({ bare }) => bare.requestsPerSecond)),
    licet: Math.round(of(({ licet }) => licet.requestsPerSecond)),
    ratios,
    ratio: middle(ratios),
    must,
    aim,
    /** Microseconds of processor time a request, and the ratio that they give. */
    bareCpu: of(({ bare }) => bare.cpu),
    licetCpu: of(({ licet }) => licet.cpu),
    licetMainThread: of(({ licet }) => licet.mainThread),
    cpuRatio: of(({ licet, bare }) => bare.cpu / licet.cpu),
    /** Milliseconds. */
    median: of(({ licet }) => licet.median / 1000),
    p99: of(({ licet }) => licet.p99 / 1000),
    p99ToMedian: of(({ licet }) => licet.p99 / licet.median),
  };
};
type Row = ReturnType<typeof toRow>;

const columns: readonly (readonly [title: string, value: (row: Row) => string | number])[] = [
  ['request', (row) => row.name],
  ['bare/s', (row) => row.bare],
  ['licet/s', (row) => row.licet],
  ['ratio by round', (row) => row.ratios.join(', ')],
  ['must', (row) => row.must],
  ['aim', (row) => row.aim],
  ['bare CPU µs', (row) => row.bareCpu],
  ['licet CPU µs', (row) => row.licetCpu],
  ['of its main thread', (row) => row.licetMainThread],
  ['CPU ratio', (row) => row.cpuRatio],
  ['median ms', (row) => row.median],
  ['99 of 100 within ms', (row) => row.p99],
];

/** A table in Markdown, for docs/figures.md. */
const toTable = (rows: readonly Row[]): string => {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(([title]) => title)),
    line(columns.map(() => '---')),
    ...rows.map((row) => line(columns.map(([, value]) => value(row)))),
  ].join('\n');
};

const folder = await mkdtemp(join(tmpdir(), 'licet-bench-http-'));
const server = await startServer(16, [await bundleServer(folder)]);
const stage = await setStage(server, folder);
const bare = await startBare(stage.license);
try {
  const beside = (load: Load, path: string): Load => ({
    ...load,
    url: `${bare.url}${path}`,
    pid: bare.pid,
  });
  const echo = beside(stage.activation, '/echo');
  const measured = await measureAll([
    { name: 'activation', licet: stage.activation, bare: echo, must: 0.25, aim: 0.35 },
    { name: 'check-in', licet: stage.checkIn, bare: echo, must: 0.4, aim: 0.5 },
    { name: 'read', licet: stage.read, bare: beside(stage.read, '/read'), must: 0.4, aim: 0.5 },
  ]);
  const rows = [...measured].map(([pair, done]) => toRow(pair, done));
  const missed = rows.flatMap(({ name, ratio, must, p99ToMedian }) => [
    ...(ratio < must ? [`${name}: the ratio is ${ratio}, and must be ${must}`] : []),
    ...(p99ToMedian > spread
      ? [`${name}: 99 of 100 take up to ${p99ToMedian} medians, at most ${spread} are allowed`]
      : []),
  ]);
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ seconds, rounds, rows, missed })}\n`
      : `${[toTable(rows), '', ...missed, missed.length === 0 ? 'All of it is met.' : 'NOT all of it is met.'].join('\n')}\n`,
  );
  if (values.check && missed.length > 0) process.exitCode = 1;
} finally {
  bare.stop();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
