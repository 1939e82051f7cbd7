/** Before a run: a temporary folder for all that its tests and their processes make; after it, removed. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

export default async (): Promise<() => Promise<void>> => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'licet-tests-'));
  // The workers inherit it: os.tmpdir() reads it there.
  process.env['TMPDIR'] = folder;
  return () => rm(folder, { recursive: true, force: true });
};
