/** Bundles the program and the SDK into dist/ with esbuild. `--if-stale` builds only when a source is newer. */
import { chmod, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import manifest from '../package.json' with { type: 'json' };
import { gatherLicenses } from './package/licenses.ts';
import { writeSdkTypes } from './package/sdk-types.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = path.join(root, 'dist');
const program = path.join(dist, 'licet.js');

/** The newest modification time (ms) of the sources below the given folders. */
const newest = async (folders: readonly string[]): Promise<number> => {
  let latest = 0;
  for (const folder of folders) {
    for (const entry of await readdir(path.join(root, folder), {
      recursive: true,
      withFileTypes: true,
    })) {
      // A folder's time changes when a file in it goes away.
      const { mtimeMs } = await stat(path.join(entry.parentPath, entry.name));
      latest = Math.max(latest, mtimeMs);
    }
  }
  return latest;
};

const isStale = async (): Promise<boolean> => {
  const built = await stat(program).catch(() => null);
  if (!built) return true;
  const lock = await stat(path.join(root, 'package-lock.json'));
  const sources = await newest(['shared', 'server', 'tui', 'scripts']);
  return Math.max(sources, lock.mtimeMs) > built.mtimeMs;
};

/** Zod brings its messages in fifty languages; the program speaks one. Halves what a command loads. */
const oneLanguage: Plugin = {
  name: 'one-language',
  setup(bundler) {
    bundler.onResolve({ filter: /locales\/index\.js$/ }, ({ path: wanted, resolveDir }) =>
      resolveDir.includes(`${path.sep}zod${path.sep}`)
        ? { path: path.resolve(resolveDir, wanted, '../en.js') }
        : undefined,
    );
  },
};

// Only modules of Node are left to require, so from where does not matter; in the executable no chunk has a file.
const needsRequire =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(process.execPath);";

/** How everything is bundled, by the product's build and by the tests' alike. */
export const bundling = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  // Names stay as they are written, for the stack traces in the log. `keepNames` would define the name of each
  // closure as it is made, which takes 7% of a busy server's time.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'warning',
  define: {
    'process.env.NODE_ENV': '"production"',
    LICET_VERSION: JSON.stringify(manifest.version),
  },
  // Ink asks for its developer tools, which the product does not have.
  alias: { 'react-devtools-core': './scripts/empty.ts' },
  plugins: [oneLanguage],
  // CommonJS packages ask for require, which an ES module does not have.
  banner: { js: needsRequire },
} satisfies BuildOptions;

/** The program into a folder: chunks, so that a command loads only what it needs, and their licenses. */
export const buildProgram = async (outdir: string): Promise<void> => {
  const { metafile } = await build({
    ...bundling,
    target: 'node26',
    entryPoints: { licet: 'tui/main.tsx' },
    outdir,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    banner: { js: `#!/usr/bin/env node\n${needsRequire}` },
    metafile: true,
  });
  await writeFile(path.join(outdir, 'licenses.txt'), await gatherLicenses(metafile, root));
  await chmod(path.join(outdir, 'licet.js'), 0o755);
};

/** What a product imports as `licet/sdk`: one file that runs on Node 20, and its types. */
const buildSdk = async (): Promise<void> => {
  await build({
    ...bundling,
    target: 'node20',
    minifyWhitespace: false,
    minifySyntax: false,
    entryPoints: { sdk: 'shared/sdk/index.ts' },
    outdir: dist,
  });
  await writeSdkTypes(root, path.join(dist, 'sdk'));
};

const buildAll = async (): Promise<void> => {
  await rm(dist, { recursive: true, force: true });
  await buildProgram(dist);
  await buildSdk();
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!process.argv.includes('--if-stale') || (await isStale())) await buildAll();
}
