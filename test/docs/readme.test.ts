/** README.md, followed word by word at a terminal. */
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildProgram } from '../../scripts/build.ts';
import { closing } from '../support/closing.ts';
import { makeFolder } from '../support/licet.ts';
import { freePort, openPlace, readPage, shellBlocks } from '../support/terminal/pages.ts';
import { openTerminal, type TestTerminal } from '../support/terminal/terminal.ts';

const built = await makeFolder();
beforeAll(() => buildProgram(built.path));
afterAll(() => built.remove());

const password = 'three green kites over the bay';

test('five minutes to a real server', async () => {
  const place = await openPlace(path.join(built.path, 'licet.js'));
  const port = await freePort();
  const blocks = shellBlocks(await readPage('README.md'))
    .filter(({ heading }) => heading.startsWith('Five minutes'))
    .map(({ commands }) =>
      commands.replaceAll('8417', `${port}`).replaceAll('YOUR-HOST', '127.0.0.1'),
    );
  expect(blocks).toHaveLength(4);
  const [init = '', serve = '', use = '', backup = ''] = blocks;
  const type = (commands: string): TestTerminal =>
    closing(
      openTerminal('bash', ['-e', '-c', commands], {
        cwd: place.path,
        columns: 110,
        rows: 40,
        env: place.env,
      }),
    );

  const first = type(init);
  await first.waitFor('Password:');
  first.press('enter');
  await first.waitFor('Passphrase:');
  first.press('enter');
  expect(await first.exited).toMatchObject({ code: 0 });
  const code = /\b[0-9A-Z]{6}(?:-[0-9A-Z]{6}){3}\b/u.exec(first.output())?.[0] ?? '';

  const server = type(serve);
  await server.waitFor('licet answers at');

  const user = type(use);
  await user.waitFor('Is this your server?');
  user.press('down', 'enter');
  await user.waitForGone('Is this your server?');
  await user.waitFor('▌ E-mail');
  user.press('down', 'down');
  await user.waitFor('▌ I have a code');
  user.press('enter');
  await user.waitFor('Set a password with a one-time code.');
  user.type(`${code}\t${password}\t${password}\r`);
  await user.waitFor('Licenses');
  user.press('q');
  await user.waitFor('Password:');
  user.type(`${password}\r`);
  expect(await user.exited).toMatchObject({ code: 0 });
  for (const part of ['Acme Server', 'ana@example.com', 'Fingerprint', 'Prod'])
    await user.waitFor(() => user.output().includes(part));

  const roots = type('licet keys export-root --public --data ./data');
  expect(await roots.exited).toMatchObject({ code: 0 });
  const last = type(backup);
  expect(await last.exited).toMatchObject({ code: 0 });
  server.press('ctrl+c');
  expect(await server.exited).toMatchObject({ code: 0 });
  await place.remove();
}, 300_000);
