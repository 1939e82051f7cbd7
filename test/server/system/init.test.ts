import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLogger } from '../../../server/system/logger.ts';
import { initData, type InitOptions } from '../../../server/system/maintenance/init.ts';
import { checkRoot } from '../../../server/system/keys/manage-keys.ts';
import { recoverOperator } from '../../../server/system/maintenance/recover-operator.ts';
import { serve } from '../../../server/main.ts';

const log = createLogger('error');
const passphrase = 'a quiet harbour at noon';
const password = 'three green kites over the bay';

let parent = '';
let directory = '';
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'licet-init-'));
  directory = join(parent, 'data');
});
afterEach(() => rm(parent, { recursive: true, force: true }));

const init = (options: Partial<InitOptions> = {}) =>
  initData({
    directory,
    operatorEmail: 'Olga@Example.com',
    rootPassphrase: passphrase,
    environment: {},
    log,
    ...options,
  });

const start = () =>
  serve({ directory, version: 'test', log, environment: {}, flags: { listen: '127.0.0.1:0' } });

const post = async (url: string, path: string, body: object, method = 'POST') =>
  fetch(`${url}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe('init', () => {
  test('makes a folder on which a server starts and the operator signs in with the password', async () => {
    const made = await init({ operatorPassword: password, operatorName: 'Olga' });
    expect(made.code).toBeNull();
    expect(made.operator).toMatchObject({ email: 'olga@example.com', name: 'Olga' });
    const server = await start();
    const answer = await post(server.url, '/v1/sessions', { email: 'olga@example.com', password });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ account: { role: 'operator' } });
    await server.close();
  });

  test('without a password gives a code, with which the operator sets one', async () => {
    const { code } = await init();
    const server = await start();
    const reset = { code: code?.code, newPassword: password };
    expect((await post(server.url, '/v1/password-resets', reset, 'PUT')).status).toBe(200);
    const answer = await post(server.url, '/v1/sessions', { email: 'olga@example.com', password });
    expect(answer.status).toBe(201);
    await server.close();
  });

  test('ends with a sheet that has each secret that is kept nowhere else, and what losing it costs', async () => {
    const { recoveryText, spareRoot, code } = await init();
    expect(recoveryText).toContain(spareRoot.pem.split('\n')[1]);
    expect(recoveryText).toContain(code?.code);
    expect(recoveryText).not.toContain(passphrase);
    expect(recoveryText.match(/If lost/gu)).toHaveLength(6);
    const widths = recoveryText.split('\n').map((line) => line.length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(80 + directory.length);
    const everything = readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
      .join('');
    for (const secret of [spareRoot.pem.split('\n')[1], code?.code, passphrase]) {
      expect(everything).not.toContain(secret);
    }
  });

  test('makes a passphrase when none is given, and it opens the root', async () => {
    const { recoverySheet } = await init({ rootPassphrase: undefined });
    const made = recoverySheet.entries.find(({ secret }) => secret.startsWith('Passphrase'));
    const opened = checkRoot({ directory, passphrase: made?.value ?? '' });
    expect(await opened).toMatchObject({ use: 'main' });
  });

  test('puts the unlock secret where it is told', async () => {
    const unlockFile = join(parent, 'secrets', 'unlock');
    await init({ unlockFile });
    expect(existsSync(unlockFile)).toBe(true);
    expect(existsSync(join(directory, 'keys', 'unlock'))).toBe(false);
    const settings = { listen: '127.0.0.1:0', unlockFile };
    const server = await serve({
      directory,
      version: 'test',
      log,
      environment: {},
      flags: settings,
    });
    await server.close();
    await expect(start()).rejects.toThrow('The unlock secret is not at');
  });

  test('works in a folder that holds only a README, and closes it to others', async () => {
    mkdirSync(directory);
    chmodSync(directory, 0o755);
    writeFileSync(join(directory, 'README.md'), '# data\n');
    await init();
    expect(readdirSync(directory)).toEqual(
      expect.arrayContaining(['README.md', 'db.json', 'journal', 'keys']),
    );
    expect(readdirSync(directory).some((name) => name.startsWith('.'))).toBe(false);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  test.each([
    ['something else in it', 'notes.txt', 'is not empty: it has notes.txt in it'],
    ['licet data in it', 'db.json', 'is a licet data folder already'],
  ])('refuses a folder with %s, and changes nothing', async (_what, name, text) => {
    mkdirSync(directory);
    writeFileSync(join(directory, name), 'kept');
    await expect(init()).rejects.toThrow(text);
    expect(readdirSync(directory)).toEqual([name]);
  });

  test('refuses a path that is a file, or where it may not write', async () => {
    writeFileSync(directory, 'a file');
    await expect(init()).rejects.toThrow('is not a folder');
  });

  test.each([
    ['e-mail', { operatorEmail: 'olga' }, 'The operator\'s e-mail "olga" is not an e-mail'],
    ['short password', { operatorPassword: 'short' }, 'password needs 15 characters'],
    ['common password', { operatorPassword: 'passwordpassword' }, 'common ones'],
    ['weak passphrase', { rootPassphrase: 'tulip' }, 'The passphrase of the root is too weak'],
  ])('refuses a bad %s before anything is made', async (_what, options, text) => {
    await expect(init(options)).rejects.toThrow(text);
    expect(existsSync(directory)).toBe(false);
  });

  test('takes back everything when it fails half-way', async () => {
    const secrets = join(parent, 'unlock');
    writeFileSync(secrets, 'too short', { mode: 0o600 });
    await expect(init({ unlockFile: secrets })).rejects.toThrow('needs 32 or more');
    expect(existsSync(directory)).toBe(false);
    expect(readFileSync(secrets, 'utf8')).toBe('too short');
  });

  test('starts over what an attempt that was cut off left behind', async () => {
    mkdirSync(join(directory, '.licet-init-abc'), { recursive: true });
    mkdirSync(join(directory, 'keys'));
    await init();
    expect(existsSync(join(directory, '.licet-init-abc'))).toBe(false);
    await (await start()).close();
  });
});

describe('recovering an operator', () => {
  test('gives a code that sets a new password; the old one and its sessions end', async () => {
    await init({ operatorPassword: password });
    const first = await start();
    const signedIn = await post(first.url, '/v1/sessions', { email: 'olga@example.com', password });
    const { token } = (await signedIn.json()) as { token: string };
    await first.close();
    const { code } = await recoverOperator({ directory, email: 'OLGA@example.com', log });
    const server = await start();
    const asked = await fetch(`${server.url}/v1/account`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(asked.status).toBe(401);
    const newPassword = 'four blue boats under the moon';
    const reset = { code, newPassword };
    expect((await post(server.url, '/v1/password-resets', reset, 'PUT')).status).toBe(200);
    const again = (tried: string) =>
      post(server.url, '/v1/sessions', { email: 'olga@example.com', password: tried });
    expect((await again(newPassword)).status).toBe(201);
    expect((await again(password)).status).toBe(401);
    await server.close();
  });

  test('names the operators when the e-mail is not one of theirs', async () => {
    await init();
    await expect(recoverOperator({ directory, email: 'nobody@example.com', log })).rejects.toThrow(
      'Operators are: olga@example.com.',
    );
  });

  test('refuses while a server runs on the folder', async () => {
    await init();
    const server = await start();
    await expect(recoverOperator({ directory, email: 'olga@example.com', log })).rejects.toThrow(
      `in use by process ${process.pid}`,
    );
    await server.close();
  });
});
