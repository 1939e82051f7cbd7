/** The pages of docs/: every command shown runs, every command named exists, every link leads somewhere. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, mkdir, readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeProgram } from '../../tui/commands/program.ts';
import { buildProgram } from '../../scripts/build.ts';
import { makeFolder } from '../support/licet.ts';

const docs = path.join(import.meta.dirname, '../../docs');
const read = (name: string): Promise<string> => readFile(path.join(docs, name), 'utf8');

/** A port that is free now; the page's own may be taken. */
const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
};

/** The commands of a page as one script. A server goes on beside it, from the moment that it answers. */
const scriptOf = (page: string, port: number): string =>
  Array.from(page.matchAll(/^```sh\n([^]*?)^```$/gmu), ([, block = '']) => block)
    .join('')
    .replaceAll('127.0.0.1:8417', `127.0.0.1:${port}`)
    .replaceAll(
      /^licet serve .*$/gmu,
      '$& > ready & until [ -s ready ]; do kill -0 $! && sleep 0.05; done',
    );

const built = await makeFolder();
beforeAll(() => buildProgram(built.path));
afterAll(() => built.remove());

const runPage = async (name: string): Promise<{ code: number | null; output: string }> => {
  const folder = await makeFolder();
  const bin = path.join(folder.path, 'bin');
  await mkdir(bin);
  const program = path.join(built.path, 'licet.js');
  const licet = await folder.file(
    'bin/licet',
    `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`,
  );
  await chmod(licet, 0o755);
  const script = scriptOf(await read(name), await freePort());
  const child = spawn(
    'bash',
    ['-e', '-x', '-c', `trap 'jobs -p | xargs -r kill; wait' EXIT\n${script}`],
    {
      cwd: folder.path,
      env: { PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: folder.path, LANG: 'C.UTF-8' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  await folder.remove();
  return { code, output: `${out}\n${err}` };
};

test.concurrent.each(['install.md', 'first-hour.md', 'offline-sites.md', 'recovery.md'])(
  'every command of %s runs as shown',
  async (name) => {
    // The output goes along so that a failure shows where it stopped.
    expect(await runPage(name)).toMatchObject({ code: 0, output: expect.any(String) });
  },
  120_000,
);

const pages = (await readdir(docs)).filter((name) => name.endsWith('.md'));

/** The word of a command line that names no command, if there is one. */
const strangerIn = (program: Command, line: string): string | undefined => {
  let at = program;
  for (const word of line.split(/\s+/u)) {
    if (at.commands.length === 0) return undefined;
    const next = at.commands.find((command) => command.name() === word);
    if (!next) return word;
    at = next;
  }
  return undefined;
};

test('every command that a page names exists', async () => {
  const { stdin, stdout, stderr } = process;
  const program = await makeProgram({ stdin, stdout, stderr, env: {} }, '*');
  const strangers: string[] = [];
  for (const page of pages) {
    for (const [, line = ''] of (await read(page)).matchAll(/`licet ([a-z][^`]*)`/gu)) {
      if (strangerIn(program, line) !== undefined) strangers.push(`${page}: licet ${line}`);
    }
  }
  expect(strangers).toEqual([]);
});

/** The anchors of a page, as GitHub makes them of its headings. */
const anchorsOf = (page: string): string[] =>
  Array.from(page.matchAll(/^#+ (.+)$/gmu), ([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/gu, '')
      .replaceAll(' ', '-'),
  );

const root = path.join(docs, '..');

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
  const others = ['ARCHITECTURE.md', 'CHANGELOG.md', 'README.md'];
  const broken: string[] = [];
  for (const file of [...pages.map((name) => `docs/${name}`), ...others]) {
    const content = await readFile(path.join(root, file), 'utf8').catch(() => '');
    for (const [, link = ''] of content.matchAll(/\]\(([^)\s]+)\)/gu)) {
      if (!(await leads(file, link))) broken.push(`${file}: ${link}`);
    }
  }
  expect(broken).toEqual([]);
});
