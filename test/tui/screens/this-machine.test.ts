/** The technician's screen on a machine without a network, and the owner's screen at the server. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { exportTrust } from '../../../server/system/keys/manage-keys.ts';
import { toQrText } from '../../../shared/statements/codes.ts';
import { parseRequestCode } from '../../../shared/statements/typed/offline-request.ts';
import { cutIntoQrParts } from '../../../shared/statements/typed/qr-parts.ts';
import { must } from '../../support/server/live-server.ts';
import { readQr } from '../../support/terminal/qr-cells.ts';
import type { TerminalOptions, TestTerminal } from '../../support/terminal/terminal.ts';
import {
  anaEmail,
  copied,
  openPortalServer,
  openTui,
  signInTui,
} from '../../support/terminal/tui.ts';

// Many steps one after the other, on machines that have other work too.
vi.setConfig({ testTimeout: 180_000 });

const nowhere = { url: 'http://127.0.0.1:9' };

/** The screen on a machine of its own, which no server can be reached from; its folder has the trust file. */
const openMachine = async (trust: unknown, options: TerminalOptions = {}) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'licet-airgap-'));
  await writeFile(path.join(folder, 'trust.json'), JSON.stringify(trust));
  const stateDir = path.join(folder, 'state');
  const terminal = await openTui(nowhere, {
    ...options,
    cwd: folder,
    env: { LICET_STATE_DIR: stateDir, LICET_FINGERPRINT: 'fe'.repeat(32) },
  });
  await terminal.waitFor('The server doe');
  terminal.press('up');
  await terminal.waitFor('▌ This machine');
  terminal.press('enter');
  await terminal.waitFor('▌ Make a request');
  return { folder, stateDir, terminal };
};

/** The menu of steps, and not a page whose title is one of them. */
const atMenu = (terminal: TestTerminal): Promise<void> =>
  terminal.waitFor((screen) => /Make a request[^]+Enter a key[^]+Verify the key/u.test(screen));

const step = async (terminal: TestTerminal, label: string): Promise<void> => {
  terminal.press('home');
  await terminal.waitFor('▌ Make a request');
  for (;;) {
    const marked = /▌ (?<label>.+)/u.exec(terminal.screen())?.groups?.['label']?.trim() ?? '';
    if (marked === label) break;
    terminal.press('down');
    await terminal.waitFor((screen) => !screen.includes(`▌ ${marked}`));
  }
  terminal.press('enter');
};

const typedOnScreen = (terminal: TestTerminal): string =>
  terminal
    .screen()
    .split('\n')
    .filter((line) => /^ +\d+\. [0-9A-Z ]+$/u.test(line))
    .join('\n');

const back = async (terminal: TestTerminal): Promise<void> => {
  terminal.press('esc');
  await atMenu(terminal);
};

/** The code of the whole screen, waited for: its words come before its lower rows. */
const scanned = async (terminal: TestTerminal): Promise<string> => {
  terminal.press('o');
  await terminal.waitFor(() => readQr(terminal.cells()) !== undefined);
  const text = readQr(terminal.cells()) ?? '';
  terminal.press('esc');
  await terminal.waitFor('o QR');
  return text;
};

