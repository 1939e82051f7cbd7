/** What `npm pack` makes, installed in an empty folder without a registry. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const root = path.join(import.meta.dirname, '../..');
let folder = '';

const run = (file: string, args: readonly string[], cwd = folder) => {
  const { status, stdout, stderr } = spawnSync(file, args, { cwd, encoding: 'utf8' });
  return { status, stdout, stderr };
};

const must = (file: string, args: readonly string[], cwd = folder): void => {
  const { status, stderr } = run(file, args, cwd);
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${stderr}`);
};

/** Node of this machine that is older than the program needs, if there is one. */
const olderNode = (process.env['PATH'] ?? '')
  .split(path.delimiter)
  .map((place) => path.join(place, 'node'))
  .find((node) => /^v2[0-5]\./u.test(spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout));

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'licet-npm-'));
  must('npm', ['pack', '--pack-destination', folder], root);
  await writeFile(path.join(folder, 'package.json'), '{"private":true,"type":"module"}');
  const tarball = (await readdir(folder)).find((file) => file.endsWith('.tgz')) ?? '';
  must('npm', ['install', '--offline', '--ignore-scripts', `./${tarball}`]);
}, 300_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('it depends on nothing, and brings only what it needs', async () => {
  expect(
    (await readdir(path.join(folder, 'node_modules'))).filter((name) => !name.startsWith('.')),
  ).toEqual(['licet']);
  const inside = await readdir(path.join(folder, 'node_modules/licet/dist'));
  expect(inside.toSorted()).toEqual(['chunks', 'licenses.txt', 'licet.js', 'sdk', 'sdk.js']);
});

test('its licet runs under the Node that it needs', () => {
  const licet = path.join(folder, 'node_modules/.bin/licet');
  expect(run(process.execPath, [licet, '--version']).stdout).toBe(`${manifest.version}\n`);
  expect(run(process.execPath, [licet, 'licenses']).stdout).toContain('hono');
  const data = path.join(folder, 'data');
  const made = run(process.execPath, [
    licet,
    'init',
    '--data',
    data,
    '--operator-email',
    'a@example.com',
  ]);
  expect(made).toMatchObject({ status: 0, stdout: expect.stringContaining('RECOVERY SHEET') });
});

test.runIf(olderNode)('its licet says so under an older Node', () => {
  const licet = path.join(folder, 'node_modules/.bin/licet');
  const ran = run(olderNode ?? '', [licet, 'whoami']);
  expect(ran).toMatchObject({ status: 1, stdout: '' });
  expect(ran.stderr).toContain('needs Node 26');
});

test('licet/sdk can be imported, from Node 20 on', async () => {
  const program = path.join(folder, 'request.js');
  await writeFile(
    program,
    `import { createRequest, machineFingerprint } from 'licet/sdk';
const made = await createRequest({ stateDir: ${JSON.stringify(path.join(folder, 'state'))} });
console.log(made.ok, typeof machineFingerprint);`,
  );
  for (const node of [process.execPath, ...(olderNode === undefined ? [] : [olderNode])]) {
    expect(run(node, [program])).toEqual({ status: 0, stdout: 'true function\n', stderr: '' });
  }
});

test('licet/sdk is typed, with nothing else installed but the types of Node', async () => {
  await symlink(path.join(root, 'node_modules/@types'), path.join(folder, 'node_modules/@types'));
  await writeFile(
    path.join(folder, 'typed.ts'),
    `import { activate, verifyOfflineKey, type SdkFailure } from 'licet/sdk';
export const use = async (): Promise<string> => {
  const verified = await verifyOfflineKey({ key: 'x', roots: [] , product: 'acme' });
  if (!verified.ok) { const failure: SdkFailure = verified.error; return failure.message; }
  // @ts-expect-error: a name is a text, so the types are more than "any"
  const wrongName: number = verified.value.license.name;
  const name: string = verified.value.license.name;
  return name + wrongName;
};
// @ts-expect-error: activation without a server is no activation
export const wrong = activate({});
`,
  );
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  for (const resolution of ['nodenext', 'bundler']) {
    const module = resolution === 'nodenext' ? 'nodenext' : 'esnext';
    const flags = `--noEmit --strict --target es2022 --types node --module ${module} --moduleResolution ${resolution}`;
    const ran = run(process.execPath, [tsc, ...flags.split(' '), 'typed.ts']);
    expect(ran).toEqual({ status: 0, stdout: '', stderr: '' });
  }
});
