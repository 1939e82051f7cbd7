import { describe, expect, test } from 'vitest';
import { closing } from '../support/closing.ts';
import { must, operatorEmail, password, startServer } from '../support/live-server.ts';
import { anaEmail, openPortalServer, openTui, signInTui } from '../support/tui.ts';

describe('an operator', () => {
  test('makes a product, an owner with a card, and a license for them', async () => {
    const server = closing(await startServer());
    const terminal = await signInTui(server, operatorEmail);
    await terminal.waitFor('There is no license yet.');
    terminal.press('3');
    await terminal.waitFor('There is no product yet.');
    terminal.press('a');
    await terminal.waitFor('Create a product');
    terminal.type('acme-server\tAcme Server\u0013');
    await terminal.waitFor('The product Acme Server is created.');

    terminal.press('2');
    await terminal.waitFor(operatorEmail);
    terminal.press('a');
    await terminal.waitFor('Create an account');
    terminal.type('zoe@initech.example\tZoë Müller\tInitech\u0013');
    await terminal.waitFor('For Zoë Müller');
    const code = /Code\s+([\w-]+)/u.exec(terminal.screen())?.[1] ?? '';
    expect(code).toMatch(/^(?:[0-9A-Z]{5,8}-?){3,4}/u);
    terminal.press('esc');
    await terminal.waitForGone('For Zoë Müller');
    await terminal.waitFor('zoe@initech.example');

    terminal.press('3');
    await terminal.waitFor('acme-server');
    terminal.press('enter');
    await terminal.waitFor('Create a license');
    terminal.type('zoe@initech.example\tProd\u0013');
    await terminal.waitFor(/license key/iu);
    terminal.press('esc');
    await terminal.waitFor('Tab section');
    terminal.press('1');
    await terminal.waitFor('Prod');
    const { items } = await must((await server.client(operatorEmail)).licenses());
    expect(items).toMatchObject([{ name: 'Prod', owner: { email: 'zoe@initech.example' } }]);
  });

  test('sees who forgot the password, and issues a code that sets a new one', async () => {
    const server = await openPortalServer();
    const owner = await openTui(server);
    owner.press('down', 'down', 'down', 'enter');
    await owner.waitFor('Ask the operator');
    owner.type(`${anaEmail}\r`);
    await owner.waitFor(/under the number \d+/u);
    const number = /under the number (\d+)/u.exec(owner.screen())?.[1] ?? '';

    const terminal = await signInTui(server, operatorEmail);
    terminal.press('4');
    await terminal.waitFor(number);
    terminal.press('n');
    await terminal.waitFor('For Ana Ruiz');
    const code = /Code\s+([\w-]+)/u.exec(terminal.screen())?.[1] ?? '';

    owner.press('up', 'enter');
    await owner.waitFor('Set a password with a one-time code.');
    const next = 'a lantern in the harbor';
    owner.type(`${code}\t${next}\t${next}\r`);
    await owner.waitFor('Your password is set');
    await server.client(anaEmail, next);
  });

  test('suspends a license with a reason that its owner sees at once, and resumes it', async () => {
    const server = await openPortalServer();
    const owner = await signInTui(server);
    await owner.waitFor('All is well.');
    const terminal = await signInTui(server, operatorEmail);
    await terminal.waitFor('Prod');
    terminal.type('/prod');
    await terminal.waitForGone('Dev');
    terminal.press('enter');
    await terminal.waitFor('s suspend');
    terminal.press('s');
    await terminal.waitFor('Suspend a license');
    terminal.type('unpaid\r');
    await terminal.waitFor('Suspend a license?');
    terminal.press('down', 'enter');
    await terminal.waitFor('Prod is suspended.');
    await owner.waitFor('Prod is suspended (unpaid): no machine activates.');
    terminal.press('s');
    await terminal.waitFor('Prod works again.');
    await owner.waitFor('All is well.');
  });

  test('opens a license as its owner sees it, and finds every change in the journal', async () => {
    const server = await openPortalServer();
    await server.activate('web-1', { email: anaEmail, licenseId: server.prod });
    const terminal = await signInTui(server, operatorEmail);
    await terminal.waitFor('Prod');
    terminal.type('/prod\r');
    await terminal.waitForGone('Dev');
    terminal.press('enter');
    await terminal.waitFor('Ana Ruiz <ana@acme.example>');
    terminal.press('2');
    await terminal.waitFor('web-1');
    terminal.press('esc');
    await terminal.waitFor('Ana Ruiz <ana@acme.example>');
    terminal.press('esc');
    await terminal.waitFor('1 Licenses');
    terminal.press('5');
    await terminal.waitFor(/activation\.\w+.+web-1/u);
    expect(terminal.screen()).not.toContain(password);
  });
});
