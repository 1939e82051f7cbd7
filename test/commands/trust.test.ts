/** Whom a command trusts: a certificate is shown once, remembered, and stops everything when it changed. */
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bundle } from '../support/bundle.ts';
import { closing } from '../support/closing.ts';
import { done, licet, makeFolder, startLicet, type TestFolder } from '../support/licet.ts';
import { openProgram } from '../support/terminal.ts';

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
  expect(unknown.stderr).toContain(fingerprint);

  const args = login.split(' ');
  const terminal = closing(openProgram(await bundle('tui/main.tsx'), args, { env }));
  await terminal.waitFor('Is it the one on your card?', 20_000);
  expect(terminal.screen()).toContain(fingerprint);
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
