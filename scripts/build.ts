/** Bundles the program and the SDK into dist/ with esbuild. `--if-stale` builds only when a source is newer. */
import { chmod, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions } from 'esbuild';
import manifest from '../package.json' with { type: 'json' };

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
      if (entry.isFile()) {
        const { mtimeMs } = await stat(path.join(entry.parentPath, entry.name));
        latest = Math.max(latest, mtimeMs);
      }
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

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  minify: true,
  keepNames: true,
  legalComments: 'none',
  logLevel: 'warning',
  define: {
    'process.env.NODE_ENV': '"production"',
    LICET_VERSION: JSON.stringify(manifest.version),
  },
  // Ink asks for its developer tools, CommonJS packages for require: neither exists in an ES module.
  alias: { 'react-devtools-core': './scripts/empty.ts' },
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
} satisfies BuildOptions;

const buildAll = async (): Promise<void> => {
  await rm(dist, { recursive: true, force: true });
  await build({
    ...common,
    target: 'node26',
    entryPoints: { licet: 'tui/main.tsx' },
    outdir: dist,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    banner: { js: `#!/usr/bin/env node\n${common.banner.js}` },
  });
  await chmod(program, 0o755);
};

if (!process.argv.includes('--if-stale') || (await isStale())) await buildAll();
