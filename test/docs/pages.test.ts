/** The pages of the documentation: every command shown runs, every command named exists, every link leads somewhere. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { afterAll, beforeAll, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { makeProgram } from '../../tui/cli/program.ts';
import { examplesOf, shownCommands } from '../../scripts/docs.ts';
import { buildProgram } from '../../scripts/build.ts';
import { makeFolder } from '../support/licet.ts';
import {
  freePort,
  openPlace,
  pages,
  readPage,
  root,
  shellBlocks,
} from '../support/terminal/pages.ts';

const built = await makeFolder();
beforeAll(() => buildProgram(built.path));
afterAll(() => built.remove());

/** What stands before a page's commands: a server, its operator and an owner, each in a line to begin with. */
const operatorSignsIn =
  'licet login olga@example.com --password-file olga.txt --server http://127.0.0.1:8417';
const ownerSignsIn =
  'licet login ana@example.com --password-file ana.txt --server http://127.0.0.1:8417';
const server = `
echo 'three green kites over the bay' > olga.txt
echo 'a lantern for the harbor' > ana.txt
licet init --data data --operator-email olga@example.com --operator-password-file olga.txt > sheet.txt
licet serve --data data --listen 127.0.0.1:8417
${operatorSignsIn}`;

/** Before the commands of a page, by the heading above them; and what an example's word stands for. */
const before: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'docs/integrate.md': { '1. Make the product known': server },
  'docs/licenses.md': { 'A product and its template': server },
  'docs/trial.md': {
    'Offer it': `${server}
licet product create acme-server --name "Acme Server"
licet operator account create ana@example.com --name "Ana Ruiz" --password-file ana.txt`,
    'Try it': ownerSignsIn,
    'When it is bought': `licet license list --json | sed 's/.*"id":"\\(lic_[^"]*\\)".*/\\1/' > id.txt\n${operatorSignsIn}`,
  },
};
const words: Readonly<Record<string, string>> = { 'lic_01j...': '"$(cat id.txt)"' };

