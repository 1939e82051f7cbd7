/** Node runs .ts, not .tsx: programs of tests are bundled as the product is, into a temporary folder. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';
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

/** The program as its next version, whose data has another shape: another server/data-version.ts. */
export const bundleNext = (): Promise<string> => {
  const other = path.join(import.meta.dirname, 'next-version/data-version.ts');
  return bundleNow('tui/main.tsx', '0.0.1-test', {
    name: 'next-version',
    setup(bundler) {
      bundler.onResolve({ filter: /\/data-version\.ts$/ }, () => ({ path: other }));
    },
  });
};

const bundleNow = async (
  entry: string,
  version = '0.0.0-test',
  ...plugins: readonly Plugin[]
): Promise<string> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'licet-bundle-'));
  await build({
    ...bundling,
    entryPoints: { program: entry },
    outdir: folder,
    splitting: true,
    outExtension: { '.js': '.mjs' },
    minifyWhitespace: false,
    minifySyntax: false,
    target: 'node26',
    define: { ...bundling.define, LICET_VERSION: JSON.stringify(version) },
    plugins: [...plugins, ...bundling.plugins],
  });
  return path.join(folder, 'program.mjs');
};
