/** Cuts the power of a recorded process at many moments, and holds what is left against what it promised. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { createLedger } from '../ledger.ts';
import { prepareGivingUp } from '../operations.ts';
import { spawnChild, type ChildOptions, type Said } from '../spawn-child.ts';
import { createChance, createDisk, type Chance } from './disk.ts';
import type { Step } from './trace.ts';

/** A command that runs a program of Node and records what it does to the folder. */
const recorded = (directory: string, trace: string): string[] => [
  'env',
  `LICET_TRACE=${trace}`,
  `LICET_TRACE_OF=${directory}`,
  `NODE_OPTIONS=--import=${join(import.meta.dirname, 'record.ts')}`,
];

const readSteps = async (trace: string): Promise<readonly Step[]> =>
  (await readFile(trace, 'utf8'))
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as Step);

/** What is wrong with a folder, given what its process said up to then; undefined when nothing is. */
type Judge = (directory: string, said: readonly Said[]) => Promise<string | undefined>;

interface Recording {
  readonly place: string;
  readonly directory: string;
  readonly steps: readonly Step[];
  /** The folder that the process began with, if there was one. */
  readonly before?: string;
}

export interface CutReport {
  readonly cuts: number;
  readonly steps: number;
  readonly problems: readonly string[];
}

/** Early moments are chosen as often as all others: there names are new. */
const chooseMoment = (chance: Chance, steps: number): number =>
  1 + Math.floor(chance() * (chance() < 0.5 ? Math.min(steps, 120) : steps));

const cutAll = async (
  { place, directory, steps, before }: Recording,
  cuts: number,
  judge: Judge,
): Promise<CutReport> => {
  const problems: string[] = [];
  for (let seed = 1; seed <= cuts; seed += 1) {
    const chance = createChance(seed);
    const moment = chooseMoment(chance, steps.length);
    const disk = await createDisk(directory, before);
    const said: Said[] = [];
    for (const step of steps.slice(0, moment)) {
      disk.take(step);
      if (step.what === 'say') said.push(JSON.parse(step.line) as Said);
    }
    const left = join(place, 'left');
    await disk.cut(left, chance);
    const problem = await judge(join(left, basename(directory)), said).catch(
      (error: unknown) => `it is refused: ${String(error)}`,
    );
    if (problem !== undefined) problems.push(`cut ${seed}, at step ${moment}: ${problem}`);
    await rm(left, { recursive: true, force: true });
  }
  return { cuts, steps: steps.length, problems };
};

/** A store under load, in a folder that it makes: what was acknowledged before the cut is there after it. */
export const cutUnderLoad = async (
  place: string,
  cuts: number,
  options: Partial<ChildOptions> = {},
): Promise<CutReport> => {
  const directory = join(place, 'data');
  const trace = join(place, 'trace');
  const child = spawnChild(
    { directory, mode: 'script', ...options },
    { under: recorded(directory, trace) },
  );
  await child.end();
  const steps = await readSteps(trace);
  return cutAll({ place, directory, steps }, cuts, async (left, said) => {
    const ledger = createLedger();
    ledger.add(said);
    const [first] = await ledger.check(left);
    return first;
  });
};

/** Giving up a damaged record: the folder is refused or whole, and a second try makes it whole. */
export const cutGivingUp = async (
  place: string,
  cuts: number,
  seat: number,
): Promise<CutReport> => {
  const { template, operation, check } = await prepareGivingUp(place, seat);
  const { directory } = operation;
  const trace = join(place, 'trace');
  await cp(template, directory, { recursive: true });
  const [command = '', ...args] = recorded(directory, trace);
  const program = join(import.meta.dirname, '../operate.ts');
  const child = spawn(command, [...args, process.execPath, program, JSON.stringify(operation)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`Giving up ended with ${code}.`);
  const steps = await readSteps(trace);
  const recording = { place, directory, steps, before: template };
  return cutAll(recording, cuts, async (left) => (await check(left)).problem);
};