/** Commands that another test runs, as they stand or with a name of its own: which. */
const elsewhere: readonly (readonly [RegExp, string])[] = [
  [/^(?:npm (?:ci|start|run check)\n?)+$/u, '.ci/run'],
  [/^npm install \.\/licet-/u, 'test/package/npm.long.ts'],
  [/^sha256sum --check [^]*install -m 755 /u, 'test/package/targets.long.ts'],
  [/^sudo systemd-run /u, 'test/package/service.long.ts'],
  [/^#!\/bin\/sh\n# usage: verify\.sh/u, 'test/shared/interop.test.ts'],
  [/^ACME_EMAIL=.* node app\.js$/u, 'test/tui/cli/integrate.test.ts'],
];

/** The commands of a page as one script. A server goes on beside it, from the moment that it answers. */
const scriptOf = (name: string, page: string, port: number): string => {
  const parts: string[] = [];
  const headings = new Set<string>();
  for (const { heading, file, commands } of shellBlocks(page)) {
    if (file !== undefined || elsewhere.some(([line]) => line.test(commands.trim()))) continue;
    if (!headings.has(heading)) parts.push(before[name]?.[heading] ?? '');
    headings.add(heading);
    parts.push(commands);
  }
  let script = parts.join('\n').replaceAll('127.0.0.1:8417', `127.0.0.1:${port}`);
  for (const [word, stands] of Object.entries(words)) script = script.replaceAll(word, stands);
  return script.replaceAll(
    /^licet serve .*$/gmu,
    '$& > ready & until [ -s ready ]; do kill -0 $! && sleep 0.05; done',
  );
};

const runPage = async (name: string): Promise<{ code: number | null; output: string }> => {
  const place = await openPlace(path.join(built.path, 'licet.js'));
  const script = scriptOf(name, await readPage(name), await freePort());
  const child = spawn(
    'bash',
    ['-e', '-x', '-c', `trap 'jobs -p | xargs -r kill; wait' EXIT\n${script}`],
    { cwd: place.path, env: place.env, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  await place.remove();
  return { code, output: `${out}\n${err}` };
};

const contents = new Map<string, string>();
for (const name of pages) contents.set(name, await readPage(name));
// That of the README is typed in at a terminal, by a test of its own.
const withCommands = pages.filter(
  (name) => name !== 'README.md' && shellBlocks(contents.get(name) ?? '').length > 0,
);

test.concurrent.each(withCommands)(
  'every command of %s runs as shown',
  async (name) => {
    // The output goes along so that a failure shows where it stopped.
    expect(await runPage(name)).toMatchObject({ code: 0, output: expect.any(String) });
  },
  300_000,
);

test('what a page’s commands begin with belongs to a heading of that page', () => {
  for (const [name, headings] of Object.entries(before)) {
    const there = shellBlocks(contents.get(name) ?? '').map(({ heading }) => heading);
    expect(there).toEqual(expect.arrayContaining(Object.keys(headings)));
  }
});

test('a command that another test runs is one that a page shows', async () => {
  const shown = [...contents.values()].flatMap((page) =>
    shellBlocks(page).map(({ commands }) => commands.trim()),
  );
  const lines = [...shown, ...shown.flatMap((commands) => commands.split('\n'))];
  for (const [line, by] of elsewhere) {
    expect(lines.some((commands) => line.test(commands))).toBe(true);
    await access(path.join(root, by));
  }
});

/** The word of a command line that names no command, or no option of that command, if there is one. */
const strangerIn = (program: Command, line: string): string | undefined => {
  const given = line.split(/\s+/u);
  let at = program;
  const options = new Set(['--help']);
  const learn = (command: Command): void => {
    for (const { long } of command.options)
      if (long !== null && long !== undefined) options.add(long);
  };
  learn(program);
  for (const word of given) {
    if (at.commands.length === 0) break;
    const next = at.commands.find((command) => command.name() === word);
    if (!next) return word;
    at = next;
    learn(at);
  }
  return given.find(
    (word) => word.startsWith('--') && !options.has(word.replace(/[=,.;:].*$/u, '')),
  );
};

test('every command that a page names exists', async () => {
  const { stdin, stdout, stderr } = process;
  const program = await makeProgram({ stdin, stdout, stderr, env: {} }, '*');
  const strangers: string[] = [];
  for (const [name, page] of contents) {
    for (const [, line = ''] of page.matchAll(/`licet ([a-z][^`]*)`/gu)) {
      if (strangerIn(program, line) !== undefined) strangers.push(`${name}: licet ${line}`);
    }
    for (const [, script = ''] of page.matchAll(/npm run (?:-s )?([a-z:-]+)/gu)) {
      if (!Object.hasOwn(manifest.scripts, script)) strangers.push(`${name}: npm run ${script}`);
    }
  }
  expect(strangers).toEqual([]);
});

const leaves = (command: Command): Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);

test('every command has an example in its help, of that command, with options that it has', async () => {
  const { stdin, stdout, stderr } = process;
  const program = await makeProgram({ stdin, stdout, stderr, env: {} }, '*');
  for (const command of (await shownCommands()).flatMap(leaves)) {
    const examples = examplesOf(command);
    expect([command.name(), examples.length]).not.toEqual([command.name(), 0]);
    for (const line of examples) {
      const words = line.replace(/^licet /u, '');
      expect([line, strangerIn(program, words)]).toEqual([line, undefined]);
      expect(words).toContain(command.name());
    }
  }
});

/** The anchors of a page, as GitHub makes them of its headings. */
const anchorsOf = (page: string): string[] =>
  Array.from(page.matchAll(/^#+ (.+)$/gmu), ([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/gu, '')
      .replaceAll(' ', '-'),
  );

/** Whether a link of a file leads somewhere; those to elsewhere need only be well-formed. */
const leads = async (file: string, link: string): Promise<boolean> => {
  if (/^[a-z]+:/u.test(link)) return URL.canParse(link);
  const [target = '', anchor] = link.split('#');
  const at = target === '' ? path.join(root, file) : path.join(root, path.dirname(file), target);
  const found = await access(at).then(
    () => true,
    () => false,
  );
  return found && (anchor === undefined || anchorsOf(await readFile(at, 'utf8')).includes(anchor));
};

test('every link leads to a file, and to a heading where it names one', async () => {
  const broken: string[] = [];
  for (const [name, page] of contents) {
    for (const [, link = ''] of page.matchAll(/\]\(([^)\s]+)\)/gu)) {
      if (!(await leads(name, link))) broken.push(`${name}: ${link}`);
    }
  }
  expect(broken).toEqual([]);
});
