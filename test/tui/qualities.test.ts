import { beforeEach, describe, expect, test } from 'vitest';
import type { TestTerminal } from '../support/terminal.ts';
import { operatorEmail } from '../support/live-server.ts';
import { anaEmail, openPortalServer, openTui, signInTui, type Portal } from '../support/tui.ts';

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

test('the help lists exactly the keys that work, with why where one does not', async () => {
  const terminal = await signInTui(server, anaEmail, { rows: 40 });
  terminal.press('2');
  await terminal.waitFor('web-1');
  terminal.press('?');
  await terminal.waitFor('Everywhere');
  const keys = [...terminal.screen().matchAll(/│ {2}(\S+) {2,}\S/gu)].map(([, key]) => key);
  expect(keys).toEqual([
    'Enter',
    'x',
    'r',
    'w',
    'p',
    'P',
    '/',
    '↑/k',
    '↓/j',
    'PgUp/Ctrl+U',
    'PgDn/Ctrl+D',
    'g/Home',
    'G/End',
    'Tab',
    'Shift+Tab',
    '1..9',
    'R',
    ':/Ctrl+P',
    'Esc',
    '?',
    'q',
    'Ctrl+C',
  ]);
  terminal.press('esc');
  await terminal.waitForGone('Everywhere');
  terminal.press('3');
  await terminal.waitFor('a add');
  terminal.press('?');
  await terminal.waitFor('Everywhere');
  expect(terminal.screen()).not.toContain('Reset activations');
});

test('Esc goes back one level from everywhere', async () => {
  const terminal = await signInTui(server);
  const back = async (shown: string, then: string): Promise<void> => {
    await terminal.waitFor(shown);
    terminal.press('esc');
    await terminal.waitForGone(shown);
    await terminal.waitFor(then);
  };
  terminal.press('2');
  await terminal.waitFor('web-1');
  terminal.press('enter');
  await back('c copy', 'x release');
  terminal.press('r');
  await back('Reset activations?', 'x release');
  terminal.press('?');
  await back('Everywhere', 'x release');
  terminal.press(':');
  await back('Type to search', 'x release');
  await back('x release', 'Packages');
  terminal.press('3');
  await terminal.waitFor('a add');
  terminal.press('a');
  await back('Add a user', 'Nobody but');
  await back('Nobody but', 'Packages');
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
  await operator.waitFor(/Prod .+■■□ +2\/3/u);
});

const sizes = [
  [40, 10],
  [60, 16],
  [80, 24],
  [120, 40],
  [200, 60],
] as const;

/** Rows whose text reaches the last column without an ellipsis or a line that is meant to. */
const overflowing = (terminal: TestTerminal): string[] =>
  terminal
    .cells()
    .filter((row) => !/^[\s…─━╮╯│●▲]?$/u.test(row.at(-1)?.text ?? ''))
    .map((row) => row.map(({ text }) => text || ' ').join(''));

test.each([
  ['an owner', anaEmail, 7],
  ['an operator', operatorEmail, 7],
])(
  'every section of %s holds from 40x10 to 200x60',
  async (_, email, sections) => {
    const terminal = await signInTui(server, email);
    for (let section = 1; section <= sections; section += 1) {
      terminal.press(String(section));
      for (const [columns, rows] of sizes) {
        terminal.resize(columns, rows);
        await terminal.waitFor((screen) => {
          const lines = screen.split('\n');
          return lines[0]?.includes(' licet ') === true && /\S/u.test(lines[rows - 1] ?? '');
        });
        await settled(terminal);
        const lines = terminal.screen().split('\n');
        expect(lines).toHaveLength(rows);
        expect(lines[0]).toMatch(/^ licet /u);
        expect(lines[rows - 1]).toMatch(/\S \w+/u);
        expect(overflowing(terminal)).toEqual([]);
      }
    }
  },
  90_000,
);

test.each([
  ['the help', '?', 'Reset activations'],
  ['the palette', ':', 'Go to License'],
  ['edit my info', 'e', 'Company'],
  ['usage', 'u', 'refused'],
  ['who holds the seats', 'w', 'web-1'],
  ['a machine', '2 enter', 'Last seen'],
  ['the question of a reset', '2 r', 'Leave everything as it is'],
  ['adding a user', '3 a', 'E-mail'],
  ['making an offline key', '4 a', 'Request code'],
  ['changing the password', '6 w', 'Change password'],
])(
  '%s holds from 40x10 to 200x60',
  async (_, keys, shown) => {
    const terminal = await signInTui(server, anaEmail);
    await terminal.waitFor('Packages');
    for (const key of keys.split(' ')) {
      terminal.press(key);
      await settled(terminal);
    }
    await terminal.waitFor(shown);
    for (const [columns, rows] of sizes) {
      terminal.resize(columns, rows);
      await settled(terminal);
      await terminal.waitFor(shown);
      expect(terminal.screen().split('\n')).toHaveLength(rows);
      expect(overflowing(terminal)).toEqual([]);
    }
  },
  60_000,
);

test.each([
  ['NO_COLOR', { NO_COLOR: '1' }],
  ['TERM=dumb', { TERM: 'dumb' }],
])('with %s there is no color, and the marked row is seen', async (_, env) => {
  const terminal = await signInTui(server, anaEmail, { env });
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
