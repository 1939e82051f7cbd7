/** `licet init`, `serve` and `operator recover`: what works, and what is refused without a trace. */
import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  done,
  licet,
  makeFolder,
  startLicet,
  type Served,
  type TestFolder,
} from '../../../support/licet.ts';

let folder: TestFolder;
let data: string;
const servers: Served[] = [];

beforeEach(async () => {
  folder = await makeFolder();
  data = `${folder.path}/data`;
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  await folder.remove();
});

const init = () => licet(`init --data ${data} --operator-email a@example.com --json`);
const serve = async (directory = data): Promise<Served> => {
  const server = await startLicet(`serve --data ${directory} --listen 127.0.0.1:0`);
  servers.push(server);
  return server;
};

test('init gives a code for the operator and the recovery sheet with the spare root', async () => {
  expect(done(await init()).json()).toMatchObject({
    directory: data,
    operator: { email: 'a@example.com' },
    code: { code: expect.any(String) },
    spareRoot: { pem: expect.stringContaining('PRIVATE KEY') },
    recoverySheet: { entries: expect.any(Array) },
  });
  const sheet = done(await licet(`init --data ${data}2 --operator-email a@example.com`));
  expect(sheet.stdout).toContain('RECOVERY SHEET');
  expect(sheet.stderr).toContain('licet serve --data');
});

test('serve prints one line of JSON with where it listens, and ends by SIGTERM with 0', async () => {
  done(await init());
  const server = await serve();
  expect(Object.keys(server.first)).toContain('listening');
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  expect(await server.stop()).toBe(0);
});

test('a second server on the folder says which process has it', async () => {
  done(await init());
  const server = await serve();
  const ran = await licet(`serve --data ${data} --listen 127.0.0.1:0`);
  expect(ran).toMatchObject({ code: 1, stdout: '' });
  expect(ran.stderr).toContain(String(server.pid));
});

test('a port in use is named, with what to do', async () => {
  done(await init());
  const { url } = await serve();
  done(await licet(`init --data ${data}2 --operator-email a@example.com`));
  const ran = await licet(`serve --data ${data}2 --listen 127.0.0.1:${new URL(url).port}`);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toMatch(/in use.*--listen/su);
});

test('a folder with other things in it is refused by init and serve, and not changed', async () => {
  await folder.file('thesis.txt', 'mine');
  const made = await licet(`init --data ${folder.path} --operator-email a@example.com`);
  expect(made.code).toBe(1);
  expect(made.stderr).toContain('thesis.txt');
  const served = await licet(`serve --data ${folder.path} --listen 127.0.0.1:0`);
  expect(served.code).toBe(1);
  expect(served.stderr).toContain('licet init');
  expect(await readdir(folder.path)).toEqual(['thesis.txt']);
});

test('an operator e-mail that is none leaves no folder behind', async () => {
  const ran = await licet(`init --data ${data} --operator-email nobody`);
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain('nobody');
  expect(await readdir(folder.path)).toEqual([]);
});

test('a setting that is not allowed names setting, value and what is: exit 2', async () => {
  done(await init());
  const ran = await licet(`serve --data ${data} --listen everywhere`);
  expect(ran.code).toBe(2);
  expect(ran.stderr).toMatch(/"listen".*"everywhere".*HOST:PORT/su);
});

test('plain HTTP off the loopback is refused with what to add', async () => {
  done(await init());
  const ran = await licet(`serve --data ${data} --listen 0.0.0.0:0`);
  expect(ran.code).not.toBe(0);
  expect(ran.stderr).toMatch(/--tls.*--insecure-http/su);
});

test('a lost operator comes back by a code, while the server is stopped', async () => {
  done(await init());
  const recovered = done(await licet(`operator recover a@example.com --data ${data} --json`));
  expect(recovered.json()).toMatchObject({ email: 'a@example.com', code: expect.any(String) });
  const server = await serve();
  done(
    await licet(`account set-password --server ${server.url} --code-file - --new-password-file -`, {
      env: { LICET_CONFIG_DIR: folder.path },
      input: `${String(recovered.json()['code'])}\nback again with this one\n`,
    }),
  );
  const running = await licet(`operator recover a@example.com --data ${data}`);
  expect(running.code).toBe(1);
  expect(running.stderr).toContain(String(server.pid));
});
