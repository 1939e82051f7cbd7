/** One example of a command's help, run as its reader runs it: typed at a terminal, in a place of its own. */
import { chmod, copyFile, cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { openMemory } from '../../../tui/client/api/memory.ts';
import { plant7, serveFolder, type Person, type World } from './example-world.ts';
import { freePort, openPlace, type Place } from '../terminal/pages.ts';
import { openTerminal } from '../terminal/terminal.ts';

/** A text, or what the world has in its place. */
type Told = string | ((world: World) => string);
const told = (what: Told, world: World): string => (typeof what === 'string' ? what : what(world));

/** A text to wait for, and what is typed then. */
type Typed = readonly [prompt: string, keys: Told];

/** What stands before an example, and what comes of it. */
export interface Stage {
  /** Who is signed in at the server; without anybody there is no server. */
  readonly as?: Person;
  /** The server speaks HTTPS, and nobody has been there. */
  readonly stranger?: boolean;
  /** Lines of shell that come first; `as PERSON licet ...` is somebody else's. */
  readonly before?: string;
  /** Names of files of the world that are here. */
  readonly files?: readonly string[];
  /** The machine plant-7: it asked for its key, or has it. */
  readonly machine?: 'asked' | 'entered';
  /** What words of the example stand for, beside those of all examples. */
  readonly words?: Readonly<Record<string, Told>>;
  readonly typed?: readonly Typed[];
  /** Ctrl+C ends it: the shell says 0 or 130, by whether the program or the signal was first. */
  readonly interrupted?: boolean;
  /** What the program says. */
  readonly says: RegExp;
}

/** What the words of the examples stand for; days to come are to come whenever this runs. */
const wordsOf = (world: World, url: string, port: number): Readonly<Record<string, string>> => {
  const year = new Date().getUTCFullYear();
  return {
    '/var/lib/licet': 'data',
    'https://licet.example.com': url,
    '/run/secrets/licet': 'ana.txt',
    '/etc/licet/unlock': '"$HOME/unlock"',
    '/media/usb': 'usb',
    '/media/safe': 'safe',
    '/mnt/backups': 'backups',
    '/srv/licet': 'new-home',
    '/archive/licet': 'archive',
    '8417': `${port}`,
    '2026-01-01': `${year}-01-01`,
    '2027-01-31': `${year + 1}-01-31`,
    '2027-12-31': `${year + 1}-12-31`,
    '2028-12-31': `${year + 2}-12-31`,
    'lic_01j...': world.prod,
    'act_01j...': world.build3,
    'ses_01j...': world.session,
    'mem_01j...': world.invitation,
    'key_01j...': world.key,
    'rel_01j...': world.release,
    'vZ3hY0…': world.signingKey,
    '8kQd1x…': world.root,
  };
};

const ownWords = ({ words = {} }: Stage, world: World): Record<string, string> =>
  Object.fromEntries(Object.entries(words).map(([word, stands]) => [word, told(stands, world)]));

/** In one go, since what a word stands for may hold another. */
const replaced = (text: string, words: Readonly<Record<string, string>>): string =>
  text.replaceAll(
    new RegExp(
      Object.keys(words)
        .map((word) => word.replaceAll('.', '[.]'))
        .join('|'),
      'gu',
    ),
    (word) => words[word] ?? word,
  );

const asScript = `#!/bin/sh
export LICET_CONFIG_DIR="$HOME/people/$1"
shift
exec "$@"
`;

/** Everybody's own settings: signed in at the server, or not yet there. */
const signInAll = async (place: Place, world: World, url: string): Promise<void> => {
  for (const [person, token] of Object.entries(world.tokens)) {
    const memory = openMemory(path.join(place.path, 'people', person));
    await memory.remember(url, { token });
    await memory.setCurrent(url);
  }
};

const furnish = async (place: Place, world: World, stage: Stage): Promise<void> => {
  await chmod(await place.file('bin/as', asScript), 0o755);
  for (const folder of ['usb', 'safe', 'backups', 'Downloads'])
    await mkdir(path.join(place.path, folder));
  for (const name of stage.files ?? [])
    await copyFile(path.join(world.folder, 'files', name), path.join(place.path, name));
  if (stage.machine)
    await cp(path.join(world.folder, stage.machine), path.join(place.path, 'state'), {
      recursive: true,
    });
  await cp(world.data, path.join(place.path, 'data'), { recursive: true });
};

const endMark = '[ended with ';

/** A terminal drops what it has not passed on 200 ms after its program ended, so the shell stays until it was heard. */
const untilHeard = `trap : INT; bash -e -c "$1"; printf '\\n${endMark}%s]\\n' "$?"; read -r`;

/** Runs it to its end; `output` is all that its terminal showed. */
export const runExample = async (
  program: string,
  world: World,
  line: string,
  stage: Stage,
): Promise<{ readonly code: number; readonly output: string }> => {
  const place = await openPlace(program);
  await furnish(place, world, stage);
  const withServer = stage.as !== undefined || stage.stranger === true;
  const server = withServer
    ? await serveFolder(path.join(place.path, 'data'), stage.stranger === true)
    : undefined;
  try {
    if (server && stage.stranger !== true) await signInAll(place, world, server.url);
    const words = {
      ...wordsOf(world, server?.url ?? '', await freePort()),
      ...ownWords(stage, world),
    };
    const script = replaced(`${stage.before ?? ''}\n${line}`, words);
    const terminal = openTerminal('bash', ['-c', untilHeard, 'bash', script], {
      cwd: place.path,
      columns: 120,
      rows: 50,
      env: {
        ...place.env,
        LICET_CONFIG_DIR: path.join(place.path, 'people', stage.as ?? 'nobody'),
        LICET_STATE_DIR: path.join(place.path, 'state'),
        LICET_FINGERPRINT: plant7.fingerprint,
      },
    });
    try {
      for (const [prompt, keys] of stage.typed ?? []) {
        await terminal.waitFor(prompt, 90_000);
        terminal.type(told(keys, world));
      }
      await terminal.waitFor(/\[ended with \d+\]/u, 90_000);
      const output = stripVTControlCharacters(terminal.output());
      const [said = '', code] = output.split(endMark);
      terminal.press('enter');
      await terminal.exited;
      return { code: Number.parseInt(code ?? '', 10), output: said };
    } finally {
      await terminal.close();
    }
  } finally {
    await server?.close();
    await place.remove();
  }
};
