/** `licet backup` and `restore`: real processes, a server that runs, and one that was moved. */
import { chmod, cp, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { bundle } from '../../../support/bundle.ts';
import { closing } from '../../../support/closing.ts';
import {
  done,
  licet,
  openPortal,
  operatorEmail,
  operatorPassword,
  passphrase,
  startLicet,
  type Portal,
  type Ran,
  type Served,
} from '../../../support/licet.ts';
import { openProgram } from '../../../support/terminal/terminal.ts';

// Many processes one after the other, on machines that have other work too.
vi.setConfig({ testTimeout: 120_000 });

let portal: Portal;
/** A backup that was made while the server ran. */
let file: string;
let count = 0;
const servers: Served[] = [];

beforeAll(async () => {
  portal = await openPortal();
  done(await portal.as('ops', 'product create acme-server --name "Acme Server"'));
  file = `${portal.folder}/backup.tar.gz`;
  done(await licet(`backup --data ${portal.data} --out ${file}`));
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});
afterAll(() => portal.close());

const newFolder = (): string => {
  count += 1;
  return `${portal.folder}/restored-${count}`;
};
const restore = (directory: string, line = '', input?: string, from = file): Promise<Ran> =>
  licet(`restore ${from} --data ${directory} --json ${line}`, input === undefined ? {} : { input });
const serve = async (directory: string): Promise<Served> => {
  const server = await startLicet(`serve --data ${directory} --listen 127.0.0.1:0`);
  servers.push(server);
  return server;
};
/** The products that an operator finds on a server. */
const products = async ({ url }: Served): Promise<string> => {
  const login = `login --server ${url} --email ${operatorEmail}`;
  done(await portal.as(url, login, { input: operatorPassword }));
  return done(await portal.as(url, `product list --server ${url}`)).stdout;
};

test('a backup of a running server is served elsewhere by the passphrase of the root', async () => {
  const directory = newFolder();
  const restored = done(await restore(directory, '', passphrase)).json();
  expect(restored).toMatchObject({ directory, era: 2, unlocked: 'by the root' });
  const server = await serve(directory);
  expect(await products(server)).toContain('acme-server');
  const jwks = (await (await fetch(`${server.url}/.well-known/jwks.json`)).json()) as {
    keys: unknown[];
  };
  expect(jwks.keys).toHaveLength(2);
});

test('a session that was signed out after the backup does not work again after its restore', async () => {
  const from = newFolder();
  done(await restore(from, '', passphrase));
  const first = await serve(from);
  const sessions = (server: Served) => `${server.url}/v1/sessions`;
  const signedIn = await fetch(sessions(first), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: operatorEmail, password: operatorPassword }),
  });
  const { token } = (await signedIn.json()) as { token: string };
  const headers = { authorization: `Bearer ${token}` };
  done(await licet(`backup --data ${from} --out ${from}.tar.gz`));
  const account = async (server: Served): Promise<number> =>
    (await fetch(`${server.url}/v1/account`, { headers })).status;
  expect(await account(first)).toBe(200);
  expect((await fetch(`${sessions(first)}/current`, { method: 'DELETE', headers })).status).toBe(
    204,
  );
  expect(await account(first)).toBe(401);
  const to = newFolder();
  done(await restore(to, '', passphrase, `${from}.tar.gz`));
  expect(await account(await serve(to))).toBe(401);
  done(await licet(`journal verify --data ${to}`));
});

test('with the unlock secret no passphrase is needed, and the signing key stays', async () => {
  const secret = `${portal.folder}/unlock`;
  await cp(`${portal.data}/keys/unlock`, secret);
  const directory = newFolder();
  const restored = done(await restore(directory, `--unlock-file ${secret}`)).json();
  expect(restored).toMatchObject({ unlocked: 'by the secret' });
  expect(await readFile(`${directory}/keys/keyring.json`, 'utf8')).toBe(
    await readFile(`${portal.data}/keys/keyring.json`, 'utf8'),
  );
});

test('an unlock secret that others may read is refused before anything is written', async () => {
  const secret = `${portal.folder}/unlock-open`;
  await cp(`${portal.data}/keys/unlock`, secret);
  await chmod(secret, 0o644);
  const directory = newFolder();
  const ran = await restore(directory, `--unlock-file ${secret}`);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain(`chmod 600 ${secret}`);
  await expect(stat(directory)).rejects.toThrow('ENOENT');
});

test('the unlock secret of another server says that the keys stay locked, and how to go on', async () => {
  const secret = await portal.file('unlock-other', 'x'.repeat(43));
  await chmod(secret, 0o600);
  const ran = await restore(newFolder(), `--unlock-file ${secret}`);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toMatch(/still locked.*licet keys rotate/su);
});

test('keys may stay locked until the secret is brought', async () => {
  const directory = newFolder();
  const restored = done(await restore(directory, '--keep-locked')).json();
  expect(restored).toMatchObject({ unlocked: 'not yet' });
  await cp(`${portal.data}/keys/unlock`, `${directory}/keys/unlock`);
  expect((await fetch(`${(await serve(directory)).url}/readyz`)).status).toBe(200);
});

test('without secret, passphrase or anybody to ask, nothing is written: exit 2', async () => {
  const directory = newFolder();
  const ran = await restore(directory);
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toContain('--root-passphrase-file');
  await expect(stat(directory)).rejects.toThrow('ENOENT');
});

