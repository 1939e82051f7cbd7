/** Every page of the terminal UI in every state: what tui-pages.ts lists, one after the other. */
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { keyTable, showKey } from '../../tui/keys.ts';
import { closing } from '../support/closing.ts';
import { openGate, type Gate } from '../support/gate.ts';
import { must, operatorEmail } from '../support/live-server.ts';
import { evaEmail, openPagesServer } from '../support/pages-server.ts';
import type { TestTerminal } from '../support/terminal.ts';
import { tuiPages, type TuiPage, type Visitor } from '../support/tui-pages.ts';
import { anaEmail, openTui, signInTui, type Portal } from '../support/tui.ts';

// Many pages one after the other, on machines that have other work too.
vi.setConfig({ testTimeout: 240_000 });

const found = (screen: string, what: string | RegExp): boolean =>
  typeof what === 'string' ? screen.includes(what) : what.test(screen);

/** What stands on a screen; where something floats over it, that alone: it may cover a half of what is below. */
const inFront = (screen: string): string => {
  if (!screen.includes('╭')) return screen;
  return [...screen.matchAll(/│(?<inside>.*)│/gu)].map((row) => row.groups?.['inside']).join('\n');
};

/** Words of a screen that mean something wherever they stand: no lines, no numbers, no times. */
const wordsOf = (screen: string): string[] =>
  inFront(screen)
    .split(/[\s│╭╮╰╯─━┌┐└┘├┤]+/u)
    .filter((word) => /\p{L}/u.test(word) && !/^\d+[smhdwy]?$/u.test(word));

/** What only a small screen says, and what changes by itself. */
const extra = /^(?:Too|move|more|of|\(PgDn\)|\(PgUp\)|the|end|for|now|in|\d.*)$/u;

/** Words that were cut without an ellipsis: they are no words of the screen that has room for everything. */
const torn = (screen: string, columns: number, whole: ReadonlySet<string>): string[] =>
  wordsOf(screen).filter(
    (word) =>
      !whole.has(word) &&
      !word.includes('…') &&
      !extra.test(word) &&
      // What is longer than a line goes on in the next.
      ![...whole].some((long) => long.length > columns / 2 && long.includes(word)),
  );

/** Rows whose text reaches the last column without an ellipsis or a line that is meant to. */
const overflowing = (terminal: TestTerminal): string[] =>
  terminal
    .cells()
    .filter((row) => !/^[\s…─━╮╯│●▲]?$/u.test(row.at(-1)?.text ?? ''))
    .map((row) => row.map(({ text }) => text || ' ').join(''));

const roomy = [120, 40] as const;

/** Resizes and waits for the frame of that size, which must hold what is asked. */
const resized = async (
  terminal: TestTerminal,
  [columns, rows]: readonly [number, number],
  faults: () => readonly string[],
): Promise<void> => {
  terminal.bytes();
  terminal.resize(columns, rows);
  let last: readonly string[] = [];
  try {
    await terminal.waitFor(() => {
      if (terminal.bytes() === 0 && last.length === 0) return false;
      last = faults();
      return last.length === 0;
    }, 20_000);
  } catch (error) {
    throw new Error(`${columns}x${rows}: ${last.join(' | ')}\n${String(error)}`, {
      cause: error,
    });
  }
};

/** The page at every size, and where it is too small; then as it was. */
const holds = async (terminal: TestTerminal, page: TuiPage): Promise<void> => {
  const whole = new Set<string>();
  const shown = (): string[] =>
    found(terminal.screen(), page.shows) ? [] : [`without ${String(page.shows)}`];
  // Where nothing of the frame is left, there are no keys to wait for.
  const complete = (): string[] =>
    page.instead || /\S/u.test(terminal.screen().split('\n').at(-1) ?? '') ? shown() : ['no keys'];
  await resized(terminal, [200, 60], complete);
  for (const word of [...wordsOf(terminal.screen()), ...terminal.screen().split(/\s+/u)]) {
    whole.add(word);
  }
  for (const size of [
    [80, 24],
    [40, 10],
  ] as const) {
    await resized(terminal, size, () => [
      ...shown(),
      ...overflowing(terminal),
      // A text to keep is shown whole, its long lines going on below.
      ...(page.drawn.includes('verbatim/Verbatim') || page.instead?.test(terminal.screen())
        ? []
        : torn(terminal.screen(), size[0], whole)),
    ]);
  }
  await resized(terminal, [30, 8], () =>
    terminal.screen().trim() === 'Too small: 30x8, needs 40x10' ? [] : ['not one line'],
  );
  await resized(terminal, roomy, shown);
};

const helpOf = (screen: string): { all: string[]; here: string[] } => {
  let group = '';
  const all: string[] = [];
  const here: string[] = [];
  for (const line of screen.split('\n')) {
    const title = /│ (Here|Form|Moving|Everywhere|Support) +│/u.exec(line)?.[1];
    if (title) group = title;
    const key = /│ {2}(\S+) {2,}\S.*│/u.exec(line)?.[1];
    if (!key || title || group === '' || group === 'Support') continue;
    all.push(key);
    if (group === 'Here' || group === 'Form') here.push(key);
  }
  return { all, here };
};

/** Opens the help and waits until it lists what is expected, closes it, and gives all keys that it names. */
const readHelp = async (
  terminal: TestTerminal,
  expected: (keys: ReturnType<typeof helpOf>) => boolean,
): Promise<readonly string[]> => {
  let all: readonly string[] = [];
  terminal.press('?');
  await terminal.waitFor((screen) => {
    const keys = helpOf(screen);
    ({ all } = keys);
    return all.includes('Ctrl+C') && expected(keys);
  });
  terminal.press('esc');
  await terminal.waitForGone('Quit from anywhere');
  return all;
};

