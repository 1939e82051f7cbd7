/** Node runs .ts, not .tsx: programs of tests are bundled as the product is, into a temporary folder. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
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
  const outfile = path.join(folder, 'program.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node26',
    logLevel: 'warning',
    define: { 'process.env.NODE_ENV': '"production"', LICET_VERSION: '"0.0.0-test"' },
    alias: { 'react-devtools-core': './scripts/empty.ts' },
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  });
  return outfile;
};
