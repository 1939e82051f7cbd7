import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { createRequest } from '../../shared/sdk/index.ts';
import { bundle } from '../support/bundle.ts';
import { closing } from '../support/closing.ts';
import { must, password } from '../support/server/live-server.ts';
import { openProgram, type TestTerminal } from '../support/terminal/terminal.ts';
import { anaEmail, openPortalServer } from '../support/terminal/tui.ts';

const open = async (url: string): Promise<TestTerminal> => {
  const program = await bundle('tui/main.tsx');
  const home = await mkdtemp(path.join(os.tmpdir(), 'licet-home-'));
  return closing(
    openProgram(program, ['--plain', '--server', url], {
      columns: 200,
      rows: 100,
      env: { HOME: home, LICET_CONFIG_DIR: home },
    }),
  );
};

const answer = async (terminal: TestTerminal, question: string, said: string): Promise<void> => {
  // The last line is the question that waits.
  await terminal.waitFor(
    (screen) => screen.trimEnd().split('\n').at(-1)?.startsWith(question) === true,
  );
  terminal.type(`${said}\r`);
};

const choosePackage = async (terminal: TestTerminal, name: string): Promise<void> => {
  await terminal.waitFor((screen) =>
    screen.trimEnd().endsWith('Which package?\n1. Prod\n2. Dev\nNumber or name:'),
  );
  terminal.type(`${name}\r`);
};

test('everything that an owner needs is asked and said line by line, at a terminal', async () => {
  const server = await openPortalServer();
  await server.activate('web-1', { email: anaEmail, licenseId: server.prod });
  const terminal = await open(server.url);
  await answer(terminal, 'Number or name:', 'sign in');
  await answer(terminal, 'E-mail', anaEmail);
  await answer(terminal, 'Password:', `${password.slice(0, -1)}x\u007F${password.at(-1)}`);
  await terminal.waitFor('Signed in as Ana Ruiz.');
  expect(terminal.output()).not.toContain(password.slice(0, -1));

  await terminal.waitFor('1. My License');
  await answer(terminal, 'Number or name:', 'my license');
  await choosePackage(terminal, 'prod');
  await terminal.waitFor('Activations: 1 of 3');

  await answer(terminal, 'Number or name:', 'reset activations');
  await choosePackage(terminal, '1');
  await terminal.waitFor('1 machine of Prod gives its seat back; the counter will show 0.');
  await answer(terminal, 'Number or name:', '1');
  await terminal.waitFor('Nothing was changed.');
  const client = await server.client(anaEmail);
  expect((await must(client.license(server.prod))).counter).toBe(1);
  await answer(terminal, 'Number or name:', 'reset activations');
  await choosePackage(terminal, '1');
  await answer(terminal, 'Number or name:', '2');
  await terminal.waitFor('Prod: 1 machine released.');

  await answer(terminal, 'Number or name:', 'add a user');
  await choosePackage(terminal, 'Dev');
  await answer(terminal, 'E-mail', 'not an address');
  await terminal.waitFor('is not an e-mail address');
  await answer(terminal, 'E-mail', 'ben@acme.example');
  await answer(terminal, 'Name', 'Ben Okafor');
  await answer(terminal, 'May manage', 'no');
  await terminal.waitFor(/Code: [\w-]{20,}/u);

  const stateDir = await mkdtemp(path.join(os.tmpdir(), 'licet-machine-'));
  const request = await createRequest({ stateDir, hostname: 'plant-7' });
  if (!request.ok) throw new Error(request.error.message);
  await answer(terminal, 'Number or name:', 'make an offline key');
  await choosePackage(terminal, 'Prod');
  const [first = '', ...lines] = request.value.typed.split('\n');
  await answer(
    terminal,
    'Request code',
    `${first.startsWith('1Z') ? '1Y' : '1Z'}${first.slice(2)}`,
  );
  await terminal.waitFor('Line 1 has a typing error');
  await answer(terminal, '1:', first);
  for (const [index, line] of lines.entries()) await answer(terminal, `${index + 2}:`, line);
  await answer(terminal, 'Days', '');
  await terminal.waitFor('END LICET OFFLINE KEY');

  const next = 'a lantern in the harbor';
  await answer(terminal, 'Number or name:', 'change password');
  await answer(terminal, 'Current password', password);
  await answer(terminal, 'New password', next);
  await answer(terminal, 'Once more', next);
  await terminal.waitFor('Your password is changed');
  await answer(terminal, 'Number or name:', 'sign out');
  await answer(terminal, 'Number or name:', 'quit');
  expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
  await server.client(anaEmail, next);
  // oxlint-disable-next-line no-control-regex -- no cursor is moved, nothing is colored
  expect(terminal.output()).not.toMatch(/\u001B/u);
  expect(terminal.output()).not.toMatch(/[─│╭╮╰╯]/u);
});

test('a pipe can answer it', async () => {
  const server = await openPortalServer();
  const child = spawn(
    process.execPath,
    [await bundle('tui/main.tsx'), '--plain', '--server', server.url],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'], LICET_CONFIG_DIR: '/nowhere' },
    },
  );
  child.stdin.end(`1\n${anaEmail}\n${password}\nlist licenses\n`);
  const [said, [code]] = await Promise.all([
    text(child.stdout),
    once(child, 'close') as Promise<[number]>,
  ]);
  expect(code).toBe(0);
  expect(said).toContain('1 of 2. License: Prod; Product: Acme Server; Activations: 0 of 3');
});
