/**
 * Makes licet one file to carry in: `npm run package [-- --out DIR] [TARGET...]` writes an executable a
 * target, with Node, server, terminal UI and licenses inside, and SHA256SUMS. The same sources, Node and
 * stripper give the same bytes.
 *
 * Through Node's own --build-sea. pkg's sea() takes one Node binary for all targets and runs it to ask its
 * version, which fails for another processor's; without one it downloads from elsewhere than npm.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { constants, zstdCompressSync } from 'node:zlib';
import { build } from 'esbuild';
import { buildProgram, bundling } from '../build.ts';
import { copyNode, nodeFolder, targets, type Target } from './package-node.ts';
import { strip } from './package-strip.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

// Brotli makes the executable 0.1 MB smaller, and a command 5 ms slower.
const packing = { params: { [constants.ZSTD_c_compressionLevel]: 22 } };

/** Builds the program, what starts it into WORK/start.cjs, and packs its files; gives these as assets. */
const buildInside = async (work: string): Promise<Record<string, string>> => {
  const program = path.join(work, 'program');
  await buildProgram(program);
  await build({
    ...bundling,
    banner: {},
    format: 'cjs',
    target: 'node26',
    entryPoints: ['scripts/package/package-start.ts'],
    outfile: path.join(work, 'start.cjs'),
  });
  const [linux] = targets;
  if (!linux) throw new Error('no target has the license of Node');
  const license = await readFile(path.join(await nodeFolder(root, linux), 'LICENSE'), 'utf8');
  const rule = '-'.repeat(80);
  await appendFile(path.join(program, 'licenses.txt'), `${rule}\nNode.js\n${rule}\n${license}`);
  const entries = await readdir(program, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(program, path.join(entry.parentPath, entry.name)))
    .map((file) => file.split(path.sep).join('/'))
    .toSorted();
  for (const file of files) {
    const to = path.join(work, 'packed', file);
    await mkdir(path.dirname(to), { recursive: true });
    await writeFile(to, zstdCompressSync(await readFile(path.join(program, file)), packing));
  }
  return Object.fromEntries(files.map((file) => [file, `packed/${file}`]));
};

const fileOf = (target: Target): string =>
  `licet-${target.name}${target.platform === 'win' ? '.exe' : ''}`;

const packageFor = async (
  target: Target,
  work: string,
  assets: Record<string, string>,
  out: string,
): Promise<void> => {
  const node = path.join(work, `node-${target.name}`);
  await copyNode(root, target, node);
  await strip(node, target);
  const config = {
    main: 'start.cjs',
    executable: path.basename(node),
    output: path.join(out, fileOf(target)),
    assets,
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    useCodeCache: false,
    // NODE_OPTIONS could load any code into the process that holds the keys.
    execArgvExtension: 'none',
  };
  await writeFile(path.join(work, 'sea.json'), JSON.stringify(config));
  // In the work folder, so that the paths that get inside are the same on every machine.
  const { status, stderr } = spawnSync(process.execPath, ['--build-sea', 'sea.json'], {
    cwd: work,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The executable for ${target.name} was not made: ${stderr}`);
};

const sha256 = async (file: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
};

const writeSums = async (out: string, made: readonly Target[]): Promise<void> => {
  const lines: string[] = [];
  for (const target of made) {
    const file = path.join(out, fileOf(target));
    const { size } = await stat(file);
    process.stdout.write(`${file}: ${(size / 1e6).toFixed(1)} MB\n`);
    lines.push(`${await sha256(file)}  ${fileOf(target)}\n`);
  }
  await writeFile(path.join(out, 'SHA256SUMS'), lines.join(''));
};

const wanted = (names: readonly string[]): readonly Target[] => {
  const unknown = names.find((name) => !targets.some((target) => target.name === name));
  if (unknown !== undefined) {
    throw new Error(
      `There is no target ${unknown}; there are ${targets.map((target) => target.name).join(', ')}.`,
    );
  }
  return names.length === 0 ? targets : targets.filter((target) => names.includes(target.name));
};

const { values, positionals } = parseArgs({
  options: { out: { type: 'string', default: path.join(root, 'executables') } },
  allowPositionals: true,
});
const out = path.resolve(values.out);
const made = wanted(positionals);
const work = await mkdtemp(path.join(tmpdir(), 'licet-package-'));
try {
  const assets = await buildInside(work);
  await mkdir(out, { recursive: true });
  for (const target of made) await packageFor(target, work, assets, out);
  await writeSums(out, made);
} finally {
  await rm(work, { recursive: true, force: true });
}
