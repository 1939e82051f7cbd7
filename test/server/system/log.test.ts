/** A log that nobody reads, or that has no room: a server in a process of its own goes on. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createDataFolders, type DataFolders } from '../../support/server/data-folder.ts';

let folders: DataFolders;
const children: ChildProcess[] = [];
beforeAll(async () => {
  folders = await createDataFolders();
});
afterAll(() => folders.remove());
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

const program = fileURLToPath(new URL('../../support/server/serve-process.ts', import.meta.url));

/** Each variable that licet doesn't know is a line of the log at the start: more than a megabyte of them. */
const talkative = Object.fromEntries(
  Array.from({ length: 4000 }, (_, n) => [`LICET_UNKNOWN_${n}`, 'x']),
);

/** Starts a server that logs that much. `under`: a command that runs another. */
const start = async (under: readonly string[] = []) => {
  const settings = JSON.stringify({ listen: '127.0.0.1:0' });
  const directory = await folders.make();
  const [command, ...args] = [...under, process.execPath, program, directory, settings];
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...talkative },
  });
  children.push(child);
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  return { child, url: (JSON.parse(line) as { listening: string }).listening };
};

test('a reader of the log that stops does not stop the server, and is told how much it missed', async () => {
  const { child, url } = await start();
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  // The next line that is logged after the reader took up again says what is missing.
  const again = setInterval(() => child.kill('SIGHUP'), 100);
  await expect.poll(() => log, { timeout: 20_000 }).toContain('lines were dropped');
  clearInterval(again);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  const lines = log.trim().split('\n');
  const entries = lines.map((line) => JSON.parse(line) as { msg: string; dropped?: number });
  const missing = entries.reduce((sum, { dropped = 0 }) => sum + dropped, 0);
  const warned = entries.filter(({ msg }) => msg.startsWith('LICET_UNKNOWN_')).length;
  expect(missing).toBeGreaterThan(0);
  expect(warned + missing).toBeGreaterThanOrEqual(4000);
});

test('a reader of the log that never comes back does not keep the server from stopping', async () => {
  const { child, url } = await start();
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('a full disk under the log does not stop the server', async () => {
  const { child, url } = await start(['sh', '-c', 'exec "$@" 2>/dev/full', 'sh']);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  child.kill('SIGHUP');
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});
