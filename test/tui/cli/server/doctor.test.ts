/** `licet doctor`: what it says of sound and damaged folders, and what it mends. */
import { createHash } from 'node:crypto';
import { chmod, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { initData } from '../../../../server/system/maintenance/init.ts';
import {
  createDataFolders,
  quietLog,
  rootPassphrase,
  type DataFolders,
} from '../../../support/server/data-folder.ts';
import { done, licet, startLicet, type Ran, type Served } from '../../../support/licet.ts';

// Many processes one after the other, on machines that have other work too.
vi.setConfig({ testTimeout: 120_000 });

let folders: DataFolders;
let data: string;
const servers: Served[] = [];

beforeAll(async () => {
  folders = await createDataFolders();
});
beforeEach(async () => {
  data = await folders.make();
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});
afterAll(() => folders.remove());

const doctor = (line = ''): Promise<Ran> => licet(`doctor --data ${data} ${line}`);

interface Found {
  readonly severity: string;
  readonly file: string;
  readonly line?: number;
  readonly message: string;
}
const findings = (ran: Ran): readonly Found[] => ran.json()['findings'] as Found[];

const fingerprint = async (): Promise<string> => {
  const hash = createHash('sha256');
  for (const entry of await readdir(data, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const { mode, mtimeMs } = await stat(file);
    hash.update(`${file} ${mode} ${mtimeMs}`).update(await readFile(file));
  }
  return hash.digest('hex');
};

/** Changes one bit in the middle of a file. */
const flip = async (file: string): Promise<void> => {
  const bytes = await readFile(file);
  const middle = bytes.length >> 1;
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
  await writeFile(file, bytes);
};

const starts = async (): Promise<number> => {
  const server = await startLicet(`serve --data ${data} --listen 127.0.0.1:0`);
  servers.push(server);
  return (await fetch(`${server.url}/readyz`)).status;
};

test('a sound folder is well, with the advice to make a backup: exit 0', async () => {
  const before = await fingerprint();
  const ran = done(await doctor());
  expect(ran.stderr).toMatch(/is well, with 1 note/u);
  expect(ran.stdout).toMatch(/note: .*No backup.*\n {2}- .*licet backup --data/u);
  const asJson = done(await doctor('--json'));
  expect(asJson.json()).toMatchObject({ ok: true, state: { era: 1, segments: 1 } });
  expect(await fingerprint()).toBe(before);
});

test('it reads a folder that a server has open, and mends it only when that has stopped', async () => {
  expect(await starts()).toBe(200);
  const pid = servers[0]?.pid;
  expect(done(await doctor('--json')).json()).toMatchObject({ ok: true, inUseBy: pid });
  const ran = await doctor('--repair');
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain(`process ${pid}`);
});

test('a damaged snapshot is said without a change, made anew by --repair, and kept', async () => {
  await writeFile(join(data, 'db.json'), 'null');
  const before = await fingerprint();
  const ran = await doctor();
  expect(ran.code).toBe(1);
  expect(ran.stdout).toMatch(/damage: .*db\.json.*\n {2}- .*--repair/u);
  expect(ran.stderr).toContain(`licet doctor --repair --data ${data}`);
  expect(await fingerprint()).toBe(before);

  const mended = done(await doctor('--repair'));
  expect(mended.stderr).toMatch(/made anew.*kept as .*set-aside/su);
  const [stamp = ''] = await readdir(join(data, 'set-aside'));
  expect(await readFile(join(data, 'set-aside', stamp, 'db.json'), 'utf8')).toBe('null');
  expect(await starts()).toBe(200);
});

test('a damaged journal names file and line, and is left alone', async () => {
  const file = join(data, 'journal', '000000000001.jsonl');
  await flip(file);
  const before = await fingerprint();
  const ran = await doctor('--json');
  expect(ran.code).toBe(1);
  expect(findings(ran)).toContainEqual(
    expect.objectContaining({ severity: 'damage', file, line: 1 }),
  );
  const text = await doctor();
  expect(text.stdout).toMatch(/line 1: .*\n( {2}- .*\n)* {2}- .*licet restore/u);
  expect(await fingerprint()).toBe(before);
  const bytes = await readFile(file);
  expect((await doctor('--repair')).code).toBe(1);
  expect(await readFile(file)).toEqual(bytes);
});

test('damaged records may be given up by their names, and by nothing less', async () => {
  const file = join(data, 'journal', '000000000001.jsonl');
  await flip(file);
  const damaged = await readFile(file);
  const said = await doctor();
  const [, first, last] = /--repair --give-up (\d+)-(\d+) --data/u.exec(said.stdout) ?? [];
  expect(said.stdout).toMatch(/Go on without .*No document is lost.*set-aside/u);
  const before = await fingerprint();
  for (const line of [`--give-up ${first}-${last}`, '--repair --give-up all'])
    expect(await doctor(line)).toMatchObject({ code: 2, stdout: '' });
  const other = await doctor(`--repair --give-up ${first}-${Number(last) + 1}`);
  expect(other.code).toBe(1);
  expect(other.stderr).toContain(`The choice here is ${first}-${last}`);
  expect(await fingerprint()).toBe(before);
  expect((await doctor('--repair')).code).toBe(1);
  expect(await readFile(file)).toEqual(damaged);

  const mended = done(await doctor(`--repair --give-up ${first}-${last}`));
  expect(mended.stderr).toMatch(/no document is lost.*kept in .*set-aside/su);
  const [stamp = ''] = await readdir(join(data, 'set-aside'));
  const [kept = ''] = await readdir(join(data, 'set-aside', stamp));
  expect(await readFile(join(data, 'set-aside', stamp, kept))).toEqual(damaged);
  const verified = done(await licet(`journal verify --data ${data}`));
  expect(verified.stdout).toContain(`${first}-${last}`);
  const exported = done(await licet(`journal export --data ${data}`)).stdout;
  expect(exported).toMatch(/"store\.give-up","target":"\d+-\d+"/u);
  expect(await starts()).toBe(200);
});

test('keys that others may read are closed by --repair', async () => {
  const keyring = join(data, 'keys', 'keyring.json');
  await chmod(keyring, 0o644);
  const ran = await doctor();
  expect(ran.code).toBe(1);
  expect(ran.stdout).toMatch(/warning: .*keyring\.json: Other users/u);
  done(await doctor('--repair'));
  expect((await stat(keyring)).mode & 0o777).toBe(0o600);
});

test('a signing key that is missing, or that the unlock secret does not open, is damage', async () => {
  const unlock = join(data, 'keys', 'unlock');
  const secret = await readFile(unlock, 'utf8');
  await writeFile(unlock, 'x'.repeat(43));
  expect((await doctor()).stdout).toMatch(/damage: .*does not open.*licet keys rotate/u);
  await writeFile(unlock, secret);
  const names = await readdir(join(data, 'keys'));
  const name = names.find((one) => one.startsWith('signing-')) ?? '';
  await rm(join(data, 'keys', name));
  const ran = await doctor();
  expect(ran.code).toBe(1);
  expect(ran.stdout).toContain(name);
});

test('an unlock secret that is elsewhere is tried where it is named', async () => {
  const unlock = join(data, 'keys', 'unlock');
  const elsewhere = `${data}-unlock`;
  await writeFile(elsewhere, await readFile(unlock, 'utf8'), { mode: 0o600 });
  await rm(unlock);
  const ran = await doctor();
  expect(ran.code).toBe(1);
  expect(ran.stdout).toMatch(/warning: .*unlock secret is not here.*\n.*--unlock-file/u);
  done(await doctor(`--unlock-file ${elsewhere}`));
});

test('a certificate of a signing key that ends soon is told', async () => {
  data = `${data}-old`;
  await initData({
    directory: data,
    operatorEmail: 'ops@example.com',
    rootPassphrase,
    environment: {},
    log: quietLog,
    now: () => Date.now() - 340 * 86_400_000,
  });
  const ran = await doctor();
  expect(ran.code).toBe(1);
  expect(ran.stdout).toMatch(
    /warning: .*certificate of the signing key ends on .*\n.*keys rotate/u,
  );
});

test('settings that no server would take, and a certificate for HTTPS that is none, are told', async () => {
  await writeFile(join(data, 'licet.json'), '{"listen":"everywhere"}', { mode: 0o600 });
  expect((await doctor()).stdout).toMatch(/damage: .*licet\.json: .*"everywhere"/u);
  const none = join(data, 'none.pem');
  const settings = JSON.stringify({ tlsCert: none, tlsKey: none });
  await writeFile(join(data, 'licet.json'), settings, { mode: 0o600 });
  expect((await doctor()).stdout).toMatch(/damage: .*none\.pem: The certificate for HTTPS/u);
});

test('what is no data folder is refused; help has an example', async () => {
  await rm(data, { recursive: true });
  const ran = await doctor();
  expect(ran).toMatchObject({ code: 1, stdout: '' });
  expect(ran.stderr).toContain('licet init');
  expect(done(await licet('doctor --help')).stdout).toMatch(/Examples:\n {2}licet doctor/u);
});
