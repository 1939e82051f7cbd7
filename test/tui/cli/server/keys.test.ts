/** `licet keys`: as real processes on a real folder, with and without a server that runs on it. */
import { chmod, cp, readFile, rm, stat } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { parseTrust } from '../../../../shared/statements/trust.ts';
import { bundle } from '../../../support/bundle.ts';
import { closing } from '../../../support/closing.ts';
import {
  done,
  licet,
  makeFolder,
  passphrase,
  startLicet,
  type Ran,
  type Served,
  type TestFolder,
} from '../../../support/licet.ts';
import { openProgram } from '../../../support/terminal/terminal.ts';

// Many processes one after the other, on machines that have other work too.
vi.setConfig({ testTimeout: 120_000 });

let folder: TestFolder;
let template: string;
let spare: string;
let data: string;
let count = 0;
const servers: Served[] = [];

beforeAll(async () => {
  folder = await makeFolder();
  template = `${folder.path}/template`;
  const made = done(
    await licet(
      `init --data ${template} --operator-email ops@example.com --root-passphrase-file - --json`,
      { input: passphrase },
    ),
  ).json();
  const { pem } = made['spareRoot'] as { pem: string };
  spare = await folder.file('spare.pem', pem);
  await chmod(spare, 0o600);
});
beforeEach(async () => {
  count += 1;
  data = `${folder.path}/data-${count}`;
  await cp(template, data, { recursive: true });
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});
afterAll(() => folder.remove());

/** Runs `licet keys LINE` on the folder, with a passphrase on standard input. */
const keys = (line: string, input = passphrase): Promise<Ran> =>
  licet(`keys ${line} --data ${data}`, { input });

interface Listed {
  readonly kid: string;
  readonly use: string;
  readonly status: string;
  readonly certifiedUntil: string | null;
  readonly revokedReason: string | null;
}
const listed = async (): Promise<readonly Listed[]> =>
  done(await keys('list --json')).json()['keys'] as Listed[];
const current = async (): Promise<string> =>
  (await listed()).find(({ status }) => status === 'current')?.kid ?? '';

