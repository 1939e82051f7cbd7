/**
 * What a run of vitest has once, however many files it runs: a temporary folder for all that its tests and
 * their processes make, removed at the end, and a builder that bundles each program when it is first needed.
 */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { buildProgram } from './build-program.ts';

export default async (): Promise<() => Promise<void>> => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'licet-tests-'));
  // The workers inherit both: os.tmpdir() reads the first there, bundle.ts the second.
  process.env['TMPDIR'] = folder;
  process.env['LICET_TEST_BUILDER'] = path.join(folder, 'builder.sock');
  const built = new Map<string, Promise<string>>();
  const builder = createServer((request, response) => {
    const entry = (request.url ?? '').slice(1);
    const building = built.get(entry) ?? buildProgram(entry);
    built.set(entry, building);
    building.then(
      (file) => response.end(file),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  builder.listen(process.env['LICET_TEST_BUILDER']);
  await once(builder, 'listening');
  return async () => {
    builder.close();
    builder.closeAllConnections();
    await rm(folder, { recursive: true, force: true });
  };
};