test('a wrong passphrase leaves the data restored, and says how to go on', async () => {
  const directory = newFolder();
  const ran = await restore(directory, '', 'not the passphrase');
  expect(ran.code).toBe(1);
  expect(ran.stderr).toMatch(/still locked.*not the passphrase.*licet keys rotate/su);
  const rotate = `keys rotate --data ${directory} --new-unlock-secret`;
  done(await licet(rotate, { input: passphrase }));
  expect(await products(await serve(directory))).toContain('acme-server');
});

test('at a terminal the passphrase may be tried again', async () => {
  const directory = newFolder();
  const program = await bundle('tui/main.tsx');
  const terminal = closing(openProgram(program, ['restore', file, '--data', directory]));
  await terminal.waitFor('The passphrase of the root key:');
  terminal.type('not this one');
  terminal.press('enter');
  await terminal.waitFor(/not the passphrase[^]*The passphrase of the root key:/u);
  terminal.type(passphrase);
  terminal.press('enter');
  expect((await terminal.exited).code).toBe(0);
  expect(await products(await serve(directory))).toContain('acme-server');
});

test('a folder that is not empty is refused, and not changed', async () => {
  const before = await readdir(portal.data);
  const ran = await restore(portal.data, '', passphrase);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain('is not empty');
  expect(await readdir(portal.data)).toEqual(before);
});

test('a damaged backup, another file and a missing one are refused', async () => {
  const bytes = await readFile(file);
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
  const damaged = `${portal.folder}/damaged.tar.gz`;
  await writeFile(damaged, bytes);
  const text = await portal.file('thesis.txt', 'mine');
  for (const from of [damaged, text, `${portal.folder}/nowhere.tar.gz`]) {
    const ran = await restore(newFolder(), '', passphrase, from);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(from);
  }
});

test('a backup into a folder is named by its time and says how it comes back', async () => {
  const made = done(await licet(`backup --data ${portal.data} --out ${portal.folder}`));
  expect(made.stdout).toMatch(/licet-\d{8}T\d{6}Z-\d+\.tar\.gz/u);
  expect(made.stderr).toMatch(/unlock secret.*licet restore .*\.tar\.gz/su);
});

test('a folder that is not there is made, so that every day has a file of its own', async () => {
  for (const line of [`--data ${portal.data}`, `--server ${portal.url}`]) {
    const place = `${portal.folder}/daily${line.length}/`;
    done(await portal.as('ops', `backup ${place} ${line}`, { input: operatorPassword }));
    expect(await readdir(place)).toEqual([expect.stringMatching(/^licet-.*\.tar\.gz$/u)]);
  }
});

test('an operator elsewhere fetches one over the network, and nobody else', async () => {
  const fetched = `${portal.folder}/fetched.tar.gz`;
  const line = `backup ${fetched} --server ${portal.url} --json`;
  const input = { input: `${operatorPassword}\n` };
  expect(done(await portal.as('ops', line, input)).json()).toMatchObject({ file: fetched });
  expect((await stat(fetched)).mode & 0o777).toBe(0o600);
  const directory = newFolder();
  done(await restore(directory, '', passphrase, fetched));
  expect(await products(await serve(directory))).toContain('acme-server');

  expect(await portal.as('ops', line, input)).toMatchObject({ code: 1 });
  const thief = await portal.as('ops', line, { input: 'a guess of the thief' });
  expect([thief.code, thief.stderr]).toMatchObject([3, /password is not right/u]);
  const stranger = await portal.as('stranger', line);
  expect(stranger.code).toBe(3);
  expect(stranger.stderr).toContain('licet login');
  expect((await portal.as('ops', `${line} --move`)).code).toBe(2);
});

test('a backup never overwrites, and never lies beside its data', async () => {
  const there = await licet(`backup --data ${portal.data} --out ${file}`);
  expect(there.code).toBe(1);
  expect(there.stderr).toContain('is there already');
  const inside = await licet(`backup --data ${portal.data}`, { cwd: portal.data });
  expect(inside.code).toBe(2);
  expect(inside.stderr).toContain('--out');
  const nowhere = await licet(`backup --data ${portal.folder}`);
  expect(nowhere.code).toBe(1);
  expect(nowhere.stderr).toContain('licet init');
});

test('a move needs the server stopped, seals the folder, and is served where it went', async () => {
  const directory = newFolder();
  done(await restore(directory, '', passphrase));
  const server = await serve(directory);
  const move = `backup --move --data ${directory} --out ${directory}.tar.gz --json`;
  const unasked = { code: 2, stderr: expect.stringContaining('Add --yes') };
  const running = await licet(`${move} --yes`);
  expect(running.code).toBe(1);
  expect(running.stderr).toContain(`process ${server.pid}`);
  await server.stop();
  expect(await licet(move)).toMatchObject(unasked);
  expect(done(await licet(`${move} --yes`)).json()).toMatchObject({ sealed: true, era: 2 });
  const sealed = await licet(`serve --data ${directory} --listen 127.0.0.1:0`);
  expect(sealed.code).toBe(1);
  expect(sealed.stderr).toContain(`${directory}.tar.gz`);
  const to = newFolder();
  const restored = await restore(to, '', passphrase, `${directory}.tar.gz`);
  expect(done(restored).json()).toMatchObject({ era: 3 });
  expect(await products(await serve(to))).toContain('acme-server');
});

test('help has an example', async () => {
  expect(done(await licet('backup --help')).stdout).toMatch(/Examples:\n {2}licet backup/u);
  expect(done(await licet('restore --help')).stdout).toMatch(/Examples:\n {2}licet restore/u);
});
