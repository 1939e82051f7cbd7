import { expect, test } from 'vitest';
import { closing } from '../../support/closing.ts';
import { openGate } from '../../support/server/gate.ts';
import { must, operatorEmail } from '../../support/server/live-server.ts';
import { anaEmail, openPortalServer, signInTui } from '../../support/terminal/tui.ts';

const withMachines = async () => {
  const server = await openPortalServer();
  for (const hostname of ['web-1', 'db-7.acme.example']) {
    expect(await server.activate(hostname, { email: anaEmail, licenseId: server.prod })).toBe(201);
  }
  return server;
};

test('an operator finds a hostname from anywhere, sees its license and owner, and is taken there', async () => {
  const server = await withMachines();
  const terminal = await signInTui(server, operatorEmail);
  await terminal.waitFor('Prod');
  terminal.type('3');
  await terminal.waitFor('New licenses start with');
  // Typed ahead: the letters are the field's although it was not there yet.
  terminal.type('SDB-7');
  await terminal.waitFor(/machine\s+db-7\.acme\.example\s+Prod\s+ana@acme\.example/u);
  await terminal.waitFor('Prod of Ana Ruiz <ana@acme.example>');
  terminal.press('enter');
  await terminal.waitFor('/ db-7.acme.example');
  await terminal.waitFor('2 of 3 used');
  expect(terminal.screen()).not.toContain('web-1');
  terminal.press('esc');
  await terminal.waitFor('web-1');
});

test('what is found of each kind leads to its section, filtered to it', async () => {
  const server = await withMachines();
  const terminal = await signInTui(server, operatorEmail);
  await terminal.waitFor('Prod');
  for (const [typed, down, there, head] of [
    ['ana@acme', 4, '/ ana@acme.example', 'E-mail'],
    ['acme-serv', 0, '/ acme-server', 'New licenses start with'],
  ] as const) {
    terminal.press('S');
    await terminal.waitFor('Two letters or more');
    terminal.type(typed);
    await terminal.waitFor(/What\s+Name/u);
    for (let step = 0; step < down; step += 1) terminal.press('down');
    await terminal.waitFor(down === 0 ? /▌ product/u : /▌ account/u);
    terminal.press('enter');
    await terminal.waitFor(there);
    await terminal.waitFor(head);
    terminal.press('esc');
    await terminal.waitForGone(there);
  }
  // A machine that holds no seat is in no list: its license is what there is to see.
  const operator = await server.client(operatorEmail);
  await must(operator.resetActivations(server.prod));
  terminal.type('Sweb-1');
  await terminal.waitFor('holds no seat');
  terminal.press('enter');
  await terminal.waitFor('Ana Ruiz <ana@acme.example>');
});

test('what takes long to open says so, and one that fails stays found', async () => {
  const server = await withMachines();
  const gate = closing(await openGate(server.url));
  const terminal = await signInTui(gate, operatorEmail);
  await terminal.waitFor('Prod');
  terminal.type('Sdb-7');
  await terminal.waitFor(/machine\s+db-7\.acme\.example/u);
  gate.fail('/licenses/', 418, 'A proxy in trouble');
  terminal.press('enter');
  await terminal.waitFor('is not what a licet server');
  gate.open();
  gate.hold('/licenses/');
  terminal.press('enter');
  await terminal.waitFor('Opening…');
  gate.open();
  await terminal.waitFor('/ db-7.acme.example');
});

test('the search fits a small screen, and says when it finds nothing', async () => {
  const server = await withMachines();
  const terminal = await signInTui(server, operatorEmail, { columns: 40, rows: 10 });
  await terminal.waitFor('Prod');
  terminal.type('Sdb-7');
  await terminal.waitFor(/machine\s+db-7\.acme\.example/u);
  await terminal.waitFor('Prod of Ana Ruiz <ana@acme.example>');
  terminal.type('nowhere');
  await terminal.waitFor('Nothing has “db-7nowhere” in its name.');
  terminal.press('esc');
  await terminal.waitFor(/Seats\s+Status/u);
});

test('the palette leads to the search; an owner has none', async () => {
  const server = await withMachines();
  const operator = await signInTui(server, operatorEmail);
  await operator.waitFor('Prod');
  operator.press(':');
  await operator.waitFor('Actions');
  operator.type('search');
  await operator.waitFor(/▌ Search/u);
  operator.press('enter');
  await operator.waitFor('Two letters or more');
  const owner = await signInTui(server);
  await owner.waitFor('Activations');
  owner.press('?');
  await owner.waitFor('Keys');
  expect(owner.screen()).not.toContain('Search everything');
});
