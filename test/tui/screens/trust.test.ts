/** Whom the UI trusts: a certificate is compared once, pinned, and stops everything when it changes. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { serve, type RunningServer } from '../../../server/main.ts';
import {
  createDataFolders,
  operatorEmail,
  operatorPassword,
  quietLog,
  type DataFolders,
} from '../../support/server/data-folder.ts';
import { bundle } from '../../support/bundle.ts';
import { closing } from '../../support/closing.ts';
import { openProgram } from '../../support/terminal/terminal.ts';
import { openTui } from '../../support/terminal/tui.ts';

let folders: DataFolders;
beforeAll(async () => {
  folders = await createDataFolders();
});
afterAll(() => folders.remove());

interface Started extends RunningServer {
  readonly directory: string;
  stop(): Promise<void>;
}

/** A server with an authority of its own; it can be stopped before the test ends. */
const start = async (port = 0): Promise<Started> => {
  const directory = await folders.make();
  const server = await serve({
    directory,
    version: 'test',
    log: quietLog,
    environment: {},
    flags: { listen: `127.0.0.1:${port}`, tls: true },
  });
  let running = true;
  const stop = async (): Promise<void> => {
    if (running) await server.close();
    running = false;
  };
  onTestFinished(stop);
  return { ...server, directory, stop };
};

const journalOf = async (directory: string): Promise<string> => {
  const folder = path.join(directory, 'journal');
  const texts = (await readdir(folder)).map((name) => readFile(path.join(folder, name), 'utf8'));
  return (await Promise.all(texts)).join('');
};

const grouped = (fingerprint: string): string => (fingerprint.match(/.{4}/gu) ?? []).join(' ');

test('a certificate is compared once; one that changes stops the sign-in before the password', async () => {
  const first = await start();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'licet-trust-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const open = () => openTui(first, { columns: 100, rows: 30, env: { LICET_CONFIG_DIR: folder } });

  const terminal = await open();
  await terminal.waitFor('Is this your server?');
  const pin = first.fingerprint ?? '';
  expect(pin).toMatch(/^[0-9a-f]{64}$/u);
  await terminal.waitFor(grouped(pin).slice(0, 39));
  terminal.press('down', 'enter');
  await terminal.waitForGone('Is this your server?');
  terminal.type(`${operatorEmail}\t${operatorPassword}`);
  expect(await readFile(path.join(folder, 'client.json'), 'utf8')).toContain(pin);

  // Another server takes its place while the password stands in the form.
  await first.stop();
  const second = await start(Number(new URL(first.url).port));
  terminal.press('enter');
  await terminal.waitFor('Nothing was sent.');

  // Whoever starts again is told before there is a form, and can only leave.
  const again = await open();
  await again.waitFor('certificate has changed');
  again.press('enter');
  expect(await again.exited).toMatchObject({ code: 5 });
  await second.stop();
  // The password is right there too: had it been sent, somebody would be signed in.
  const journal = await journalOf(second.directory);
  expect(journal).toContain('server.init');
  expect(journal).not.toContain('session');
});

test('in plain mode only a yes trusts it, and one that has changed is no question', async () => {
  const first = await start();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'licet-trust-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const open = async () =>
    closing(
      openProgram(await bundle('tui/main.tsx'), ['--plain', '--server', first.url], {
        columns: 200,
        rows: 100,
        env: { HOME: folder, LICET_CONFIG_DIR: folder },
      }),
    );
  const pin = first.fingerprint ?? '';

  const doubting = await open();
  await doubting.waitFor('Type yes or no:');
  doubting.type('y\r');
  expect(await doubting.exited).toMatchObject({ code: 5 });
  expect(await readdir(folder)).toEqual([]);

  const sure = await open();
  await sure.waitFor('Type yes or no:');
  sure.type('yes\r');
  await sure.waitFor('You are not signed in.');
  sure.type('quit\r');
  expect(await sure.exited).toMatchObject({ code: 0 });
  expect(await readFile(path.join(folder, 'client.json'), 'utf8')).toContain(pin);

  await first.stop();
  await start(Number(new URL(first.url).port));
  const changed = await open();
  expect(await changed.exited).toMatchObject({ code: 5 });
  await changed.waitFor(() => /certificate/u.test(changed.output()));
  expect(changed.output()).not.toMatch(/yes or no|not signed in|Password/u);
});

test('on the smallest screen the whole fingerprint can be read, and Enter at once trusts nobody', async () => {
  const server = await start();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'licet-trust-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const env = { LICET_CONFIG_DIR: folder };
  const terminal = await openTui(server, { columns: 100, rows: 30, env });
  await terminal.waitFor('Is this your server?');
  terminal.resize(40, 10);
  const read = new Set<string>();
  const groups = grouped(server.fingerprint ?? '').split(' ');
  await terminal.waitFor('more (PgDn)');
  terminal.press('pagedown');
  await terminal.waitFor((screen) => {
    for (const group of groups) if (screen.includes(group)) read.add(group);
    return read.size === new Set(groups).size || /the end/u.test(screen);
  });
  terminal.press('pagedown');
  await terminal.waitFor((screen) => {
    for (const group of groups) if (screen.includes(group)) read.add(group);
    return read.size === new Set(groups).size;
  });
  terminal.press('enter');
  expect(await terminal.exited).toMatchObject({ code: 5 });
  expect(await readdir(folder)).not.toContain('client.json');
});