describe('an air-gapped machine on its screen', () => {
  test('is licensed, verified and given back by what is typed and scanned, without a server', async () => {
    const server = await openPortalServer();
    const { terminal } = await openMachine(await exportTrust(server.directory), { rows: 44 });
    await step(terminal, 'Make a request');
    await terminal.waitFor('Request to type');
    await terminal.waitFor('END LICET OFFLINE REQUEST');
    const request = typedOnScreen(terminal);
    expect(parseRequestCode(request)).toMatchObject({
      ok: true,
      value: { fingerprint: 'fe'.repeat(32) },
    });
    const code = await scanned(terminal);
    expect(parseRequestCode(code)).toEqual(parseRequestCode(request));
    await back(terminal);

    // The owner types the request line by line; a wrong line is named when it ends.
    const owner = await signInTui(server, anaEmail, { columns: 100, rows: 50 });
    owner.press('4');
    await owner.waitFor('No machine has an offline key.');
    owner.press('a');
    await owner.waitFor('Make an offline key');
    const [first = '', ...rest] = request.split('\n').map((line) => line.replace(/^ *\d+\. /u, ''));
    owner.type(`${first.slice(0, -1)}${first.endsWith('7') ? '8' : '7'}\r`);
    await owner.waitFor('Line 1 has a typing error');
    owner.press('backspace');
    owner.type(`${first.slice(-1)}\r`);
    await owner.waitFor('Line 2: 0 of 30 characters.');
    owner.type(rest.map((line) => line.toLowerCase()).join('\r'));
    await owner.waitFor(/All \d lines are there and right\./u);
    owner.press('enter', 'enter');
    await owner.waitFor('To type');
    const client = await server.client(anaEmail);
    const [made] = (await must(client.offlineKeys(server.prod))).items;
    const { shortKey } = await must(client.offlineKey(server.prod, made?.id ?? ''));
    expect(toQrText(typedOnScreen(owner).replaceAll(/^ *\d+\. /gmu, ''))).toBe(
      toQrText(shortKey ?? ''),
    );

    await step(terminal, 'Enter a key');
    await terminal.waitFor('Type it line by line');
    terminal.type(request.split('\n')[0] ?? '');
    await terminal.waitFor('This is not an offline key, but a request code.');
    terminal.press('ctrl+u');
    terminal.type((shortKey ?? '').replaceAll('\n', '\r'));
    await terminal.waitFor(/All \d+ lines are there and right\./u);
    terminal.press('enter', 'enter');
    await terminal.waitFor('No root key is known on this machine yet.');
    terminal.type('trust.json\r');
    await terminal.waitFor('This machine is licensed until');
    await back(terminal);
    await step(terminal, 'Verify the key');
    await terminal.waitFor('Empty for the key that was entered here.');
    terminal.press('enter', 'enter');
    await terminal.waitFor('This key is valid on this machine until');
    await back(terminal);

    await step(terminal, 'Give the key back');
    await terminal.waitFor('Empty for the key that was entered here.');
    terminal.press('enter', 'enter');
    await terminal.waitFor('Prod (acme-server) stops working on this machine at once');
    // Enter at once keeps the key, and what was typed.
    terminal.press('enter');
    await terminal.waitForGone('Keep the key');
    await terminal.waitFor('▌ Trust file');
    terminal.press('enter');
    await terminal.waitFor('Keep the key');
    terminal.press('down', 'enter');
    await terminal.waitFor('Proof to type');
    await terminal.waitFor('END LICET DEACTIVATION PROOF');
    const proof = typedOnScreen(terminal);
    expect(await scanned(terminal)).toBe(toQrText(proof.replaceAll(/^ *\d+\. /gmu, '')));
    terminal.press('c');
    await terminal.waitFor('Copied');
    const file = copied(terminal);
    expect(file).toContain('BEGIN LICET DEACTIVATION PROOF');
    await back(terminal);
    await step(terminal, 'Verify the key');
    await terminal.waitFor('Empty for the key that was entered here.');
    terminal.press('enter', 'enter');
    await terminal.waitFor('was given back on');
    await back(terminal);
    await step(terminal, 'Give the key back');
    await terminal.waitFor('Empty for the key that was entered here.');
    terminal.press('enter', 'enter');
    // Nothing is given up any more: the same proof is shown without a question.
    await terminal.waitFor('Proof to type');
    expect(typedOnScreen(terminal)).toBe(proof);

    owner.press('esc');
    await owner.waitFor('b give back');
    owner.press('b');
    await owner.waitFor('Free the seat of an offline key');
    owner.type(proof.replaceAll(/^ *\d+\. /gmu, '').replaceAll('\n', '\r'));
    await owner.waitFor(/All \d lines are there and right\./u);
    owner.press('enter');
    await owner.waitFor(/is given back: its seat is free|returned/u);
    expect((await must(client.license(server.prod))).counter).toBe(0);
  });

  test.each([
    [
      'a file',
      async (key: string, folder: string) => {
        await writeFile(
          path.join(folder, 'plant.key.txt'),
          `\ufeff${key.replaceAll('\n', '\r\n')}`,
        );
        return 'plant.key.txt';
      },
    ],
    ['a paste', async (key: string) => `\u001B[200~${key.replaceAll('\n', '\r\n')}\u001B[201~`],
    [
      'the parts of a QR code',
      async (key: string) =>
        `\u001B[200~${cutIntoQrParts(toQrText(key), 4).toReversed().join('\n')}\u001B[201~`,
    ],
  ])('takes its key from %s', async (_, give) => {
    const server = await openPortalServer();
    const { folder, stateDir, terminal } = await openMachine(await exportTrust(server.directory));
    await step(terminal, 'Make a request');
    await terminal.waitFor('s save');
    terminal.press('s');
    await terminal.waitFor('Save to a file');
    terminal.type('\u0015out.txt\r');
    await terminal.waitFor('Saved to');
    const client = await server.client(anaEmail);
    const request = await readFile(path.join(folder, 'out.txt'), 'utf8');
    const made = await must(client.issueOfflineKey(server.prod, { request }));
    await back(terminal);
    await step(terminal, 'Enter a key');
    await terminal.waitFor('Type it line by line');
    terminal.type(await give(made.key, folder));
    await terminal.waitFor(/Key +\S/u);
    terminal.press('enter');
    await terminal.waitFor('Its name (trust.json)');
    terminal.type('trust.json\r');
    await terminal.waitFor('This machine is licensed until');
    expect(await readFile(path.join(stateDir, 'offline-key.acme-server.json'), 'utf8')).toContain(
      toQrText(made.key),
    );
  });

  test('fits the smallest screen: nothing is drawn over, and every step can be reached', async () => {
    const { terminal } = await openMachine({}, { columns: 40, rows: 10 });
    await step(terminal, 'Enter a key');
    await terminal.waitFor('▌ Key');
    terminal.type('zzzz\r');
    await terminal.waitFor('only the last is shorter.');
    const lines = terminal.screen().split('\n');
    const at = lines.findIndex((line) => line.includes('▌ Key'));
    expect(lines.slice(at, at + 4).map((line) => line.trim())).toEqual([
      '▌ Key         zzzz',
      'Line 1 has a typing error. Check',
      'it: a full line has 30 characters,',
      'only the last is shorter.',
    ]);
    // A longer sentence is cut where its room ends, and says so.
    terminal.type('\u0015eyJ.eyJ.abc\r');
    await terminal.waitFor('▌ Trust file');
    terminal.press('enter');
    await terminal.waitFor(
      /▌ Trust file *\n +No root key is known on this *\n +machine yet.+\n.+… *\n +↵ Enter a key/u,
    );
    terminal.press('esc');
    await terminal.waitFor('Discard');
    terminal.press('down', 'enter');
    await atMenu(terminal);
    await step(terminal, 'Read a code');
    await terminal.waitFor('▌ Code');
    expect(terminal.output()).not.toContain('EventEmitter');
  });

  test('says where a key comes from when there is none, and tries again where its folder is no folder', async () => {
    const { terminal, stateDir } = await openMachine({});
    await step(terminal, 'Verify the key');
    await terminal.waitFor('Empty for the key that was entered here.');
    terminal.type('\ttrust.json\r');
    await terminal.waitFor('✖');
    terminal.press('esc');
    await terminal.waitFor('Keep editing');
    terminal.press('down', 'enter');
    await atMenu(terminal);
    await step(terminal, 'Give the key back');
    await terminal.waitFor('Empty for the key that was entered here.');
    terminal.press('enter', 'enter');
    await terminal.waitFor('Choose “Enter a key”.');
    await back(terminal);
    await rm(stateDir, { recursive: true, force: true });
    await writeFile(stateDir, 'a file where the folder should be');
    await step(terminal, 'Make a request');
    await terminal.waitFor('Try again');
    expect(terminal.screen()).not.toContain('BEGIN LICET');
    await rm(stateDir);
    terminal.press('R');
    await terminal.waitFor('Request to type');
  });

  test('shows every step with its sentence on a usual screen, and misses no server', async () => {
    const { terminal } = await openMachine({});
    for (const words of ['This machine', 'Without a server', 'Enter a key', 'Read a code'])
      await terminal.waitFor(words);
    await terminal.waitFor('What a key, a request or a proof says');
    await terminal.waitForGone('The server does not answer');
  });
});
