/** Node runs .ts, not .tsx: programs of tests are bundled as the product is, into a temporary folder. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import { bundling } from '../../scripts/build.ts';

const insteadOf = (file: RegExp, replacement: string): Plugin => ({
  name: path.basename(replacement),
  setup(bundler) {
    const other = path.join(import.meta.dirname, replacement);
    bundler.onResolve({ filter: file }, () => ({ path: other }));
  },
});

/** Hashing costs tests next to nothing. */
const cheapWork = insteadOf(/\/work-factors\.ts$/, 'work-factors.ts');

/** Another shape of the data: another server/data-version.ts. */
const nextVersion = insteadOf(/\/data-version\.ts$/, 'next-version/data-version.ts');

/** Programs that are the product's own, but for something. */
const variants: Readonly<Record<string, { version: string; plugins: readonly Plugin[] }>> = {
  shipped: { version: '0.0.0-test', plugins: [] },
  next: { version: '0.0.1-test', plugins: [cheapWork, nextVersion] },
};

/**
 * Bundles a file (path from the project's root), or tui/main.tsx as one of the variants.
 * @returns the path of the bundle
 */
export const buildProgram = async (entry: string): Promise<string> => {
  const variant = variants[entry];
  const { version, plugins } = variant ?? { version: '0.0.0-test', plugins: [cheapWork] };
  const folder = await mkdtemp(path.join(tmpdir(), 'licet-bundle-'));
  await build({
    ...bundling,
    entryPoints: { program: variant ? 'tui/main.tsx' : entry },
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
