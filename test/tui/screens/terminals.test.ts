/** What a terminal and its shell do besides keys: stop and go on, name a locale, read aloud, send in packets. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test, vi } from 'vitest';
import { bundle } from '../../support/bundle.ts';
import { closing } from '../../support/closing.ts';
import { openProgram, type TestTerminal } from '../../support/terminal/terminal.ts';
import { anaEmail, openPortalServer, openTui, signInTui } from '../../support/terminal/tui.ts';

// Many steps on machines that have other work too.
vi.setConfig({ testTimeout: 120_000 });

const modes = (terminal: TestTerminal) => ({
  alternate: terminal.alternate(),
  cursorHidden: terminal.cursorHidden(),
  pasteMode: terminal.pasteMode(),
});
const given = { alternate: true, cursorHidden: true, pasteMode: true };
const normal = { alternate: false, cursorHidden: false, pasteMode: false };

/** Waits until the system says that the process is stopped (T) or not. */
const untilStopped = (terminal: TestTerminal): Promise<void> =>
  vi.waitFor(
    async () => {
      const status = await readFile(`/proc/${terminal.pid}/stat`, 'utf8');
      expect(status.split(') ')[1]?.charAt(0)).toBe('T');
    },
    { timeout: 20_000 },
  );

describe.each([
  ['Ctrl+Z', (terminal: TestTerminal) => terminal.press('ctrl+z')],
  ['kill -TSTP', (terminal: TestTerminal) => terminal.kill('SIGTSTP')],
])('%s', (_, stop) => {
  test('gives the terminal back while the program is stopped, and takes it again when it goes on', async () => {
    const server = await openPortalServer();
    const terminal = await openTui(server);
    terminal.type('ana');
    await terminal.waitFor('▌ E-mail    ana');
    expect(modes(terminal)).toEqual(given);
    for (const typed of ['@', 'acme']) {
      stop(terminal);
      await untilStopped(terminal);
      await terminal.waitFor(() => !terminal.alternate());
      expect(modes(terminal)).toEqual(normal);
      terminal.kill('SIGCONT');
      await terminal.waitFor('▌ E-mail    ana');
      expect(modes(terminal)).toEqual(given);
      terminal.type(typed);
      await terminal.waitFor(typed);
    }
    await terminal.waitFor('ana@acme');
    terminal.kill('SIGTERM');
    expect(await terminal.exited).toEqual({ code: 143, signal: undefined });
  });
});

test('a locale without Unicode is drawn in ASCII, and columns stay where they are', async () => {
  const server = await openPortalServer();
  await server.activate('日本-1', { email: anaEmail, licenseId: server.prod });
  const terminal = closing(
    openProgram(await bundle('test/tui/demo/licet.ts'), [], {
      env: { LICET_SERVER: server.url, LICET_CONFIG_DIR: '/nowhere', LC_ALL: 'C' },
    }),
  );
  await terminal.waitFor('> E-mail');
  terminal.type(`${anaEmail}\tquiet harbor lantern\r`);
  await terminal.waitFor('# . .');
  terminal.press('2');
  await terminal.waitFor(/^ > \?\?\?\?-1 +ana@acme/mu);
  terminal.press('r');
  await terminal.waitFor('> Leave everything as it is');
  expect(terminal.output()).toMatch(/^\p{ASCII}*$/u);
});

test.each([
  ['TERM=dumb', { TERM: 'dumb' }],
  ['INK_SCREEN_READER', { INK_SCREEN_READER: 'true' }],
])('%s gets plain lines without being asked to say so', async (_, env) => {
  const server = await openPortalServer();
  const program = await bundle('tui/main.tsx');
  const terminal = closing(openProgram(program, [], { env: { ...env, LICET_SERVER: server.url } }));
  await terminal.waitFor('in plain mode');
  expect(terminal.output()).not.toContain('\u001B');
});

test('Esc and a key that come in one packet are both taken', async () => {
  const server = await openPortalServer();
  const terminal = await signInTui(server);
  terminal.press('2');
  await terminal.waitFor('r reset');
  terminal.press('/');
  await terminal.waitFor('Enter keep');
  terminal.type('web');
  await terminal.waitFor('/ web');
  terminal.type('\u001B3');
  await terminal.waitFor('Nobody but the owner uses Prod.');
});

test('an answer after a restart of the server takes the banner away that it does not answer', async () => {
  const server = await openPortalServer();
  await server.activate('web-1', { email: anaEmail, licenseId: server.prod });
  const terminal = await signInTui(server);
  terminal.press('2');
  await terminal.waitFor('web-1');
  await server.stop();
  // Tries come further and further apart: an answer that comes meanwhile is told from the next of them.
  await terminal.waitFor(/Trying again in (?:[7-9]|1\d) s\./u, 60_000);
  await server.start();
  await server.activate('web-2', { email: anaEmail, licenseId: server.prod });
  terminal.press('R');
  await terminal.waitFor('web-2');
  await terminal.waitForGone('does not answer', 4000);
});
