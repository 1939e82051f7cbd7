/** What is checked on a page of the terminal UI: its sizes, its help, its states, and the way back. */
import { expect } from 'vitest';
import { keyTable, showKey } from '../../../tui/state/keys.ts';
import type { Gate } from '../server/gate.ts';
import type { TestTerminal } from './terminal.ts';
import type { TuiPage } from './tui-pages/page.ts';

/** Whether a screen has it. */
export const found = (screen: string, what: string | RegExp): boolean =>
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

/** What only a small screen says, and how long ago something was, which changes by itself. */
const extra =
  /^(?:Too|move|more|of|\(PgDn\)|\(PgUp\)|the|end|for|\d.*|\(?(?:just|now|in|ago|seconds?|minutes?|hours?|days?|left)\)?[.,:]?)$/u;

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

/** Columns and rows on which pages are gone through. */
export const roomy = [120, 40] as const;

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
export const holds = async (terminal: TestTerminal, page: TuiPage): Promise<void> => {
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
    [60, 16],
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

export const open = async (terminal: TestTerminal, page: TuiPage): Promise<void> => {
  lead(terminal, page);
  await terminal.waitFor(page.shows);
};

/** Esc goes back one level, and asks where something would be lost. */
export const leave = async (
  terminal: TestTerminal,
  page: TuiPage,
  below: TuiPage,
): Promise<void> => {
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
export const visit = async (
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
