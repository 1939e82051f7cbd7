/** The pages of the documentation as a reader has them: their commands, and a place to type these in. */
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { makeFolder, type TestFolder } from '../licet.ts';

export const root = path.join(import.meta.dirname, '../../..');

/** A page by its path from the project's root. */
export const readPage = (file: string): Promise<string> => readFile(path.join(root, file), 'utf8');

const inDocs = await readdir(path.join(root, 'docs'));

/** All pages that people read. */
export const pages: readonly string[] = [
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'README.md',
  'SECURITY.md',
  ...['data', 'scripts', 'server', 'shared', 'test', 'tools', 'tui'].map(
    (room) => `${room}/README.md`,
  ),
  ...inDocs.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`),
];

export interface Block {
  /** The heading above it. */
  readonly heading: string;
  /** The name by which another test runs it. */
  readonly file: string | undefined;
  readonly commands: string;
}

/** The commands of a page (its fences of `sh`), in their order; those in lists without their indent. */
export const shellBlocks = (page: string): Block[] => {
  const found: Block[] = [];
  let heading = '';
  for (const [, title, indent = '', file, body = ''] of page.matchAll(
    /^#+ (.+)$|^( *)```sh(?: file=(\S+))?\n([^]*?)^ *```$/gmu,
  )) {
    if (title === undefined) {
      found.push({ heading, file, commands: body.replaceAll(new RegExp(`^${indent}`, 'gmu'), '') });
    } else heading = title;
  }
  return found;
};

export interface Place extends TestFolder {
  /** Where `licet` is found, and nothing of the person who runs the tests. */
  readonly env: Readonly<Record<string, string>>;
}

/** An empty folder with the program on the PATH, as `npm run build` made it. */
export const openPlace = async (program: string): Promise<Place> => {
  const folder = await makeFolder();
  const bin = path.join(folder.path, 'bin');
  await mkdir(bin);
  const text = `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`;
  await chmod(await folder.file('bin/licet', text), 0o755);
  const env = {
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    HOME: folder.path,
    LANG: 'C.UTF-8',
  };
  return { ...folder, env };
};

/** A port that is free now; the page's own may be taken. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
};
