/**
 * `npm run screens`: draws the pictures of README and docs from the cells of a real terminal, in which
 * the demo runs, to docs/screens/*.svg.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openProgram, type TestTerminal } from '../test/support/terminal.ts';
import { cellsToSvg } from './cells-to-svg.ts';

const at = (file: string): string => fileURLToPath(new URL(`../${file}`, import.meta.url));
const folder = at('docs/screens');
const patience = 60_000;

const save = async (terminal: TestTerminal, name: string): Promise<void> => {
  await writeFile(path.join(folder, `${name}.svg`), cellsToSvg(terminal.cells()));
  process.stdout.write(`docs/screens/${name}.svg\n`);
};

/** A key, what the screen then shows, and the name of the picture that is drawn of it (none: on the way). */
type Step = readonly [key: string, shows: string | RegExp, name?: string];

const owner: readonly Step[] = [
  ['2', 'mer-prod-1', 'activations'],
  ['r', 'Leave everything as it is', 'reset'],
  ['esc', /^(?!.*Leave everything)/su],
  ['3', 'Nobody but the owner'],
  ['p', 'leo@demo.example', 'users'],
  ['p', /^ licet {2}Plant/u],
  ['4', /plc|line|press/u, 'offline-keys'],
];

const draw = async (terminal: TestTerminal): Promise<void> => {
  await terminal.waitFor('E-mail', patience);
  await save(terminal, 'sign-in');
  terminal.type('ana@demo.example\towner of the demo\r');
  await terminal.waitFor(/My Info[^]* r reset/u, patience);
  await save(terminal, 'license');
  for (const [key, shows, name] of owner) {
    terminal.press(key);
    await terminal.waitFor(shows, patience);
    if (name !== undefined) await save(terminal, name);
  }
};

const config = await mkdtemp(path.join(tmpdir(), 'licet-screens-'));
await mkdir(folder, { recursive: true });
const terminal = openProgram(at('dist/licet.js'), ['demo'], {
  columns: 96,
  rows: 27,
  env: { LICET_CONFIG_DIR: config },
});
try {
  await draw(terminal);
} finally {
  await terminal.close();
  await rm(config, { recursive: true, force: true });
}
