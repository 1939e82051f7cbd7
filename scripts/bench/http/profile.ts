/** Reads a CPU profile of V8 (`node --cpu-prof`): what took how much of the time, by function and by source. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    /** From 0. */
    readonly lineNumber: number;
  };
}

interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** By the clock that `process.hrtime` reads, in microseconds. */
  readonly startTime: number;
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

export interface Share {
  readonly name: string;
  /** Of all time in which the program ran, from 0 to 1; without what it called. */
  readonly share: number;
}

/** What V8 says of time that is nobody's. */
const notRunning = new Set(['(idle)', '(root)']);

interface Line {
  readonly source: string;
  readonly text: string;
}

/** The source of each line of a bundle: esbuild names it in a comment before its first. */
const readLines = async (url: string): Promise<readonly Line[]> => {
  if (!url.startsWith('file:')) return [];
  const lines = (await readFile(fileURLToPath(url), 'utf8')).split('\n');
  let source = '';
  return lines.map((line) => {
    source = /^\/\/ ([\w@./-]+\.[cm]?[jt]sx?)$/u.exec(line)?.[1] ?? source;
    return { source, text: line.trim().slice(0, 60) };
  });
};

/** The package or folder of a source. */
const groupOf = (source: string): string =>
  (source.startsWith('node:') ? source : undefined) ??
  /node_modules\/((?:@[^/]+\/)?[^/]+)(?!.*node_modules)/u.exec(source)?.[1] ??
  source.split('/').slice(0, -1).join('/');

const sum = (times: Map<string, number>, key: string, time: number): void => {
  times.set(key, (times.get(key) ?? 0) + time);
};

const toShares = (times: Map<string, number>, whole: number): readonly Share[] =>
  [...times]
    .map(([name, time]) => ({ name, share: time / whole }))
    .toSorted((a, b) => b.share - a.share);

/** The one profile in a folder, between two times of `process.hrtime` (microseconds). */
export const readProfile = async (folder: string, from: number, to: number) => {
  const name = (await readdir(folder)).find((name) => name.endsWith('.cpuprofile'));
  if (name === undefined) throw new Error(`There is no profile in ${folder}.`);
  const profile = JSON.parse(await readFile(join(folder, name), 'utf8')) as CpuProfile;
  const files = new Map<string, readonly Line[]>();
  for (const { url } of new Set(profile.nodes.map(({ callFrame }) => callFrame))) {
    if (!files.has(url)) files.set(url, await readLines(url));
  }
  const nodes = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
  const functions = new Map<string, number>();
  const groups = new Map<string, number>();
  let whole = 0;
  let at = profile.startTime;
  for (const [index, id] of profile.samples.entries()) {
    const frame = nodes.get(id);
    const time = profile.timeDeltas[index] ?? 0;
    at += time;
    if (frame === undefined || notRunning.has(frame.functionName) || at < from || at > to) continue;
    const line = files.get(frame.url)?.[frame.lineNumber];
    const source = line?.source ?? frame.url;
    whole += time;
    sum(functions, `${frame.functionName || `{ ${line?.text ?? ''} }`}  ${source}`, time);
    sum(groups, groupOf(source) || frame.functionName, time);
  }
  return {
    file: join(folder, name),
    functions: toShares(functions, whole),
    groups: toShares(groups, whole),
  };
};
