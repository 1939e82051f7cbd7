/** The server as the product has it: bundled as the program is. */
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundling } from '../../build.ts';

/** Bundles it into a folder; gives the program. `readable`: with its lines and comments. */
export const bundleServer = async (folder: string, readable = false): Promise<string> => {
  await build({
    ...bundling,
    ...(readable ? { minifyWhitespace: false, minifySyntax: false } : {}),
    target: 'node26',
    entryPoints: { server: 'test/support/server/serve-process.ts' },
    outdir: folder,
    splitting: true,
    outExtension: { '.js': '.mjs' },
  });
  return join(folder, 'server.mjs');
};
