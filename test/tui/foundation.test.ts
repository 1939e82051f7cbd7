import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { bundle } from '../support/bundle.ts';
import { closing } from '../support/closing.ts';
import {
  openProgram,
  type TerminalOptions,
  type TestTerminal,
} from '../support/terminal/terminal.ts';

const openForm = async (options: TerminalOptions = {}): Promise<TestTerminal> => {
  const program = await bundle('test/tui/demo/form.tsx');
  const terminal = closing(openProgram(program, [], options));
  await terminal.waitFor('Ctrl+R');
  return terminal;
};

const restored = (terminal: TestTerminal) => ({
  alternate: terminal.alternate(),
  cursorHidden: terminal.cursorHidden(),
  pasteMode: terminal.pasteMode(),
});
const normal = { alternate: false, cursorHidden: false, pasteMode: false };

describe('a terminal that a program of ours has used', () => {
  test.each([
    ['Ctrl+C', 0, (terminal: TestTerminal) => terminal.press('ctrl+c')],
    ['SIGTERM', 143, (terminal: TestTerminal) => terminal.kill('SIGTERM')],
    ['SIGHUP', 129, (terminal: TestTerminal) => terminal.kill('SIGHUP')],
    ['SIGINT', 130, (terminal: TestTerminal) => terminal.kill('SIGINT')],
    ['an unhandled rejection', 1, (terminal: TestTerminal) => terminal.type('a@b\tthrow\r')],
  ])('is as before after %s', async (_, code, end) => {
    const terminal = await openForm();
    expect(restored(terminal)).toEqual({ alternate: true, cursorHidden: true, pasteMode: true });
    end(terminal);
    expect(await terminal.exited).toEqual({ code, signal: undefined });
    await terminal.waitFor(() => !terminal.alternate());
    expect(restored(terminal)).toEqual(normal);
  });

  test('shows the fault of a crash, on the normal screen', async () => {
    const terminal = await openForm();
    terminal.type('a@b\tthrow\r');
    await terminal.waitFor('boom');
    await terminal.waitFor('licet stopped because of a fault in its own screens');
  });

  test('refuses a pipe by a sentence and a code', async () => {
    const child = spawn(process.execPath, [await bundle('test/tui/demo/form.tsx')], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const [said, printed, [code]] = await Promise.all([
      text(child.stderr),
      text(child.stdout),
      once(child, 'close') as Promise<[number]>,
    ]);
    expect({ code, printed }).toEqual({ code: 2, printed: '' });
    expect(said).toContain('licet needs a terminal');
  });
});

describe('typing', () => {
  test('ahead, in one write, signs in', async () => {
    const terminal = await openForm();
    terminal.type('ana@acme.example\tsecret\r');
    await terminal.waitFor('sent {"email":"ana@acme.example","password":"secret"}');
  });

  test('q and ? are letters in a field', async () => {
    const terminal = await openForm();
    terminal.type('q?@x\tq\r');
    await terminal.waitFor('sent {"email":"q?@x","password":"q"}');
  });

  test('edits as in a shell, with emoji, and pastes without line ends', async () => {
    const terminal = await openForm();
    terminal.type('two words');
    terminal.press('ctrl+w', 'home', 'ctrl+k');
    terminal.paste('ana@acme.example\r\n');
    terminal.type('👨‍👩‍👧');
    terminal.press('backspace', 'tab');
    terminal.paste(' pass word ');
    terminal.press('enter');
    await terminal.waitFor('sent {"email":"ana@acme.example","password":"pass word"}');
  });

  test('shows no password, until it is asked to', async () => {
    const terminal = await openForm();
    terminal.type('a@b\thunter2');
    await terminal.waitFor('•••••••');
    expect(terminal.output()).not.toContain('hunter2');
    terminal.press('ctrl+r');
    await terminal.waitFor('hunter2');
  });

  test('is kept when the server refuses, and checked before it is sent', async () => {
    const terminal = await openForm();
    terminal.type('ana\twrong\r');
    await terminal.waitFor('An e-mail address has an @.');
    terminal.type('@acme\t\r');
    await terminal.waitFor('These credentials are not valid.');
    await terminal.waitFor('ana@acme');
    await terminal.waitFor('•••••');
  });

  test('is not lost by Esc: it asks, and Enter pressed at once keeps it', async () => {
    const terminal = await openForm();
    terminal.type('ana');
    await terminal.waitFor('ana');
    terminal.press('esc');
    await terminal.waitFor('Discard what you typed?');
    terminal.press('enter');
    await terminal.waitForGone('Discard what you typed?');
    await terminal.waitFor('ana');
    terminal.press('esc');
    await terminal.waitFor('Discard it');
    terminal.press('down', 'enter');
    await terminal.waitFor('cancelled');
  });

  test('is not disturbed by what the terminal itself answers', async () => {
    const terminal = await openForm();
    terminal.type('a\u001B]11;rgb:1c1c/1c1c/1c1c\u001B\\\u001B[?62;22cb\u001B[I@x');
    await terminal.waitFor('ab@x');
  });
});

describe('drawing', () => {
  test('writes nothing while nothing happens', async () => {
    const terminal = await openForm();
    await terminal.waitFor('Ctrl+R');
    await new Promise((resolve) => setTimeout(resolve, 200));
    terminal.bytes();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(terminal.bytes()).toBe(0);
  });

  test.each([
    ['NO_COLOR', { NO_COLOR: '1' }],
    ['TERM=dumb', { TERM: 'dumb' }],
  ])('uses no color with %s, and the cursor is still seen', async (_, env) => {
    const terminal = await openForm({ env });
    // oxlint-disable-next-line no-control-regex -- color sequences begin with the escape character
    expect(terminal.output()).not.toMatch(/\u001B\[(?:\d+;)*(?:3[0-8]|4[0-8]|9\d|10\d)(?:;\d+)*m/u);
    expect(
      terminal
        .cells()
        .flat()
        .some(({ inverse }) => inverse),
    ).toBe(true);
    await terminal.waitFor('▌ E-mail');
  });

  test('uses named colors only', async () => {
    const terminal = await openForm();
    const colors = terminal
      .cells()
      .flat()
      .flatMap(({ fg, bg }) => [fg, bg]);
    const used = [...new Set(colors.filter((color) => color !== undefined))];
    expect(used.length).toBeGreaterThan(0);
    for (const color of used) expect(color).toBeLessThan(16);
  });

  test('says in one line that the screen is too small, and comes back when it grows', async () => {
    const terminal = await openForm({ columns: 60, rows: 12 });
    terminal.resize(39, 9);
    await terminal.waitFor('Too small: 39x9, needs 40x10');
    expect(terminal.screen().trim().split('\n')).toHaveLength(1);
    terminal.resize(40, 10);
    await terminal.waitFor('Password');
  });

  test.each([
    [40, 10],
    [80, 24],
    [200, 60],
  ])('fills %i x %i without overflow', async (columns, rows) => {
    const terminal = await openForm({ columns, rows });
    await terminal.waitFor('Ctrl+R');
    const lines = terminal.screen().split('\n');
    expect(lines[0]).toContain('licet');
    expect(lines[rows - 1]).toMatch(/Tab next/u);
    expect(lines[rows - 1]?.length).toBeLessThanOrEqual(columns);
  });
});
