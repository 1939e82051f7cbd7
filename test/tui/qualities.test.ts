import { beforeEach, describe, expect, test } from 'vitest';
import type { TestTerminal } from '../support/terminal/terminal.ts';
import { operatorEmail } from '../support/server/live-server.ts';
import {
  anaEmail,
  openPortalServer,
  openTui,
  signInTui,
  type Portal,
} from '../support/terminal/tui.ts';

let server: Portal;
beforeEach(async () => {
  server = await openPortalServer();
  for (const host of ['web-1', 'web-2']) {
    await server.activate(host, { email: anaEmail, licenseId: server.prod });
  }
});

const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until nothing was drawn for a while. */
const settled = async (terminal: TestTerminal): Promise<void> => {
  do {
    terminal.bytes();
    await rest(300);
  } while (terminal.bytes() > 0);
};

const owned = [
  'Packages',
  'web-1',
  'Nobody but',
  'No machine has',
  'nothing to download',
  'this one',
];

test('two idle seconds write nothing, on every section', async () => {
  const terminal = await signInTui(server);
  for (const [index, said] of owned.entries()) {
    terminal.press(String(index + 1));
    await terminal.waitFor(said);
    await settled(terminal);
    await rest(2000);
    expect(terminal.bytes()).toBe(0);
  }
});

test('a key in a list writes under a kilobyte, and never clears the screen', async () => {
  const terminal = await signInTui(server, operatorEmail, { columns: 120, rows: 40 });
  await terminal.waitFor(/▌ Prod/u);
  // Journal, accounts, licenses: each with the marked row in full below the list.
  for (const [section, said] of [
    ['5', /─\n Entry \d+\n/u],
    ['2', /─\n \S+@\S+\n/u],
    ['1', /─\n Prod\n/u],
  ] as const) {
    terminal.press(section);
    await terminal.waitFor(said);
    await settled(terminal);
    const before = terminal.screen();
    const written = terminal.output().length;
    terminal.press('j');
    await terminal.waitFor(() => terminal.screen() !== before);
    await settled(terminal);
    expect(Buffer.byteLength(terminal.output().slice(written))).toBeLessThan(1000);
  }
  // oxlint-disable-next-line no-control-regex -- erasing begins with the escape character
  expect(terminal.output()).not.toMatch(/\u001B\[[23]J|\u001Bc/u);
});

test('the marked row is told in full below the list where there is room, a low screen only lists', async () => {
  const terminal = await signInTui(server, anaEmail, { columns: 120, rows: 40 });
  terminal.press('2');
  await terminal.waitFor(/─\n web-\d\n/u);
  const [, marked] = /─\n (web-\d)\n/u.exec(terminal.screen()) ?? [];
  await terminal.waitFor(/Lease until .+ UTC/u);
  terminal.press('j');
  await terminal.waitFor(new RegExp(`─\\n (?!${marked})web-\\d\\n`, 'u'));
  terminal.resize(80, 24);
  await terminal.waitFor(/─\n web-\d\n Last seen/u);
  terminal.resize(80, 16);
  await terminal.waitForGone('Lease until');
});

test('what can not be done stays in sight, dimmed, and says why', async () => {
  const terminal = await signInTui(server);
  await terminal.waitFor('p package');
  terminal.press('p');
  await terminal.waitFor('Dev (Acme Server)');
  terminal.press('2');
  await terminal.waitFor('x release');
  terminal.press('x');
  await terminal.waitFor('There is no machine to release.');
  const row = terminal.cells().at(-1) ?? [];
  const at = row.findIndex(({ text }, x) => text === 'x' && row[x + 2]?.text === 'r');
  expect(row[at]?.dim).toBe(true);
});

test('the palette finds an action by a few letters and runs it', async () => {
  const terminal = await signInTui(server);
  await terminal.waitFor('Packages');
  terminal.press(':');
  await terminal.waitFor('Type to search');
  terminal.type('chpass');
  await terminal.waitFor('▌ Change password');
  await terminal.waitFor('your other sessions end.');
  terminal.press('enter');
  await terminal.waitFor('Current password');
});

test('a marked row keeps the color of what is good or bad', async () => {
  const terminal = await signInTui(server, operatorEmail);
  await terminal.waitFor(/▌ Prod .+Active/u);
  const row = terminal.cells().find((cells) => cells.some(({ text }) => text === '▌')) ?? [];
  const colorOf = (text: string) => row.find((cell) => cell.text === text)?.fg;
  expect(colorOf('▌')).toBe(5);
  expect(colorOf('●')).toBe(2);
});

test('an owner sees the last days of a package where the screen has room, an operator its seats as bars', async () => {
  const terminal = await signInTui(server, anaEmail, { columns: 120, rows: 40 });
  await terminal.waitFor(/Last 30 days +·+[▁▂▃▄▅▆▇] {2}2 at most/u);
  const operator = await signInTui(server, operatorEmail, { columns: 120, rows: 40 });
  await operator.waitFor(/Prod .+■ ■ □ +2\/3/u);
});

test('with NO_COLOR there is no color, and the marked row is seen', async () => {
  const terminal = await signInTui(server, anaEmail, { env: { NO_COLOR: '1' } });
  terminal.press('2');
  await terminal.waitFor('▌ web-1');
  // oxlint-disable-next-line no-control-regex -- color sequences begin with the escape character
  expect(terminal.output()).not.toMatch(/\u001B\[(?:\d+;)*(?:3[0-8]|4[0-8]|9\d|10\d)(?:;\d+)*m/u);
  const marked = terminal.cells().find((row) =>
    row
      .map(({ text }) => text)
      .join('')
      .includes('web-1'),
  );
  expect(marked?.some(({ inverse }) => inverse)).toBe(true);
});

describe('a hostname that means harm', () => {
  test('is one inert row, and columns stay where they are', async () => {
    const client = await server.client(anaEmail);
    await client.resetActivations(server.prod);
    for (const name of ['\u202Egnp.exe', '日本語サーバー', '👩‍👩‍👧👍🏽 host']) {
      expect(await server.activate(name, { email: anaEmail, licenseId: server.prod })).toBe(201);
    }
    const terminal = await signInTui(server);
    terminal.press('2');
    for (const name of ['gnp.exe', '日', 'host']) await terminal.waitFor(name);
    expect(terminal.screen()).not.toContain('\u202E');
    const rows = terminal.cells().filter((row) => row.some(({ text }) => text === '@'));
    const columns = rows
      .slice(1, 4)
      .map((row) => row.findIndex(({ text }, x) => text === 'a' && row[x + 3]?.text === '@'));
    expect(columns).toEqual([columns[0], columns[0], columns[0]]);
  });
});

test('the sign-in is there before the server answers', async () => {
  await server.stop();
  const terminal = await openTui(server);
  expect(terminal.screen()).toContain('▌ E-mail');
});
