/** Two people who change the same thing: nobody's change is lost without a word. */
import { expect, test, vi } from 'vitest';
import { must, operatorEmail } from '../../support/server/live-server.ts';
import type { TestTerminal } from '../../support/terminal/terminal.ts';
import { anaEmail, openPortalServer, signInTui, type Portal } from '../../support/terminal/tui.ts';

// Many steps on machines that have other work too.
vi.setConfig({ testTimeout: 120_000 });

/** The form of Prod, in which the name was changed, after somebody else changed its lease. */
const editProd = async (server: Portal): Promise<TestTerminal> => {
  const terminal = await signInTui(server, operatorEmail, { columns: 100, rows: 32 });
  await terminal.waitFor('▌ Prod');
  terminal.press('e');
  await terminal.waitFor('▌ Name');
  const other = await server.client(operatorEmail);
  await must(other.changeLicense(server.prod, { name: 'Theirs', policy: { leaseHours: 48 } }));
  terminal.type('\u0015Mine\u0013');
  await terminal.waitFor('Changed meanwhile');
  await terminal.waitFor('Olga Operator changed this just now. Yours is not saved.');
  await terminal.waitFor('Name: theirs “Theirs”, yours “Mine”.');
  await terminal.waitFor(/Lease hours: theirs “48”\./u);
  await terminal.waitFor('▌ Back to the form');
  return terminal;
};

const prod = async (server: Portal) =>
  must((await server.client(operatorEmail)).license(server.prod));

test('the second form says who was first, and keeps what was typed', async () => {
  const server = await openPortalServer();
  const terminal = await editProd(server);
  terminal.press('enter');
  await terminal.waitForGone('Changed meanwhile');
  await terminal.waitFor(/▌ Name +Mine/u);
  expect(await prod(server)).toMatchObject({ name: 'Theirs', policy: { leaseHours: 48 } });
});

test('keeping mine saves what I changed and nothing else', async () => {
  const server = await openPortalServer();
  const terminal = await editProd(server);
  terminal.press('up', 'enter');
  await terminal.waitFor('Mine is changed.');
  expect(await prod(server)).toMatchObject({ name: 'Mine', policy: { leaseHours: 48 } });
});

test('keeping theirs starts the form again from what it is now', async () => {
  const server = await openPortalServer();
  const terminal = await editProd(server);
  terminal.press('down', 'enter');
  await terminal.waitFor(/▌ Name +Theirs/u);
  await terminal.waitFor(/Lease hours +48/u);
  terminal.type(' and mine\u0013');
  await terminal.waitFor('Theirs and mine is changed.');
  expect(await prod(server)).toMatchObject({ name: 'Theirs and mine', policy: { leaseHours: 48 } });
});

test('my info asks the same, and a form without a change is not sent', async () => {
  const server = await openPortalServer();
  const terminal = await signInTui(server, anaEmail, { rows: 40 });
  await terminal.waitFor('My Info');
  terminal.press('e');
  await terminal.waitFor('▌ Name');
  terminal.type('\t\t\r');
  await terminal.waitFor('Nothing is changed yet.');
  const other = await server.client(anaEmail);
  await must(other.editAccount({ phone: '1234' }));
  terminal.press('up', 'up');
  await terminal.waitFor('▌ Name');
  terminal.type(' Ruiz\t\t\r');
  await terminal.waitFor('Phone: theirs “1234”.');
  terminal.press('up', 'enter');
  await terminal.waitFor('Your info is saved.');
  expect(await must(other.account())).toMatchObject({ name: 'Ana Ruiz Ruiz', phone: '1234' });
});
