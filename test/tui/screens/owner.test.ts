import { readFile } from 'node:fs/promises';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { joinQrParts } from '../../../shared/statements/typed/qr-parts.ts';
import { createRequest } from '../../../shared/sdk/index.ts';
import { createClient } from '../../../tui/client/api/client.ts';
import { must, password } from '../../support/server/live-server.ts';
import { readQr } from '../../support/terminal/qr-cells.ts';
import {
  anaEmail,
  copied,
  openPortalServer,
  openTui,
  signInTui,
} from '../../support/terminal/tui.ts';

describe('My License', () => {
  test('says name, seats, type, expiration, status, entitlements and My Info; one key switches', async () => {
    const server = await openPortalServer();
    await server.activate('web-1', { email: anaEmail, licenseId: server.prod });
    await server.activate('web-2', { email: anaEmail, licenseId: server.prod });
    const terminal = await signInTui(server, anaEmail, { rows: 40 });
    await terminal.waitFor('■ ■ □  2 of 3 used');
    for (const said of [
      'Prod (Acme Server)',
      'Subscription',
      '201 days left',
      '● Active',
      'exports, users: 25',
      'Ana Ruiz',
      anaEmail,
    ]) {
      await terminal.waitFor(said);
    }
    terminal.press('p');
    await terminal.waitFor('Dev (Acme Server)');
    await terminal.waitFor('Perpetual');
  });

  test('changes My Info, and what was emptied is empty', async () => {
    const server = await openPortalServer();
    const terminal = await signInTui(server, anaEmail, { rows: 40 });
    await terminal.waitFor('My Info');
    terminal.press('e');
    await terminal.waitFor('Edit my info');
    terminal.type('\tAcme GmbH\t+49 30 1234\r');
    await terminal.waitFor('Your info is saved.');
    await terminal.waitFor('+49 30 1234');
    terminal.press('e');
    await terminal.waitFor('Edit my info');
    terminal.type('\t\u0015\t\r');
    await terminal.waitFor(/Company +- *$/mu);
    const client = await server.client(anaEmail);
    expect(await must(client.account())).toMatchObject({ company: null, phone: '+49 30 1234' });
  });
});

describe('Activations', () => {
  test('shows who holds a seat, filters, and releases one', async () => {
    const server = await openPortalServer();
    await server.activate('web-1', { email: anaEmail, licenseId: server.prod });
    await server.activate('db-1', { email: anaEmail, licenseId: server.prod });
    const terminal = await signInTui(server);
    terminal.press('2');
    await terminal.waitFor(/web-1.+ana@acme\.example.+now.+4\.2\.0/u);
    terminal.type('/db');
    await terminal.waitForGone('web-1');
    terminal.press('enter');
    await terminal.waitFor('x release');
    terminal.press('x');
    await terminal.waitFor('db-1 gives up its seat of');
    terminal.press('down', 'enter');
    await terminal.waitFor('db-1 is released: its seat of');
    await terminal.waitFor('1 of 3 used');
    terminal.press('esc');
    await terminal.waitFor('web-1');
  });

  test('resets after a question that an Enter pressed at once leaves without a change', async () => {
    const server = await openPortalServer();
    await server.activate('web-1', { email: anaEmail, licenseId: server.prod });
    await server.activate('web-2', { email: anaEmail, licenseId: server.prod });
    const terminal = await signInTui(server);
    terminal.press('2');
    await terminal.waitFor('web-2');
    terminal.press('r');
    await terminal.waitFor('2 machines of Prod give their seats back; the counter will show 0.');
    await terminal.waitFor('2 running');
    terminal.press('enter');
    await terminal.waitForGone('Reset activations?');
    const client = await server.client(anaEmail);
    expect((await must(client.license(server.prod))).counter).toBe(2);
    terminal.press('r');
    await terminal.waitFor('Reset activations?');
    terminal.press('down', 'enter');
    await terminal.waitFor('0 of 3 used');
    await terminal.waitFor('No machine holds a seat.');
  });

  test('follows what happens elsewhere, by itself', async () => {
    const server = await openPortalServer();
    const terminal = await signInTui(server);
    terminal.press('2');
    await terminal.waitFor('No machine holds a seat.');
    await server.activate('web-9', { email: anaEmail, licenseId: server.prod });
    await terminal.waitFor('web-9');
    await terminal.waitFor('1 of 3 used');
  });
});

