/** Every page of the terminal UI in every state: what tui-pages.ts lists, one after the other. */
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { allActions } from '../../../tui/client/actions/all.ts';
import { closing } from '../../support/closing.ts';
import { openGate, type Gate } from '../../support/server/gate.ts';
import { must, operatorEmail } from '../../support/server/live-server.ts';
import { holds, leave, open, roomy, visit } from '../../support/terminal/page-checks.ts';
import { evaEmail, openPagesServer } from '../../support/terminal/pages-server.ts';
import type { TestTerminal } from '../../support/terminal/terminal.ts';
import { tuiPages } from '../../support/terminal/tui-pages/all.ts';
import type { TuiPage, Visitor } from '../../support/terminal/tui-pages/page.ts';
import { anaEmail, openTui, signInTui, type Portal } from '../../support/terminal/tui.ts';

// Many pages one after the other, on machines that have other work too.
vi.setConfig({ testTimeout: 240_000 });

const walk = async (terminal: TestTerminal, gate: Gate, who: Visitor): Promise<void> => {
  const all = tuiPages.filter((page) => page.who === who && page.elsewhere === undefined);
  const sections = all.filter(({ over }) => over === undefined);
  const named = sections.map(({ name }, index) => ` ${index + 1} ${name} `).join('');
  // A new section that is not in the table fails here.
  if (who !== 'nobody')
    await terminal.waitFor((screen) => ` ${screen.split('\n')[1]?.trim()} ` === named);
  const [first] = sections;
  if (!first) throw new Error(`there is no page for ${who}`);
  for (const section of sections) await visit(terminal, gate, section, first, all);
};

/** What was changed since, by the actions of the journal; signing in and out is none of it. */
const changes = async (server: Portal, since: number): Promise<string[]> => {
  const { items } = await must((await server.client(operatorEmail)).journal({ limit: 200 }));
  return items
    .filter(({ seq, action }) => seq > since && !action.startsWith('session.'))
    .map(({ action }) => action);
};

const head = async (server: Portal): Promise<number> => {
  const { items } = await must((await server.client(operatorEmail)).journal({ limit: 1 }));
  return items[0]?.seq ?? 0;
};

const options = { columns: roomy[0], rows: roomy[1], env: { NO_COLOR: '1' } } as const;

// oxlint-disable-next-line no-control-regex -- color sequences begin with the escape character
const unnamed = /\u001B\[(?:\d+;)*[34]8;/u;
// oxlint-disable-next-line no-control-regex -- color sequences begin with the escape character
const color = /\u001B\[(?:\d+;)*(?:3[0-8]|4[0-8]|9\d|10\d)(?:;\d+)*m/u;

test.each([
  ['ana', anaEmail],
  ['eva', evaEmail],
  ['operator', operatorEmail],
] as const)('every page of %s', async (who, email) => {
  const server = await openPagesServer();
  const gate = closing(await openGate(server.url));
  const before = await head(server);
  const terminal = await signInTui(gate, email, options);
  await walk(terminal, gate, who);
  const made = new Set(await changes(server, before));
  const wanted = tuiPages.flatMap((page) => (page.who === who ? (page.writes ?? []) : []));
  expect([...made].sort()).toEqual([...new Set(wanted)].sort());
  expect(terminal.output()).not.toMatch(color);
});

test('every page before the sign-in', async () => {
  const server = await openPagesServer();
  const gate = closing(await openGate(server.url));
  const stateDir = await mkdtemp(path.join(os.tmpdir(), 'licet-state-'));
  const env = { ...options.env, LICET_STATE_DIR: stateDir, LICET_FINGERPRINT: 'ab'.repeat(32) };
  const terminal = await openTui(gate, { ...options, env });
  terminal.resize(...roomy);
  await walk(terminal, gate, 'nobody');
  expect(terminal.output()).not.toMatch(color);
});

/** Done without asking for anything: no form, but a page of the table or nothing at all. */
const formless = ['session.sign-out', 'offline-keys.trust'];

test('every action of the palette has a form that holds at every size, and is left by Esc', async () => {
  const server = await openPagesServer();
  const terminal = await signInTui(server, operatorEmail, { columns: roomy[0], rows: roomy[1] });
  await terminal.waitFor('▌ Prod');
  const home = tuiPages.find(({ who }) => who === 'operator');
  const offered = allActions.filter(({ who, reads }) => who !== 'anyone' && reads !== true);
  const asking = offered.filter(({ screen, fields }) => screen !== 'search' && fields.length > 0);
  const others = offered.filter(({ fields }) => fields.length === 0);
  expect(others.map(({ id }) => id)).toEqual(formless);
  for (const { id, title, fields } of asking) {
    const first = fields.find((field) => field.offered !== true);
    const page: TuiPage = {
      name: id,
      drawn: ['action-form/ActionForm'],
      who: 'operator',
      keys: 'enter',
      shows: `▌ ${first?.label.slice(0, 12)}`,
    };
    try {
      terminal.press(':');
      await terminal.waitFor('Type to search');
      terminal.type(title);
      await terminal.waitFor(`▌ ${title} `);
      await open(terminal, page);
      await holds(terminal, page);
      if (home) await leave(terminal, page, home);
    } catch (error) {
      throw new Error(`${id}: ${String(error)}`, { cause: error });
    }
  }
  expect(terminal.output()).toMatch(color);
  expect(terminal.output()).not.toMatch(unnamed);
});

const tui = path.join(import.meta.dirname, '../../../tui');

/** Components that draw a page, a question or what floats over one, as "file/Component". */
const drawing = async (): Promise<string[]> => {
  const files = (await readdir(tui, { recursive: true })).filter((name) => name.endsWith('.tsx'));
  const found = await Promise.all(
    files.map(async (name) => {
      const code = await readFile(path.join(tui, name), 'utf8');
      return code
        .split(/^(?=(?:export )?const )/mu)
        .filter((part) => /<(?:Frame|Page|Overlay|Dialog|ListScreen)\b/u.test(part))
        .map((part) => `${path.basename(name, '.tsx')}/${/const (\w+)/u.exec(part)?.[1] ?? ''}`);
    }),
  );
  return found.flat();
};

test('every page that there is, is gone through, by this test or the one that it names', async () => {
  const drawn = await drawing();
  const listed = new Set(tuiPages.flatMap((page) => page.drawn));
  expect(drawn.filter((name) => !listed.has(name))).toEqual([]);
  const tests = await readdir(import.meta.dirname);
  expect(
    tuiPages.flatMap((page) => page.elsewhere ?? []).filter((name) => !tests.includes(name)),
  ).toEqual([]);
});
