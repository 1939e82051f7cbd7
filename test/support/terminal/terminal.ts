/**
 * A program in a real pseudo-terminal, read as a person sees it: the cells of a headless xterm. Waits
 * are on conditions, never on time.
 */
import { createRequire } from 'node:module';
import { spawn, type IPty } from '@lydell/node-pty';
import type * as Unicode11 from '@xterm/addon-unicode11';
import xterm from '@xterm/headless';

// The addon is CommonJS, whose names ES modules can't see.
const { Unicode11Addon } = createRequire(import.meta.url)(
  '@xterm/addon-unicode11',
) as typeof Unicode11;

export interface Cell {
  readonly text: string;
  /** 0 for the right half of a wide character. */
  readonly width: number;
  /** Palette index 0-255, `#rrggbb`, or undefined for the terminal's own. */
  readonly fg: number | string | undefined;
  readonly bg: number | string | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly inverse: boolean;
  readonly underline: boolean;
}

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  /** Added to a small clean environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

export interface TestTerminal {
  readonly pid: number;
  /** The screen as text, a line a row, trailing blanks cut. */
  screen(): string;
  cells(): Cell[][];
  /** Waits until the screen has the text, fits the pattern or the predicate; fails showing the screen. */
  waitFor(what: string | RegExp | ((screen: string) => boolean), ms?: number): Promise<void>;
  waitForGone(text: string, ms?: number): Promise<void>;
  /** Writes text as one chunk, as if typed ahead. */
  type(text: string): void;
  /** Presses named keys, each its own write: `enter`, `shift+tab`, `ctrl+c`, `alt+b`, `up`, `a`. */
  press(...keys: readonly string[]): void;
  /** A bracketed paste. */
  paste(text: string): void;
  resize(columns: number, rows: number): void;
  /** Everything the program has written, raw. */
  output(): string;
  /** Bytes written since the last call. */
  bytes(): number;
  /** True while the alternate screen is shown. */
  alternate(): boolean;
  cursorHidden(): boolean;
  pasteMode(): boolean;
  kill(signal?: string): void;
  /** Ends the program, if it still runs, and waits for its end. */
  close(): Promise<void>;
  /** Resolves when the program ends. */
  exited: Promise<{ readonly code: number; readonly signal: number | undefined }>;
}

const keyBytes: Readonly<Record<string, string>> = {
  enter: '\r',
  tab: '\t',
  'shift+tab': '\u{1B}[Z',
  esc: '\u{1B}',
  up: '\u{1B}[A',
  down: '\u{1B}[B',
  right: '\u{1B}[C',
  left: '\u{1B}[D',
  home: '\u{1B}[H',
  end: '\u{1B}[F',
  pageup: '\u{1B}[5~',
  pagedown: '\u{1B}[6~',
  delete: '\u{1B}[3~',
  backspace: '\u{7F}',
  space: ' ',
};

const bytesOf = (key: string): string => {
  const known = keyBytes[key];
  if (known !== undefined) return known;
  const ctrl = /^ctrl\+([a-z])$/u.exec(key)?.[1];
  if (ctrl) return String.fromCodePoint(ctrl.charCodeAt(0) - 96);
  const alt = /^alt\+(.)$/u.exec(key)?.[1];
  return alt ? `\u{1B}${alt}` : key;
};

/** Starts `file args` in a pseudo-terminal; `close` ends it. In a test, `closing` does that by itself. */
export const openTerminal = (
  file: string,
  args: readonly string[],
  options: TerminalOptions = {},
): TestTerminal => {
  const columns = options.columns ?? 80;
  const rows = options.rows ?? 24;
  const pty = spawn(file, [...args], {
    cols: columns,
    rows,
    cwd: options.cwd ?? process.cwd(),
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
      ...options.env,
    },
  });
  return wrap(pty, columns, rows);
};

/** Starts a JavaScript program under this Node. */
export const openProgram = (
  script: string,
  args: readonly string[] = [],
  options: TerminalOptions = {},
): TestTerminal => openTerminal(process.execPath, [script, ...args], options);

