/** The executables of all targets: one for each kind of machine, and the same bytes wherever they are made. */
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { readPage, shellBlocks } from '../support/terminal/pages.ts';

const run = promisify(execFile);
const root = path.join(import.meta.dirname, '../..');
let out = '';

beforeAll(async () => {
  out = await mkdtemp(path.join(tmpdir(), 'licet-targets-'));
  await run(process.execPath, [path.join(root, 'scripts/package/package.ts'), '--out', out]);
}, 600_000);
afterAll(() => rm(out, { recursive: true, force: true }));

const head = async (name: string): Promise<Buffer> => {
  await using file = await open(path.join(out, name));
  const { buffer } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
  return buffer;
};

test('there is one for each kind of machine, with its checksum', async () => {
  const sums = await readFile(path.join(out, 'SHA256SUMS'), 'utf8');
  const names = ['licet-linux-x64', 'licet-linux-arm64', 'licet-win-x64.exe'];
  for (const name of names) {
    const bytes = await readFile(path.join(out, name));
    expect(sums).toContain(`${createHash('sha256').update(bytes).digest('hex')}  ${name}\n`);
    // The mark by which Node knows that a program is inside.
    expect(bytes.includes('NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:1')).toBe(true);
    expect(bytes.length).toBeLessThan(119e6);
  }
  // e_machine of ELF: 62 is x86-64, 183 is AArch64.
  expect((await head('licet-linux-x64')).readUInt16LE(18)).toBe(62);
  expect((await head('licet-linux-arm64')).readUInt16LE(18)).toBe(183);
  const windows = await head('licet-win-x64.exe');
  const header = windows.readUInt32LE(0x3c);
  expect(windows.toString('latin1', header, header + 4)).toBe('PE\0\0');
  // No certificate table: that of Node does not fit what is no longer Node.
  expect(windows.readBigUInt64LE(header + 168)).toBe(0n);
});

test('its checksum is compared, and it is put in place, as the page says', async () => {
  const [commands] = shellBlocks(await readPage('docs/install.md')).map((block) => block.commands);
  const script = commands?.replace('/usr/local/bin/licet', path.join(out, 'licet')) ?? '';
  // Alone, as it is carried: the sums are of all three.
  const alone = path.join(out, 'alone');
  await mkdir(alone);
  const files = ['licet-linux-x64', 'SHA256SUMS'].map((name) => path.join(out, name));
  await run('cp', [...files, alone]);
  const { stdout } = await run('sh', ['-e', '-c', script], { cwd: alone });
  expect(stdout).toBe('licet-linux-x64: OK\n');
  expect((await stat(path.join(out, 'licet'))).mode & 0o777).toBe(0o755);
});

/** A clone in a folder, with the same packages, and what it makes, in a time zone and with a umask of its own. */
const sumOfClone = async (folder: string, zone: string, umask: string): Promise<string> => {
  const clone = path.join(out, folder);
  await mkdir(path.dirname(clone), { recursive: true });
  await run('git', ['clone', '--quiet', root, clone]);
  await run('cp', ['-a', path.join(root, 'node_modules'), clone]);
  const target = `linux-${process.arch}`;
  const command = `umask ${umask} && exec "$0" scripts/package/package.ts ${target}`;
  const env = { ...process.env, TZ: zone };
  await run('sh', ['-c', command, process.execPath], { cwd: clone, env });
  // Neither a build nor a package for npm may take the executables away.
  await run(process.execPath, ['scripts/build.ts'], { cwd: clone, env });
  return readFile(path.join(clone, 'executables/SHA256SUMS'), 'utf8');
};

test('two clones in different places make the same bytes', async () => {
  const first = await sumOfClone('a', 'UTC', '022');
  const second = await sumOfClone('another/folder that is deeper', 'Asia/Tokyo', '077');
  expect(first).toMatch(/^[0-9a-f]{64} {2}licet-linux-/u);
  expect(second).toBe(first);
}, 300_000);

// Debian: qemu-user-static libc6-arm64-cross libatomic1-arm64-cross libstdc++6-arm64-cross
const sysroot = process.env['QEMU_LD_PREFIX'] ?? '/usr/aarch64-linux-gnu';
const emulator = ['qemu-aarch64-static', 'qemu-aarch64'].find(
  (name) => spawnSync(name, ['--version']).error === undefined,
);

test.runIf(emulator !== undefined && existsSync(path.join(sysroot, 'lib/libatomic.so.1')))(
  'that for ARM runs, here in an emulator',
  async () => {
    const licet = (...args: readonly string[]) =>
      run(emulator ?? '', ['-L', sysroot, path.join(out, 'licet-linux-arm64'), ...args]);
    expect((await licet('--version')).stdout).toBe(`${manifest.version}\n`);
    const data = path.join(out, 'data');
    await licet('init', '--data', data, '--operator-email', 'a@example.com');
    const { stdout } = await licet('doctor', '--data', data, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ ok: true });
  },
  120_000,
);
