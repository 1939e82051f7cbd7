/** Node runs .ts, not .tsx: programs of tests are bundled as the product is, into a temporary folder. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { bundling } from '../../scripts/build.ts';

const built = new Map<string, Promise<string>>();

/** Bundles a file (path from the project's root) once a test run; gives the path of the bundle. */
export const bundle = (entry: string): Promise<string> => {
  let made = built.get(entry);
  if (!made) {
    made = bundleNow(entry);
    built.set(entry, made);
  }
  return made;
};

const bundleNow = async (entry: string): Promise<string> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'licet-bundle-'));
  await build({
    ...bundling,
    entryPoints: { program: entry },
    outdir: folder,
    splitting: true,
    outExtension: { '.js': '.mjs' },
    minify: false,
    target: 'node26',
    define: { ...bundling.define, LICET_VERSION: '"0.0.0-test"' },
  });
  return path.join(folder, 'program.mjs');
};