describe('Users', () => {
  test('a user is added with a card, sets a password by its code, sees that license and changes nothing', async () => {
    const server = await openPortalServer();
    const owner = await signInTui(server);
    await owner.waitFor('p package');
    owner.press('p');
    await owner.waitFor('Dev (Acme Server)');
    owner.press('3');
    await owner.waitFor('Nobody but the owner uses Dev.');
    owner.press('a');
    await owner.waitFor('Add a user');
    owner.type('ben@acme.example\tBen Okafor\t\r');
    await owner.waitFor('For Ben Okafor');
    const code = /Code\s+([\w-]+)/u.exec(owner.screen())?.[1] ?? '';
    owner.press('c');
    await owner.waitFor('Copied');
    expect(copied(owner)).toContain(code);
    expect(copied(owner)).toContain(server.url);

    const user = await openTui(server);
    user.press('down', 'down');
    await user.waitFor('▌ I have a code');
    user.press('enter');
    await user.waitFor('Set a password with a one-time code.');
    user.type(`${code.toLowerCase()}\ttoo short\ttoo short\r`);
    await user.waitFor('needs 15 characters or more');
    user.type(`\u0015${password}\t\u0015${password}\r`);
    await user.waitFor('Dev (Acme Server)');
    user.press('r');
    await user.waitFor('Only the owner, or a user who may manage this license, can do this.');
    user.press('3');
    await user.waitFor('The owner of Dev is Ana Ruiz <ana@acme.example>.');

    owner.press('esc');
    await owner.waitFor('Close this page?');
    owner.press('down', 'enter');
    await owner.waitFor('x remove');
    owner.press('x');
    await owner.waitFor('Remove a user?');
    owner.press('down', 'enter');
    await owner.waitFor('is removed from Dev.');
    // Removing ends the sessions of that person at once.
    await user.waitFor('Your session has ended. Sign in again.');
  });
});

describe('Offline keys', () => {
  test('a pasted request becomes a key that is copied, saved and scanned whole', async () => {
    const server = await openPortalServer();
    const stateDir = await mkdtemp(path.join(os.tmpdir(), 'licet-machine-'));
    const request = await createRequest({
      stateDir,
      hostname: 'plant-7',
      fingerprint: 'ab'.repeat(32),
    });
    if (!request.ok) throw new Error(request.error.message);
    const folder = await mkdtemp(path.join(os.tmpdir(), 'licet-saved-'));
    const terminal = await signInTui(server, anaEmail, { columns: 100, rows: 50, cwd: folder });
    terminal.press('4');
    await terminal.waitFor('No machine has an offline key.');
    terminal.press('a');
    await terminal.waitFor('Make an offline key');
    terminal.paste(request.value.file);
    await terminal.waitFor(/\d+ lines, \d+ characters/u);
    terminal.press('tab', 'enter');
    await terminal.waitFor('BEGIN LICET OFFLINE KEY');

    const client = await server.client(anaEmail);
    const [made] = (await must(client.offlineKeys(server.prod))).items;
    const { key, shortKey } = await must(client.offlineKey(server.prod, made?.id ?? ''));
    terminal.press('c');
    await terminal.waitFor('Copied');
    expect(copied(terminal).trim()).toBe(key.trim());

    terminal.press('s');
    await terminal.waitFor('Save to a file');
    terminal.press('enter');
    await terminal.waitFor('Saved to');
    expect((await readFile(path.join(folder, 'plant-7.key.txt'), 'utf8')).trim()).toBe(key.trim());

    terminal.press('o');
    await terminal.waitFor('Esc back');
    expect(readQr(terminal.cells())).toBe(shortKey?.replaceAll(/\s/gu, ''));
  });

  test('a QR code too large for the screen comes in parts that give the same text', async () => {
    const server = await openPortalServer();
    const stateDir = await mkdtemp(path.join(os.tmpdir(), 'licet-machine-'));
    const request = await createRequest({ stateDir, hostname: 'plant-7' });
    if (!request.ok) throw new Error(request.error.message);
    const client = await server.client(anaEmail);
    const made = await must(client.issueOfflineKey(server.prod, { request: request.value.file }));
    const terminal = await signInTui(server);
    terminal.press('4');
    await terminal.waitFor('plant-7');
    terminal.press('enter');
    await terminal.waitFor('o QR');
    terminal.press('o');
    await terminal.waitFor(/Part 1 of \d/u);
    const count = Number(/Part 1 of (\d)/u.exec(terminal.screen())?.[1]);
    const parts: string[] = [];
    for (let part = 1; part <= count; part += 1) {
      // The words come before the lower rows of the code.
      await terminal.waitFor(
        () => readQr(terminal.cells())?.startsWith(`LICET:${part}/${count}`) ?? false,
      );
      parts.push(readQr(terminal.cells()) ?? '');
      terminal.press('right');
    }
    expect(joinQrParts(parts.join('\n'))).toEqual({
      ok: true,
      value: made.shortKey?.replaceAll(/\s/gu, ''),
    });
  });
});

describe('the password', () => {
  test('is changed, after which the old one is refused', async () => {
    const server = await openPortalServer();
    const terminal = await signInTui(server);
    terminal.press('6');
    await terminal.waitFor('w password');
    terminal.press('w');
    await terminal.waitFor('Change password');
    const next = 'a lantern in the harbor';
    terminal.type(`${password}\t${next}\t${next}\r`);
    await terminal.waitFor('Your password is changed');
    const old = await createClient({ server: server.url }).signIn({ email: anaEmail, password });
    expect(old).toMatchObject({ ok: false, error: { problem: { code: 'invalid-credentials' } } });
    await server.client(anaEmail, next);
  });

  test('when forgotten, gives a request number to tell the operator', async () => {
    const server = await openPortalServer();
    const terminal = await openTui(server);
    terminal.press('down', 'down', 'down', 'enter');
    await terminal.waitFor('Ask the operator for a one-time code');
    terminal.type(`${anaEmail}\r`);
    await terminal.waitFor(/under the number \d+/u);
    const operator = await server.client('olga@licet.example');
    const [entry] = (await must(operator.passwordRequests())).items;
    await terminal.waitFor(String(entry?.request));
  });
});