const serve = async (): Promise<Served> => {
  const server = await startLicet(`serve --data ${data} --listen 127.0.0.1:0`);
  servers.push(server);
  return server;
};
const served = async (server: Served): Promise<readonly string[]> => {
  const answer = await fetch(`${server.url}/.well-known/jwks.json`);
  return ((await answer.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
};

test('the list says what each key is good for and until when', async () => {
  expect(await listed()).toMatchObject([
    { use: 'root', status: 'trusted', certifiedUntil: null },
    { use: 'spare root', status: 'trusted', certifiedUntil: null },
    { use: 'signing', status: 'current', certifiedUntil: expect.stringMatching(/^\d{4}-/u) },
  ]);
  const table = done(await keys('list'));
  expect(table.stdout).toMatch(/spare root +trusted +never +certifies signing keys/u);
  expect(table.stdout).toMatch(/signing +current +\d{4}-\d\d-\d\d.*signs leases/u);
});

test('a running server signs by the rotated key at once, and serves old and new', async () => {
  const old = await current();
  const server = await serve();
  const rotated = done(await keys('rotate'));
  expect(rotated.stderr).toContain(`process ${server.pid}`);
  const kid = await current();
  expect(kid).not.toBe(old);
  await vi.waitUntil(async () => (await served(server)).length === 2, { timeout: 30_000 });
  expect(await served(server)).toEqual([old, kid]);
  await server.stop();
  expect(await readFile(`${data}/journal/000000000001.jsonl`, 'utf8')).toContain('"keys.rotate"');
});

test('without a server the journal has the rotation, and a server starts with the new key', async () => {
  expect(done(await keys('rotate --json')).json()).toMatchObject({ kid: await current() });
  expect(await readFile(`${data}/journal/000000000001.jsonl`, 'utf8')).toContain('"keys.rotate"');
  expect(await served(await serve())).toHaveLength(2);
});

test('a wrong passphrase changes nothing: exit 1', async () => {
  const before = await readFile(`${data}/keys/keyring.json`, 'utf8');
  const ran = await keys('rotate', 'not the passphrase');
  expect(ran).toMatchObject({ code: 1, stdout: '' });
  expect(ran.stderr).toContain('This is not the passphrase');
  expect(await readFile(`${data}/keys/keyring.json`, 'utf8')).toBe(before);
});

test('a lost unlock secret is made anew only when told so', async () => {
  await rm(`${data}/keys/unlock`);
  const ran = await keys('rotate');
  expect(ran.code).toBe(1);
  expect(ran.stderr).toMatch(/--unlock-file.*--new-unlock-secret/su);
  done(await keys('rotate --new-unlock-secret'));
  expect((await stat(`${data}/keys/unlock`)).mode & 0o777).toBe(0o600);
  expect(await served(await serve())).toHaveLength(2);
});

test('a revoked signing key is replaced, and the server publishes the list', async () => {
  const old = await current();
  const server = await serve();
  const before = await (await fetch(`${server.url}/v1/revocations`)).text();
  const revoked = done(await keys(`revoke ${old} --reason "laptop stolen" --yes --json`)).json();
  expect(revoked).toMatchObject({ kid: old, number: 2, replacedBy: await current() });
  expect((await listed()).find(({ kid }) => kid === old)).toMatchObject({
    status: 'revoked',
    revokedReason: 'laptop stolen',
  });
  await vi.waitUntil(async () => !(await served(server)).includes(old), { timeout: 30_000 });
  expect(await (await fetch(`${server.url}/v1/revocations`)).text()).not.toBe(before);
});

test('revoking needs a key that is known, a reason, and a time that is one', async () => {
  expect(await keys('revoke')).toMatchObject({ code: 2 });
  expect((await keys('revoke abc')).stderr).toContain('--reason');
  expect(await keys('revoke abc --reason x --from soon')).toMatchObject({ code: 2 });
  expect((await keys('revoke --nope')).code).toBe(2);
  expect((await keys('revoke --nope --reason x')).stderr).toContain('There is no option --nope');
  // An id may begin with a dash.
  const dashed = await keys(`revoke -${'x'.repeat(42)} --reason x --yes`);
  expect(dashed.stderr).toContain(`There is no key -${'x'.repeat(42)}`);
  const unknown = await keys('revoke abc --reason x --yes');
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toContain('There is no key abc');
});

test('the spare root revokes the other without a passphrase', async () => {
  const [root] = await listed();
  done(
    await licet(
      `keys revoke ${root?.kid} --reason leaked --yes --root-file ${spare} --data ${data}`,
    ),
  );
  expect((await listed())[0]).toMatchObject({ use: 'root', status: 'revoked' });
});

test('the public roots and the trust file are what products and machines take', async () => {
  const kids = (await listed()).flatMap(({ kid, use }) => (use === 'signing' ? [] : [kid]));
  for (const line of ['export-root --public', 'export-root --pem', 'export-trust']) {
    const trust = parseTrust(done(await keys(line)).stdout);
    expect(trust.ok && trust.value.roots.map(({ kid }) => kid)).toEqual(kids);
  }
});

test('the root leaves the server encrypted, is checked there, and still rotates', async () => {
  const file = `${folder.path}/root-${count}.json`;
  done(await keys(`export-root --out ${file}`));
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const again = await keys(`export-root --out ${file}`);
  expect(again.code).toBe(1);
  expect(again.stderr).toContain('is there already');
  await rm(`${data}/keys/root.json`);
  const gone = await keys('check-root');
  expect(gone.code).toBe(1);
  expect(gone.stderr).toContain('--root-file');
  expect(done(await keys(`check-root --root-file ${file} --json`)).json()).toMatchObject({
    use: 'main',
  });
  done(await keys(`rotate --root-file ${file}`));
});

test('at a terminal the passphrase is asked for and never shown, and a revocation asks first', async () => {
  const at = async (line: string) =>
    closing(openProgram(await bundle('tui/main.tsx'), `keys ${line} --data ${data}`.split(' ')));
  const check = await at('check-root');
  await check.waitFor('The passphrase of the root key:');
  check.type(passphrase);
  check.press('enter');
  expect((await check.exited).code).toBe(0);
  await check.waitFor('it opens');
  expect(check.screen()).not.toContain(passphrase);

  const kid = await current();
  const revoke = await at(`revoke ${kid} --reason test`);
  await revoke.waitFor('Revoke it? (yes/no)');
  revoke.type('no');
  revoke.press('enter');
  expect((await revoke.exited).code).toBe(1);
  await revoke.waitFor('Nothing was changed.');
  expect(await current()).toBe(kid);
});

test('help has an example, and a folder that is not ours is named with what to do', async () => {
  for (const name of ['list', 'rotate', 'revoke', 'export-root', 'export-trust', 'check-root'])
    expect(done(await licet(`keys ${name} --help`)).stdout).toMatch(/Examples?:\n {2}licet keys/u);
  const ran = await licet(`keys list --data ${folder.path}`);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain('licet init');
});
