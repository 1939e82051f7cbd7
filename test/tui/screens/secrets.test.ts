/** Codes and keys that are shown only now: no key too many loses one. */
import { expect, test, vi } from 'vitest';
import { closing } from '../../support/closing.ts';
import { openGate } from '../../support/server/gate.ts';
import { must, operatorEmail } from '../../support/server/live-server.ts';
import { anaEmail, openPortalServer, signInTui } from '../../support/terminal/tui.ts';

// Many steps on machines that have other work too.
vi.setConfig({ testTimeout: 120_000 });

const codePattern = /Code +[\dA-Z]{6,7}-/u;

const withLeo = async () => {
  const server = await openPortalServer();
  const ana = await server.client(anaEmail);
  await must(ana.addUser(server.prod, { email: 'leo@acme.example', name: 'Leo', manage: false }));
  return server;
};

const codes = async (server: Awaited<ReturnType<typeof withLeo>>): Promise<number> => {
  const { items } = await must((await server.client(operatorEmail)).journal({ limit: 100 }));
  return items.filter(({ action }) => action === 'user.code').length;
};

test('a card stays through Enters and Esc until its question is answered', async () => {
  const server = await openPortalServer();
  const terminal = await signInTui(server);
  terminal.press('3');
  await terminal.waitFor('a add');
  terminal.press('a');
  await terminal.waitFor('Add a user');
  // Somebody impatient presses Enter again, and again.
  terminal.type('leo@acme.example\tLeo\t\r\r');
  await terminal.waitFor(codePattern);
  terminal.press('enter', 'enter', 'esc');
  await terminal.waitFor('Close this page?');
  terminal.press('enter');
  await terminal.waitForGone('Close this page?');
  expect(terminal.screen()).toMatch(codePattern);
  terminal.press('q');
  await terminal.waitFor('Quit and lose what is shown?');
  terminal.press('enter');
  await terminal.waitForGone('Quit and lose what is shown?');
  expect(terminal.screen()).toMatch(codePattern);
  terminal.press('esc');
  await terminal.waitFor('Close this page?');
  terminal.press('down', 'enter');
  await terminal.waitForGone('For Leo');
});

test('Esc while a form is being sent does not lose the code that comes back', async () => {
  const server = await openPortalServer();
  const gate = closing(await openGate(server.url));
  const terminal = await signInTui(gate);
  terminal.press('3');
  await terminal.waitFor('a add');
  terminal.press('a');
  await terminal.waitFor('Add a user');
  gate.hold('/users');
  terminal.type('leo@acme.example\tLeo\t\r');
  await terminal.waitFor('One moment…');
  terminal.press('esc');
  await terminal.waitFor('It was sent, and may be done already.');
  expect(terminal.screen()).not.toContain('Discard');
  terminal.press('ctrl+c');
  await terminal.waitFor('Quit before the answer is here?');
  expect(terminal.screen()).not.toContain('not been sent');
  terminal.press('enter');
  gate.open();
  await terminal.waitFor(codePattern);
});

test('n does not void a code that was handed over: it asks first', async () => {
  const server = await withLeo();
  const terminal = await signInTui(server);
  terminal.press('3');
  await terminal.waitFor('▌ leo@');
  terminal.press('n');
  await terminal.waitFor('A code that you handed over before no longer works.');
  terminal.press('enter');
  await terminal.waitForGone('Leave everything as it is');
  expect(await codes(server)).toBe(0);
  terminal.press('n');
  await terminal.waitFor('Leave everything as it is');
  terminal.press('down', 'enter');
  await terminal.waitFor('For Leo');
  expect(terminal.screen()).toMatch(codePattern);
  expect(await codes(server)).toBe(1);
});

test('a session that is ended elsewhere leaves the code on the screen until it is closed', async () => {
  const server = await openPortalServer();
  const terminal = await signInTui(server);
  terminal.press('3');
  await terminal.waitFor('a add');
  terminal.press('a');
  await terminal.waitFor('Add a user');
  terminal.type('leo@acme.example\tLeo\t\r');
  await terminal.waitFor(codePattern);
  const ana = await server.client(anaEmail);
  const { items } = await must(ana.sessions());
  for (const { id, agent } of items) if (agent.startsWith('licet/')) await must(ana.endSession(id));
  await terminal.waitForGone('●');
  expect(terminal.screen()).toMatch(codePattern);
  terminal.press('esc');
  await terminal.waitFor('Close this page?');
  terminal.press('down', 'enter');
  await terminal.waitFor('Your session has ended. Sign in again.');
});

test('the keys of imported licenses are shown, and stay until they are left', async () => {
  const server = await openPortalServer();
  const terminal = await signInTui(server, operatorEmail, { columns: 120 });
  await terminal.waitFor('▌ Prod');
  terminal.press('i');
  await terminal.waitFor('Import licenses');
  terminal.paste(`ownerEmail,name,product\n${anaEmail},Third,acme-server\n`);
  terminal.press('tab', 'enter');
  await terminal.waitFor('1 license would be created');
  terminal.press('down', 'enter');
  await terminal.waitFor('shown only now');
  await terminal.waitFor(/Third .*[\dA-Z]{6,7}-[\dA-Z]{6,7}-/u);
  terminal.press('enter', 'esc');
  await terminal.waitFor('Close this page?');
});
