/** Whom a command trusts: a certificate is shown once, remembered, and stops everything when it changed. */
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { groupedFingerprint } from '../../../shared/sdk/certificate.ts';
import { bundle } from '../../support/bundle.ts';
import { closing } from '../../support/closing.ts';
import { done, licet, makeFolder, startLicet, type TestFolder } from '../../support/licet.ts';
import { openProgram } from '../../support/terminal/terminal.ts';

const email = 'ops@example.com';
const password = 'the operator of the test';

let folder: TestFolder;
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(() => folder.remove());

/** Starts a server with a certificate of its own. */
const serve = async (name: string, port = 0) => {
  const data = `${folder.path}/${name}`;
  const file = await folder.file('password', password);
  done(
    await licet(`init --data ${data} --operator-email ${email} --operator-password-file ${file}`),
  );
  return {
    data,
    server: await startLicet(`serve --tls --data ${data} --listen 127.0.0.1:${port}`),
  };
};

test('a certificate is asked about once, and a changed one stops the sign-in before the password', async () => {
  const env = { LICET_CONFIG_DIR: `${folder.path}/config` };
  const first = await serve('first');
  const { url } = first.server;
  const fingerprint = String(first.server.first['fingerprint']);
  const login = `login --server ${url} --email ${email}`;

  const unknown = await licet(login, { env, input: password });
  expect(unknown.code).toBe(5);
  expect(unknown.stderr).toContain(groupedFingerprint(fingerprint));

  const args = login.split(' ');
  const terminal = closing(openProgram(await bundle('tui/main.tsx'), args, { env }));
  await terminal.waitFor('Is it the one on your card?', 20_000);
  await terminal.waitFor(groupedFingerprint(fingerprint));
  terminal.type('yes\r');
  await terminal.waitFor('Password:', 20_000);
  terminal.type(`${password}\r`);
  expect(await terminal.exited).toMatchObject({ code: 0 });
  expect(terminal.output()).not.toContain(password);
  expect(await readFile(`${folder.path}/config/client.json`, 'utf8')).toContain(fingerprint);
  done(await licet('whoami', { env }));

  await first.server.stop();
  const second = await serve('second', Number(new URL(url).port));
  const changed = await licet(login, { env, input: password });
  expect(changed.code).toBe(5);
  expect(changed.stderr).toMatch(/has changed/u);
  await second.server.stop();
  // Not even a refused sign-in is in its journal: nothing was sent.
  const journal = done(await licet(`journal export --data ${second.data}`));
  expect(journal.stdout).toContain('server.init');
  expect(journal.stdout).not.toContain('session');
});

test('--pin trusts that certificate and no other, without a question; the card to hand over carries it', async () => {
  const { server } = await serve('pinned');
  const fingerprint = String(server.first['fingerprint']);
  const env = { LICET_CONFIG_DIR: `${folder.path}/config` };
  const login = `login --server ${server.url} --email ${email}`;

  const wrong = await licet(`${login} --pin ${'00'.repeat(32)}`, { env, input: password });
  expect(wrong.code).toBe(5);
  expect(wrong.stderr).toMatch(/Nothing was sent/u);
  const none = await licet(`${login} --pin 1234`, { env, input: password });
  expect(none.code).toBe(2);

  done(
    await licet(`${login} --pin "${groupedFingerprint(fingerprint)}"`, { env, input: password }),
  );
  const create = 'operator account create ana@example.com --name Ana';
  const card = done(await licet(`${create} --pin ${fingerprint}`, { env }));
  expect(card.stdout).toMatch(new RegExp(`Server +${server.url}`, 'u'));
  expect(card.stdout).toMatch(new RegExp(`Fingerprint +${groupedFingerprint(fingerprint)}`, 'u'));
  await server.stop();
});

test('the token lies in the platform’s folder for settings, for its owner alone', async () => {
  const { server } = await serve('kept');
  // As somebody's careless copy left it.
  const config = `${folder.path}/home/settings`;
  const file = `${config}/licet/client.json`;
  await mkdir(`${config}/licet`, { recursive: true });
  await writeFile(file, '{"servers":{}}');
  await chmod(file, 0o644);

  const env = {
    HOME: `${folder.path}/home`,
    XDG_CONFIG_HOME: config,
    LICET_PIN: String(server.first['fingerprint']),
  };
  done(await licet(`login --server ${server.url} --email ${email}`, { env, input: password }));
  expect(await readFile(file, 'utf8')).toMatch(/"token": "ls_[\w-]{43}"/u);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  // Where there was no folder, the one that is made is nobody else's either.
  const elsewhere = { ...env, XDG_CONFIG_HOME: `${config}/new` };
  const again = `login --server ${server.url} --email ${email}`;
  done(await licet(again, { env: elsewhere, input: password }));
  expect((await stat(`${config}/new/licet`)).mode & 0o777).toBe(0o700);
  done(await licet('whoami', { env }));
  done(await licet('logout', { env }));
  expect(await readFile(file, 'utf8')).not.toContain('ls_');
  expect((await licet('whoami', { env })).code).toBe(3);
  await server.stop();
});
