import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { closing } from '../../support/closing.ts';
import { openSlowProxy } from '../../support/server/slow-proxy.ts';
import { must, operatorEmail } from '../../support/server/live-server.ts';
import { publish } from '../../support/server/publish.ts';
import { anaEmail, copied, openPortalServer, signInTui } from '../../support/terminal/tui.ts';

test('a release is downloaded whole, and its address is copied for another machine', async () => {
  const server = await openPortalServer();
  const bytes = await publish(server, 3_000_000);
  const home = await mkdtemp(path.join(os.tmpdir(), 'licet-downloads-'));
  const terminal = await signInTui(server, anaEmail, { cwd: home });
  terminal.press('5');
  await terminal.waitFor(/▌ acme-setup\.bin +1\.4\.0 +linux-x64 +3\.00 MB/u);
  terminal.press('enter');
  await terminal.waitFor(/Id +rel_/u);
  await terminal.waitFor('SHA-256');
  terminal.press('esc');
  await terminal.waitForGone('rel_');
  terminal.press('d');
  await terminal.waitFor('an interrupted one goes on');
  terminal.press('tab', 'enter');
  await terminal.waitFor('acme-setup.bin has arrived whole');
  expect((await readFile(path.join(home, 'acme-setup.bin'))).equals(bytes)).toBe(true);

  terminal.press('o');
  await terminal.waitFor('can be fetched without signing in');
  terminal.press('c');
  await terminal.waitFor('Copied');
  const answer = await fetch(copied(terminal));
  expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
});

test('a slow download shows how far it is, its rate and the time left, can be stopped, and goes on from there', async () => {
  const server = await openPortalServer();
  const bytes = await publish(server, 12_000_000);
  const line = closing(await openSlowProxy(server.url, 20));
  const home = await mkdtemp(path.join(os.tmpdir(), 'licet-downloads-'));
  const terminal = await signInTui({ url: line.url }, anaEmail, { cwd: home });
  terminal.press('5');
  await terminal.waitFor(/▌ acme-setup\.bin/u);
  terminal.press('d');
  await terminal.waitFor('an interrupted one goes on');
  terminal.press('tab', 'enter');
  await terminal.waitFor(/━+─+\s+[1-9]\d?% of 12\.0 MB, [\d.]+ [kM]B\/s, \d+ s left/u);
  terminal.press('esc');
  await terminal.waitForGone('s left');
  const parts = await readdir(home);
  expect(parts.filter((name) => name.startsWith('acme-setup.bin')).length).toBe(1);
  line.pace = 0;
  await terminal.waitFor('Back to the form');
  terminal.press('down', 'enter');
  await terminal.waitForGone('Back to the form');
  terminal.press('d');
  await terminal.waitFor('an interrupted one goes on');
  terminal.press('tab', 'enter');
  await terminal.waitFor('acme-setup.bin has arrived whole');
  expect((await readFile(path.join(home, 'acme-setup.bin'))).equals(bytes)).toBe(true);
});

test('without anything published the screen says whom it depends on', async () => {
  const server = await openPortalServer();
  const terminal = await signInTui(server);
  terminal.press('5');
  await terminal.waitFor('There is nothing to download yet.');
  terminal.press('d');
  await terminal.waitFor('What the operator publishes for your products appears here.');
});

test('a trial is started once, and becomes one of the packages by itself', async () => {
  const server = await openPortalServer();
  const operator = await server.client(operatorEmail);
  await must(operator.createProduct({ id: 'studio', name: 'Acme Studio', trial: { days: 14 } }));
  const terminal = await signInTui(server);
  terminal.press('7');
  await terminal.waitFor(/▌ Acme Studio +14 days +not tried yet/u);
  await terminal.waitFor('no user management, no system configuration, no uploads.');
  terminal.press('d');
  await terminal.waitFor('Start the trial first');
  terminal.press('a');
  await terminal.waitFor('Your trial of Acme Studio runs for 14 days.');
  await terminal.waitFor(/Acme Studio +14 days +14 days left/u);
  terminal.press('a');
  await terminal.waitFor('You have tried Acme Studio: one trial a product.');
  terminal.press('d');
  await terminal.waitFor('/ Acme Studio');
  await terminal.waitFor('Nothing fits “Acme Studio”.');
  terminal.press('1');
  await terminal.waitFor('Packages');
  await terminal.waitFor(/Studio.+14 days/u);
});

/** A browser that writes down what it was asked to open, and gives what is there. */
const fakeBrowser = async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'licet-browser-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'opened');
  await writeFile(path.join(folder, 'xdg-open'), `#!/bin/sh\nprintf %s "$1" > '${file}'\n`);
  await chmod(path.join(folder, 'xdg-open'), 0o755);
  return { folder, opened: () => readFile(file, 'utf8').catch(() => '') };
};

test.runIf(process.platform === 'linux')(
  'a trial opens in the browser signed in, where there is one; else its address is shown, and as a QR code',
  async () => {
    const server = await openPortalServer();
    const operator = await server.client(operatorEmail);
    const url = 'https://try.example.com/';
    const trial = { days: 14, url };
    await must(operator.createProduct({ id: 'studio', name: 'Acme Studio', trial }));
    const browser = await fakeBrowser();
    const there = await signInTui(server, anaEmail, {
      env: { DISPLAY: ':0', PATH: `${browser.folder}:${process.env['PATH'] ?? ''}` },
    });
    there.press('7');
    await there.waitFor(/▌ Acme Studio/u);
    there.press('a');
    await there.waitFor('Your browser opens it now.');
    await expect.poll(browser.opened).toMatch(/^https:\/\/try\.example\.com\/\?licet_token=ey/u);

    const elsewhere = await signInTui(server);
    elsewhere.press('7');
    await elsewhere.waitFor(/▌ Acme Studio/u);
    elsewhere.press('enter');
    await elsewhere.waitFor('/v1/trial-logins/');
    expect(elsewhere.screen()).not.toContain('Your browser');
    const short = /http:\S+\/v1\/trial-logins\/\S+/u.exec(elsewhere.screen())?.[0] ?? '';
    elsewhere.resize(120, 50);
    elsewhere.press('o');
    await elsewhere.waitFor(
      (screen) => !screen.includes('/v1/trial-logins/') && /[▀▄█]/u.test(screen),
    );
    const followed = await fetch(short, { redirect: 'manual' });
    expect(followed.headers.get('location')).toMatch(
      /^https:\/\/try\.example\.com\/\?licet_token=ey/u,
    );
  },
);