const bytesOf: Readonly<Record<string, string>> = { ' ': 'space' };

/** The help names the keys that work; all others do nothing at all. */
const helps = async (terminal: TestTerminal, { here }: TuiPage): Promise<void> => {
  if (here === undefined) return;
  const all = await readHelp(terminal, (keys) => keys.here.join(' ') === here);
  const named = new Set(
    all.flatMap((keys) =>
      keys === '/' ? ['/'] : keys === '1..9' ? keyTable.section.keys : keys.split('/'),
    ),
  );
  const others = Object.values(keyTable)
    .flatMap(({ keys }): readonly string[] => keys)
    .filter((key) => key !== 'esc' && !named.has(showKey(key)));
  terminal.press(...new Set(others.map((key) => bytesOf[key] ?? key)));
  await readHelp(terminal, (keys) => keys.all.join(' ') === all.join(' '));
};

/** Presses what leads to the page, and no more. */
const lead = (terminal: TestTerminal, { typed, keys }: TuiPage): void => {
  if (typed !== undefined) terminal.type(typed);
  if (keys !== '') terminal.press(...keys.split(' '));
};

const open = async (terminal: TestTerminal, page: TuiPage): Promise<void> => {
  lead(terminal, page);
  await terminal.waitFor(page.shows);
};

/** Esc goes back one level, and asks where something would be lost. */
const leave = async (terminal: TestTerminal, page: TuiPage, below: TuiPage): Promise<void> => {
  terminal.press('esc');
  const asked = 'Discard what you typed?';
  if (page.shows !== 'Keep editing') {
    await terminal.waitFor((screen) => screen.includes(asked) || !found(screen, page.shows));
    if (terminal.screen().includes(asked)) {
      terminal.press('down', 'enter');
      await terminal.waitForGone(asked);
    }
  }
  await terminal.waitFor((screen) => !found(screen, page.shows) && found(screen, below.shows));
};

/** The request is held: that is said, but only after a while. Then it fails: that is said, and a key tries again. */
const waitsAndFails = async (
  terminal: TestTerminal,
  gate: Gate,
  page: TuiPage,
  below: TuiPage,
): Promise<void> => {
  if (page.asks === undefined) return;
  gate.fail(page.asks, 418, '<html>A proxy in trouble</html>');
  lead(terminal, page);
  await terminal.waitFor(/✖[^]+try again|Try again|Back to the form/u);
  expect(terminal.screen()).not.toContain('<html>');
  gate.open();
  terminal.press(...(page.retry ?? 'R').split(' '));
  await terminal.waitFor(page.shows);
  if (page !== below) await leave(terminal, page, below);
  gate.hold(page.asks);
  const begun = performance.now();
  lead(terminal, page);
  await terminal.waitFor(page.waits ?? 'Loading…');
  expect(performance.now() - begun).toBeGreaterThan(290);
  gate.open();
  await terminal.waitFor(page.shows);
};

/** Goes through a page and all that is opened over it, and leaves it. */
const visit = async (
  terminal: TestTerminal,
  gate: Gate,
  page: TuiPage,
  below: TuiPage,
  all: readonly TuiPage[],
): Promise<void> => {
  try {
    if (page.asks === undefined) await open(terminal, page);
    else await waitsAndFails(terminal, gate, page, below);
    await helps(terminal, page);
    await holds(terminal, page);
    for (const over of all.filter((one) => one.over === page.name)) {
      await visit(terminal, gate, over, page, all);
    }
    if (page === below) return;
    await leave(terminal, page, below);
    if (!page.question) return;
    await open(terminal, page);
    terminal.press('enter');
    await terminal.waitFor(
      (screen) => !found(screen, page.shows) && /help|Ctrl.C quit/u.test(screen),
    );
    // Saying no closes the form that led to the question, too.
    if (below.over !== undefined && !found(terminal.screen(), below.shows)) {
      await open(terminal, below);
    }
  } catch (error) {
    throw new Error(`${page.who}, ${page.name}: ${String(error)}`, { cause: error });
  }
};

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

const tui = path.join(import.meta.dirname, '../../tui');

/** Components that draw a page, a question or what floats over one, as "file/Component". */
const drawing = async (folder: string): Promise<string[]> => {
  const files = (await readdir(path.join(tui, folder))).filter((name) => name.endsWith('.tsx'));
  const found = await Promise.all(
    files.map(async (name) => {
      const code = await readFile(path.join(tui, folder, name), 'utf8');
      return code
        .split(/^(?=(?:export )?const )/mu)
        .filter((part) => /<(?:Frame|Page|Overlay|Dialog|ListScreen)\b/u.test(part))
        .map((part) => `${name.replace('.tsx', '')}/${/const (\w+)/u.exec(part)?.[1] ?? ''}`);
    }),
  );
  return found.flat();
};

test('every page that there is, is gone through, by this test or the one that it names', async () => {
  const drawn = (await Promise.all(['.', 'screens', 'components'].map(drawing))).flat();
  const listed = new Set(tuiPages.flatMap((page) => page.drawn));
  expect(drawn.filter((name) => !listed.has(name))).toEqual([]);
  const tests = await readdir(import.meta.dirname);
  expect(
    tuiPages.flatMap((page) => page.elsewhere ?? []).filter((name) => !tests.includes(name)),
  ).toEqual([]);
});
