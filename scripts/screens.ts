/**
 * Draws the pictures of docs/screens from a real terminal: the demo, used by keys, its cells as SVG.
 * `node scripts/screens.ts` draws and keeps them; with `--check` it draws and fails, naming those that
 * would change. What differs from run to run (the port, dates) is drawn as one fixed text.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openProgram, type Cell, type TestTerminal } from '../test/support/terminal/terminal.ts';
import { people } from '../tui/demo/story.ts';
import { cellsToSvg } from './cells-to-svg.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = path.join(root, 'docs', 'screens');

interface Picture {
  readonly name: string;
  readonly who: keyof typeof people | undefined;
  /** 80x24 unless told. */
  readonly size?: { readonly columns: number; readonly rows: number };
  /** Presses keys until the screen is there. */
  readonly reach: (terminal: TestTerminal) => Promise<void>;
}

const press = async (terminal: TestTerminal, key: string, until: string | RegExp) => {
  terminal.press(key);
  await terminal.waitFor(until);
};

const pictures: readonly Picture[] = [
  { name: 'sign-in', who: undefined, reach: (terminal) => terminal.waitFor('Operator ') },
  { name: 'license', who: 'owner', reach: (terminal) => terminal.waitFor('Entitlements') },
  {
    name: 'activations',
    who: 'owner',
    reach: (terminal) => press(terminal, '2', /▌ \S+/u),
  },
  {
    name: 'reset',
    who: 'owner',
    reach: async (terminal) => {
      await press(terminal, '2', 'r reset');
      await press(terminal, 'r', 'Leave everything as it is');
    },
  },
  {
    name: 'why-refused',
    who: 'owner',
    reach: async (terminal) => {
      await terminal.waitFor('mer-prod-3 was refused');
      await press(terminal, 'h', 'was refused just now');
    },
  },
  {
    name: 'downloads',
    who: 'owner',
    reach: (terminal) => press(terminal, '5', '▌ getting-started'),
  },
  {
    name: 'users',
    who: 'owner',
    reach: async (terminal) => {
      await press(terminal, '3', 'Nobody but the owner');
      await press(terminal, 'p', 'leo@demo.example');
    },
  },
  {
    name: 'offline-keys',
    who: 'owner',
    reach: async (terminal) => {
      await press(terminal, '4', 'No machine has an offline key');
      await press(terminal, 'P', /No machine|▌/u);
      await press(terminal, 'P', /plc|line|press/u);
    },
  },
  {
    name: 'palette',
    who: 'owner',
    reach: async (terminal) => {
      await terminal.waitFor('Entitlements');
      await press(terminal, ':', 'Type to search');
      terminal.type('key');
      await terminal.waitFor('Make an offline key');
    },
  },
  {
    name: 'usage',
    who: 'owner',
    reach: async (terminal) => {
      await terminal.waitFor('Entitlements');
      await press(terminal, 'u', /full │ +×/u);
    },
  },
  { name: 'operator', who: 'operator', reach: (terminal) => terminal.waitFor('Warehouse') },
  {
    name: 'operator-tall',
    who: 'operator',
    size: { columns: 120, rows: 36 },
    reach: async (terminal) => {
      await terminal.waitFor('Warehouse');
      await press(terminal, 'j', /─\n Studio trial\n/u);
    },
  },
];

/** What differs from run to run, and what is drawn for it: as long, so that nothing moves. */
const fixed: readonly (readonly [RegExp, string])[] = [
  [/127\.0\.0\.1:\d{5}/gu, 'portal.acme.dev'],
  [/http:\/\/portal\.acme\.dev/gu, 'https://acme.licet.dev'],
  [/\b[ \d]?\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}/gu, '24 Jun 2027'],
  [/\d\d:\d\d UTC/gu, '10:00 UTC'],
  // The machine that waits for a seat asks again and again.
  [/\d+ machines? refused\.? ?/gu, '1 machine refused.'],
  [/, \d refused/gu, ', 1 refused'],
  [/(?<=\b(?:acc|act|key|lic|rel)_)[0-9a-z]{26}/gu, '01jz0000000000000000000000'],
];

const withFixedText = (row: readonly Cell[]): Cell[] => {
  const text = row.map((cell) => cell.text || ' ').join('');
  // Only rows of narrow characters have as many characters as cells.
  if (text.length !== row.length) return [...row];
  const drawn = fixed.reduce(
    (line, [pattern, instead]) =>
      line.replace(pattern, (found) => instead.padEnd(found.length).slice(0, found.length)),
    text,
  );
  return row.map((cell, x) => (drawn[x] === text[x] ? cell : { ...cell, text: drawn[x] ?? ' ' }));
};

/** Waits until the screen is the same twice with nothing written in between. */
const settled = async (terminal: TestTerminal): Promise<void> => {
  for (let before = ''; before !== terminal.screen();) {
    before = terminal.screen();
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
};

const program = path.join(root, 'dist', 'licet.js');

/** The demo's server for all pictures, and where it listens. */
const startDemo = async () => {
  const child = spawn(process.execPath, [program, 'demo', '--headless'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const { listening } = JSON.parse(line) as { listening: string };
    return { child, url: listening };
  }
  throw new Error('The demo ended before it listened.');
};

const draw = async ({ who, size, reach }: Picture, url: string): Promise<string> => {
  const env = { LICET_CONFIG_DIR: path.join(root, 'dist', 'nothing-remembered') };
  const terminal = openProgram(program, ['--server', url], { cwd: root, env, ...size });
  try {
    await terminal.waitFor('Operator ', 20_000);
    if (who) {
      const { email, password } = people[who];
      terminal.type(`${email}\t${password}\r`);
      await terminal.waitFor('1 License', 20_000);
    }
    await reach(terminal);
    await settled(terminal);
    return cellsToSvg(terminal.cells().map(withFixedText));
  } finally {
    await terminal.close();
  }
};

const check = process.argv.includes('--check');
spawnSync(process.execPath, [path.join(root, 'scripts', 'build.ts'), '--if-stale'], {
  stdio: 'inherit',
});
await mkdir(folder, { recursive: true });
const changed: string[] = [];
const { child, url } = await startDemo();
// All at once, so that no time that is shown gets old.
const drawn = await Promise.all(
  pictures.map(async (picture) => ({ name: picture.name, svg: await draw(picture, url) })),
);
for (const { name, svg } of drawn) {
  const file = path.join(folder, `${name}.svg`);
  if (svg === (await readFile(file, 'utf8').catch(() => ''))) continue;
  changed.push(name);
  if (!check) await writeFile(file, svg);
}
const ended = once(child, 'exit');
child.kill('SIGTERM');
await ended;
if (changed.length > 0) {
  process.stderr.write(
    check
      ? `These pictures would change: ${changed.join(', ')}. Look at them, then accept: npm run screens\n`
      : `Drawn: ${changed.join(', ')}.\n`,
  );
}
process.exitCode = check && changed.length > 0 ? 1 : 0;