const wrap = (pty: IPty, columns: number, rows: number): TestTerminal => {
  const screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  // Emoji take two cells, as in the terminals of today.
  screen.loadAddon(new Unicode11Addon());
  screen.unicode.activeVersion = '11';
  const watchers = new Set<() => void>();
  let output = '';
  let counted = 0;
  let ended = false;

  pty.onData((data) => {
    output += data;
    screen.write(data, () => {
      for (const watcher of watchers) watcher();
    });
  });
  // What the headless terminal answers (device attributes and the like) goes back, as from a real one.
  screen.onData((data) => {
    if (!ended) pty.write(data);
  });
  const { promise: exited, resolve: resolveExited } = Promise.withResolvers<{
    code: number;
    signal: number | undefined;
  }>();
  pty.onExit(({ exitCode, signal }) => {
    ended = true;
    resolveExited({ code: exitCode, signal: signal === 0 ? undefined : signal });
    screen.write('', () => {
      for (const watcher of watchers) watcher();
    });
  });

  const text = (): string => {
    const buffer = screen.buffer.active;
    const lines: string[] = [];
    for (let y = 0; y < screen.rows; y += 1) {
      const line = buffer.getLine(buffer.viewportY + y);
      // A line keeps what a smaller screen has no column for, in case that it grows again.
      lines.push(line?.translateToString(true, 0, screen.cols).trimEnd() ?? '');
    }
    return lines.join('\n');
  };

  const until = (what: string, test: () => boolean, ms: number): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const done = (): void => {
      clearTimeout(timer);
      watchers.delete(watch);
    };
    const watch = (): void => {
      // Between the marks of a synchronized update the terminal shows the frame before.
      if (screen.modes.synchronizedOutputMode || !test()) return;
      done();
      resolve(undefined);
    };
    const timer = setTimeout(() => {
      done();
      reject(
        new Error(
          `Waited ${ms} ms for ${what}${ended ? ' (the program has ended)' : ''}. The screen was:\n${text()}`,
        ),
      );
    }, ms);
    watchers.add(watch);
    watch();
    return promise;
  };

  return {
    pid: pty.pid,
    screen: text,
    cells: () => readCells(screen),
    waitFor(what, ms = 30_000) {
      const matches =
        typeof what === 'string'
          ? () => text().includes(what)
          : typeof what === 'function'
            ? () => what(text())
            : () => what.test(text());
      return until(typeof what === 'function' ? 'a condition' : String(what), matches, ms);
    },
    waitForGone: (gone, ms = 30_000) => until(`"${gone}" to go`, () => !text().includes(gone), ms),
    type: (typed) => pty.write(typed),
    press(...keys) {
      for (const key of keys) pty.write(bytesOf(key));
    },
    paste: (pasted) => pty.write(`\u{1B}[200~${pasted}\u{1B}[201~`),
    resize(newColumns, newRows) {
      screen.resize(newColumns, newRows);
      pty.resize(newColumns, newRows);
    },
    output: () => output,
    bytes() {
      const size = Buffer.byteLength(output);
      const since = size - counted;
      counted = size;
      return since;
    },
    alternate: () => screen.buffer.active.type === 'alternate',
    cursorHidden: () => output.lastIndexOf('\u{1B}[?25l') > output.lastIndexOf('\u{1B}[?25h'),
    pasteMode: () => screen.modes.bracketedPasteMode,
    kill: (signal = 'SIGTERM') => pty.kill(signal),
    exited,
    async close() {
      if (!ended) pty.kill('SIGKILL');
      await exited;
      screen.dispose();
    },
  };
};

const readCells = (screen: InstanceType<typeof xterm.Terminal>): Cell[][] => {
  const buffer = screen.buffer.active;
  const rows: Cell[][] = [];
  for (let y = 0; y < screen.rows; y += 1) {
    const line = buffer.getLine(buffer.viewportY + y);
    const row: Cell[] = [];
    for (let x = 0; x < screen.cols; x += 1) {
      const cell = line?.getCell(x);
      if (!cell) continue;
      row.push({
        text: cell.getChars(),
        width: cell.getWidth(),
        fg: color(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor()),
        bg: color(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor()),
        bold: cell.isBold() !== 0,
        dim: cell.isDim() !== 0,
        inverse: cell.isInverse() !== 0,
        underline: cell.isUnderline() !== 0,
      });
    }
    rows.push(row);
  }
  return rows;
};

const color = (isDefault: boolean, isRgb: boolean, value: number): number | string | undefined => {
  if (isDefault) return undefined;
  return isRgb ? `#${value.toString(16).padStart(6, '0')}` : value;
};
