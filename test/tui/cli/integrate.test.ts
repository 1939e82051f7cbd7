/** docs/integrate.md: its examples, run as they stand there against a real server. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundling } from '../../../scripts/build.ts';
import { exampleOf } from '../../support/examples/documents.ts';
import { addOwner, done, openPortal, ownerPassword, type Portal } from '../../support/licet.ts';

const run = promisify(execFile);
let portal: Portal;
let prod: string;
let project: string;
let password: string;

/** A project beside which the SDK is installed as npm would. */
const makeProject = async (): Promise<string> => {
  const folder = path.join(portal.folder, 'project');
  const installed = path.join(folder, 'node_modules', 'licet');
  await mkdir(path.join(installed, 'dist'), { recursive: true });
  await build({
    ...bundling,
    target: 'node20',
    entryPoints: { sdk: 'shared/sdk/index.ts' },
    outdir: path.join(installed, 'dist'),
  });
  const manifest = await readFile(new URL('../../../package.json', import.meta.url), 'utf8');
  await writeFile(path.join(installed, 'package.json'), manifest);
  await writeFile(path.join(folder, 'package.json'), '{"type":"module"}');
  return folder;
};

beforeAll(async () => {
  portal = await openPortal();
  ({ prod } = await addOwner(portal));
  password = await portal.file('password', `${ownerPassword}\n`);
  project = await makeProject();
  const snippet = done(await portal.as('ops', 'product snippet acme-server'));
  await writeFile(path.join(project, 'licensing.js'), snippet.stdout);
  await writeFile(path.join(project, 'app.js'), await exampleOf('integrate.md', 'app.js'));
});
afterAll(() => portal.close());

const env = (more: Readonly<Record<string, string>> = {}) => ({
  PATH: process.env['PATH'] ?? '',
  HOME: portal.folder,
  ACME_EMAIL: 'ana@example.com',
  ACME_PASSWORD_FILE: password,
  ACME_LICENSE: 'Prod',
  ...more,
});

/** Runs the example program; exit code, and what it printed. */
const app = async (more: Readonly<Record<string, string>>) => {
  const options = { cwd: project, env: env(more) };
  return run(process.execPath, ['app.js'], options).then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    (error: { code: number; stderr: string }) => ({ code: error.code, said: error.stderr }),
  );
};

const counter = async () => done(await portal.as('ops', `license show ${prod} --json`)).json();

test('the snippet holds all that a program embeds', async () => {
  const text = await readFile(path.join(project, 'licensing.js'), 'utf8');
  expect(text).toContain(`server: '${portal.url}',`);
  expect(text).toContain("product: 'acme-server',");
  expect(text).toMatch(/roots: \['[\w-]{43}', '[\w-]{43}'\],/u);
  const unknown = await portal.as('ops', 'product snippet nothing');
  expect(unknown.stderr).toContain('There is no product “nothing”.');
});

test('with the SDK: activated once, then licensed without the server', async () => {
  const LICET_STATE_DIR = path.join(portal.folder, 'sdk');
  const first = await app({ LICET_STATE_DIR });
  expect(first).toEqual({ code: 0, said: expect.stringMatching(/^Prod: licensed until 20/u) });
  expect(first.said).toContain('Exports are on.');
  expect(await counter()).toMatchObject({ counter: 1 });
  const again = await app({ LICET_STATE_DIR, ACME_PASSWORD_FILE: '/nowhere' });
  expect(again.code).toBe(0);
});

test('a refusal is a sentence for whoever installs it', async () => {
  const LICET_STATE_DIR = path.join(portal.folder, 'refused');
  const refused = await app({ LICET_STATE_DIR, ACME_LICENSE: '' });
  expect(refused.code).toBe(4);
  const choose = await app({ LICET_STATE_DIR, ACME_LICENSE: 'Nothing' });
  expect(choose).toEqual({ code: 4, said: expect.stringContaining('“Prod”') });
});

/** The members of the Compose specification that the example has; any other is a mistake of ours. */
const Compose = z.strictObject({
  services: z.strictObject({
    'acme-server': z.strictObject({
      build: z.literal('.'),
      environment: z.record(z.string(), z.string()),
      secrets: z.array(z.string()),
      volumes: z.array(z.string()),
    }),
  }),
  secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
  volumes: z.record(z.string(), z.null()),
});

test('in containers: one name is one seat, however many containers come after each other', async () => {
  const script = await exampleOf('integrate.md', 'fingerprint.sh');
  const compose = Compose.parse(parse(await exampleOf('integrate.md', 'compose.yaml')));
  const { environment, volumes, secrets } = compose.services['acme-server'];
  expect(environment['LICET_FINGERPRINT']).toBe((await run('sh', ['-c', script])).stdout.trim());
  // What an engine would mount is there, and where the program looks for it.
  const { LICET_STATE_DIR = '', ACME_PASSWORD_FILE = '' } = environment;
  expect(volumes).toEqual(Object.keys(compose.volumes).map((name) => `${name}:${LICET_STATE_DIR}`));
  expect(secrets).toEqual(Object.keys(compose.secrets));
  expect(ACME_PASSWORD_FILE).toBe(`/run/secrets/${secrets[0]}`);
  const secret = compose.secrets[secrets[0] ?? '']?.file ?? '';
  const { counter: before } = await counter();
  for (const name of ['first', 'second', 'third']) {
    const own = {
      LICET_STATE_DIR: path.join(portal.folder, name),
      ACME_PASSWORD_FILE: path.join(portal.folder, secret),
    };
    expect(await app({ ...environment, ...own })).toMatchObject({ code: 0 });
  }
  expect(await counter()).toMatchObject({ counter: Number(before) + 1 });
});

test('the image has what the page made beside its program, and starts it', async () => {
  const recipe = await exampleOf('integrate.md', 'Dockerfile');
  const [, copied = ''] = /^COPY (.*) \.\/$/mu.exec(recipe) ?? [];
  const page = await readFile(new URL('../../../docs/integrate.md', import.meta.url), 'utf8');
  expect(copied.split(' ')).toEqual([
    /npm install \.\/(\S+)/u.exec(page)?.[1],
    'package.json',
    ...['app.js', 'licensing.js'].filter((name) => page.includes(`\`${name}\``)),
  ]);
  expect(recipe).toContain('CMD ["node", "app.js"]');
});

const hasCurl = await run('curl', ['--version']).then(
  () => true,
  () => false,
);

test.runIf(hasCurl)('with curl: activate, check in, give back', async () => {
  const cwd = path.join(portal.folder, 'curl');
  await mkdir(cwd);
  const { counter: before } = await counter();
  const script = await exampleOf('integrate.md', 'activate.sh');
  // A container may have no machine id: any file that stays the same will do.
  const id = await portal.file('machine-id', '8f2c');
  const text = script.replace('/etc/machine-id', id);
  await run('sh', ['-c', text], { cwd, env: env({ LICET: portal.url }) });
  const kept = async (name: string) =>
    JSON.parse(await readFile(path.join(cwd, name), 'utf8')) as Record<string, unknown>;
  expect(await kept('activation.json')).toMatchObject({ license: { name: 'Prod' } });
  expect(await kept('lease.json')).toMatchObject({ lease: expect.stringMatching(/^ey/u) });
  expect(await counter()).toMatchObject({ counter: before });
  const without = run('sh', ['-c', text], {
    cwd,
    env: env({ LICET: portal.url, ACME_LICENSE: 'No' }),
  });
  await expect(without).rejects.toThrow('Command failed');
});
