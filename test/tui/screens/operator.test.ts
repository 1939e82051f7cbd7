import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { closing } from '../../support/closing.ts';
import { must, operatorEmail, password, startServer } from '../../support/server/live-server.ts';
import { anaEmail, openPortalServer, openTui, signInTui } from '../../support/terminal/tui.ts';

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
    await terminal.waitFor('Close this page?');
    terminal.press('down', 'enter');
    await terminal.waitForGone('For Zoë Müller');
    await terminal.waitFor('zoe@initech.example');

    terminal.press('3');
    await terminal.waitFor('acme-server');
    terminal.press('enter');
    await terminal.waitFor('Create a license');
    terminal.type('zoe@initech.example\tProd\u0013');
    await terminal.waitFor(/license key/iu);
    terminal.press('esc');
    await terminal.waitFor('Close this page?');
    terminal.press('down', 'enter');
    await terminal.waitFor('Enter make a license');
    terminal.press('1');
    await terminal.waitFor(/Prod .+\d\/\d/u);
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
    await terminal.waitFor('Leave everything as it is');
    terminal.press('down', 'enter');
    await terminal.waitFor('For Ana Ruiz');
    const code = /Code\s+([\w-]+)/u.exec(terminal.screen())?.[1] ?? '';

    owner.press('enter');
    await owner.waitFor('I have a code');
    await owner.waitFor('▌ E-mail');
    owner.press('down', 'down', 'enter');
    await owner.waitFor('Set a password with a one-time code.');
    const next = 'a lantern in the harbor';
    owner.type(`${code}\t${next}\t${next}\r`);
    await owner.waitFor('All is well.');
    await server.client(anaEmail, next);
  });

  test('suspends a license with a reason that its owner sees at once, and resumes it', async () => {
    const server = await openPortalServer();
    const owner = await signInTui(server);
    await owner.waitFor('All is well.');
    const terminal = await signInTui(server, operatorEmail);
    await terminal.waitFor(/Prod .+\d\/\d/u);
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
    await terminal.waitFor(/Prod .+\d\/\d/u);
    terminal.type('/prod\r');
    await terminal.waitForGone('Dev');
    await terminal.waitFor('Enter open');
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

  test('edits a license from what it is: what is not touched stays', async () => {
    const server = await openPortalServer();
    const terminal = await signInTui(server, operatorEmail);
    await terminal.waitFor(/Prod .+\d\/\d/u);
    terminal.type('/prod\r');
    await terminal.waitForGone('Dev');
    await terminal.waitFor('Enter open');
    terminal.press('e');
    await terminal.waitFor('Prod of ana@acme.example, 0 of 3 used.');
    await terminal.waitFor(/Type\s+‹ Subscription ›/u);
    await terminal.waitFor(/Entitlements\s+exports, users=25/u);
    terminal.press('ctrl+u');
    terminal.type('Production\u0013');
    await terminal.waitFor('Production is changed.');
    const operator = await server.client(operatorEmail);
    expect(await must(operator.license(server.prod))).toMatchObject({
      name: 'Production',
      type: 'subscription',
      entitlements: { exports: true, users: 25 },
      policy: { floating: false, leaseHours: 72 },
    });
  });

  test('lowers the seats after seeing who would be hit, and moves a license to another owner', async () => {
    const server = await openPortalServer();
    await server.owner('bob@initech.example', 'Bob');
    for (const hostname of ['web-1', 'web-2']) {
      await server.activate(hostname, { email: anaEmail, licenseId: server.prod });
    }
    const terminal = await signInTui(server, operatorEmail);
    await terminal.waitFor(/Prod .+\d\/\d/u);
    terminal.type('/prod\r');
    await terminal.waitForGone('Dev');
    await terminal.waitFor('Enter open');
    terminal.press('t');
    await terminal.waitFor('Change activations');
    terminal.type('1\r');
    await terminal.waitFor('1 machine would be hit: web-1.');
    // Enter at once changes nothing.
    terminal.press('enter');
    await terminal.waitForGone('would be hit');
    await terminal.waitFor('2/3');
    terminal.press('t');
    await terminal.waitFor('Change activations');
    terminal.type('1\r');
    await terminal.waitFor('1 machine would be hit: web-1.');
    terminal.press('down', 'enter');
    await terminal.waitFor('Prod now permits 1 machine.');
    terminal.press('m');
    await terminal.waitFor('Move a license');
    terminal.type('bob@initech.example\r');
    await terminal.waitFor('Prod goes from ana@acme.example to Bob');
    await terminal.waitFor('ana@acme.example no longer sees or manages it.');
    terminal.press('down', 'enter');
    await terminal.waitFor('Prod is bob@initech.example’s now.');
    const operator = await server.client(operatorEmail);
    expect(await must(operator.license(server.prod))).toMatchObject({
      counter: 1,
      owner: { email: 'bob@initech.example' },
    });
  });

  test('edits a product from its template, and sees what it embeds', async () => {
    const server = await openPortalServer();
    const operator = await server.client(operatorEmail);
    const template = { type: 'perpetual', maxActivations: 3, floating: true } as const;
    await must(operator.createProduct({ id: 'viewer', name: 'Acme Viewer', template }));
    const terminal = await signInTui(server, operatorEmail, { columns: 120 });
    await terminal.waitFor(/Prod .+\d\/\d/u);
    terminal.type('3/viewer\r');
    await terminal.waitFor('Enter make a license');
    await terminal.waitFor('perpetual, 3 activations, floating');
    terminal.press('e');
    await terminal.waitFor(/Type\s+‹ Perpetual ›/u);
    terminal.press('tab', 'tab', 'ctrl+u');
    terminal.type('5\u0013');
    await terminal.waitFor('The product Acme Viewer is changed.');
    await terminal.waitFor('perpetual, 5 activations, floating');
    const { items } = await must(operator.products());
    expect(items.find(({ id }) => id === 'viewer')?.template).toMatchObject({
      ...template,
      maxActivations: 5,
    });
    terminal.press('i');
    await terminal.waitFor("product: 'viewer'");
  });

  test('clears what it empties of a product, and says what can not be empty', async () => {
    const server = await openPortalServer();
    const operator = await server.client(operatorEmail);
    const template = { type: 'perpetual', maxActivations: 3, days: 90, floating: true } as const;
    const trial = { days: 10, url: 'https://try.example.com/' };
    await must(operator.createProduct({ id: 'viewer', name: 'Acme Viewer', template, trial }));
    const terminal = await signInTui(server, operatorEmail, { columns: 120, rows: 50 });
    await terminal.waitFor(/Prod .+\d\/\d/u);
    terminal.type('3/viewer\r');
    await terminal.waitFor('Enter make a license');
    await terminal.waitFor('perpetual, 3 activations, 90 days, floating');
    terminal.press('e');
    await terminal.waitFor(/Type\s+‹ Perpetual ›/u);
    // Name, type (back to what products begin with), activations, days.
    terminal.press('ctrl+u', 'tab', 'left');
    await terminal.waitFor('‹ subscription ›');
    terminal.press('tab', 'ctrl+u', 'tab', 'ctrl+u');
    // Grace days, and so on to where it can be tried.
    terminal.press(...Array.from({ length: 11 }, () => 'tab'));
    await terminal.waitFor('Where it can be tried at once');
    terminal.press('ctrl+u');
    terminal.type('\u0013');
    await terminal.waitFor('Name is needed.');
    terminal.type('Viewer\u0013');
    await terminal.waitFor('The product Viewer is changed.');
    const { items } = await must(operator.products());
    expect(items.find(({ id }) => id === 'viewer')).toMatchObject({
      name: 'Viewer',
      template: { floating: true },
      trial: { days: 10, url: null },
    });
  });

  test('makes a license by its product’s template where nothing else is chosen', async () => {
    const server = await openPortalServer();
    const operator = await server.client(operatorEmail);
    const template = { type: 'perpetual', maxActivations: 7, leaseHours: 5 } as const;
    await must(operator.createProduct({ id: 'viewer', name: 'Acme Viewer', template }));
    const terminal = await signInTui(server, operatorEmail);
    await terminal.waitFor(/Prod .+\d\/\d/u);
    terminal.type('3/viewer\r');
    await terminal.waitFor('Enter make a license');
    await terminal.waitFor('perpetual, 7 activations');
    terminal.press('enter');
    await terminal.waitFor(/Type\s+‹ as the product says ›/u);
    terminal.type(`${anaEmail}\tViews\u0013`);
    await terminal.waitFor(/license key/iu);
    const { items } = await must(operator.licenses());
    expect(items.find(({ name }) => name === 'Views')).toMatchObject({
      type: 'perpetual',
      maxActivations: 7,
      policy: { leaseHours: 5, floating: false },
    });
  });

  test('keeps the mark on the license that was marked when the list changes its order', async () => {
    const server = await openPortalServer();
    const terminal = await signInTui(server, operatorEmail);
    await terminal.waitFor('0/3');
    await terminal.waitFor(/▌ Prod/u);
    terminal.press('s');
    await terminal.waitFor('Suspend a license');
    terminal.type('unpaid\r');
    await terminal.waitFor('Suspend a license?');
    terminal.press('down', 'enter');
    await terminal.waitFor('Prod is suspended.');
    await terminal.waitFor(/▌ Prod .* ✖ Suspended/u);
    terminal.press('s');
    await terminal.waitFor('Prod works again.');
  });

  test('imports a list by its file: each bad row is named, and what was typed is there to correct', async () => {
    const server = await openPortalServer();
    const folder = await mkdtemp(path.join(os.tmpdir(), 'licet-import-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const file = path.join(folder, 'list.csv');
    const list = (...rows: readonly string[]) =>
      writeFile(file, ['ownerEmail,name,product,maxActivations', ...rows].join('\n'));
    await list(
      `${anaEmail},East,acme-server,2`,
      `${anaEmail},West,acme-servr,2`,
      `nobody@acme.example,North,acme-server,2`,
      `${anaEmail},South,acme-server,two`,
    );
    const terminal = await signInTui(server, operatorEmail);
    await terminal.waitFor('0/3');
    terminal.press('i');
    await terminal.waitFor('Import licenses');
    terminal.type(`${file}\t\r`);
    await terminal.waitFor('Row 2, product: there is no product acme-servr.');
    await terminal.waitFor('Row 3, ownerEmail: no account has the e-mail');
    await terminal.waitFor('Row 4, maxActivations: must be a number of machines');
    expect(terminal.screen()).not.toContain('Row 1');
    await list(`${anaEmail},East,acme-server,2`, `${anaEmail},West,acme-server,2`);
    terminal.press('esc');
    await terminal.waitFor('list.csv');
    terminal.press('tab', 'enter');
    await terminal.waitFor('2 licenses would be created; no row is wrong.');
    terminal.press('down', 'enter');
    await terminal.waitFor('2 licenses created.');
    terminal.press('esc');
    await terminal.waitFor('Close this page?');
    terminal.press('down', 'enter');
    await terminal.waitFor('0/2');
  });
});
