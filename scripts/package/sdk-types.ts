/** The types of the SDK, with those of zod that they stand on: whoever imports it installs nothing more. */
import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const typesBelow = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true });
  return entries.filter((file) => file.endsWith('.d.ts')).map((file) => path.join(folder, file));
};

/** Names imports as every TypeScript from 5.0 finds them: `.js`, and zod by its place beside them. */
const rewriteImports = async (file: string, zod: string): Promise<void> => {
  const toZod = path.relative(path.dirname(file), zod).split(path.sep).join('/');
  const text = await readFile(file, 'utf8');
  await writeFile(
    file,
    text.replaceAll(/(from '\.[^']*)\.ts'/gu, "$1.js'").replaceAll("from 'zod'", `from '${toZod}'`),
  );
};

/** Writes the declarations to OUT/shared, and zod's to OUT/zod. */
export const writeSdkTypes = async (root: string, out: string): Promise<void> => {
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  const args = [tsc, '--project', path.join(root, 'tsconfig.sdk.json'), '--outDir', out];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) throw new Error('the types of the SDK could not be made');
  for (const file of await typesBelow(path.join(out, 'shared'))) {
    await rewriteImports(file, path.join(out, 'zod/index.js'));
  }
  const zod = path.join(root, 'node_modules/zod');
  const kept = ['classic', 'core', 'locales'].map((part) => path.join(zod, 'v4', part));
  const files = [path.join(zod, 'index.d.ts')];
  for (const folder of kept) files.push(...(await typesBelow(folder)));
  for (const file of files) {
    const to = path.join(out, 'zod', path.relative(zod, file));
    await mkdir(path.dirname(to), { recursive: true });
    await copyFile(file, to);
  }
};
