/** The second fdatasync takes its time, then fails, while a reader and a refusal hang on it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { spawnChild, type Child } from './spawn-child.ts';
import { traced } from './traced.ts';

export interface FailedSync {
  readonly child: Child;
  /** How often fdatasync was called at all. */
  readonly calls: number;
}

/** Needs strace. */
export const failTheSync = async (place: string): Promise<FailedSync> => {
  const directory = join(place, 'data');
  const output = join(place, 'trace');
  const under = traced(directory, 'fdatasync', 'error=EIO:delay_enter=300000:when=2', output);
  const child = spawnChild({ directory, mode: 'readers' }, { under });
  await child.end();
  const calls = (await readFile(output, 'utf8')).match(/fdatasync\(/gu)?.length ?? 0;
  return { child, calls };
};
