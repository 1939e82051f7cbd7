import { test } from 'vitest';
import { must, operatorEmail } from '../../support/server/live-server.ts';
import { anaEmail, openPortalServer, openTui, signInTui } from '../../support/terminal/tui.ts';

const support = {
  flags: {
    supportContact: 'help@vendor.example',
    supportLinks: '[{"title":"Renewal","url":"https://vendor.example/renew"}]',
  },
};

test('the contact of the operator stands at the sign-in, in its help, and where a password was forgotten', async () => {
  const server = await openPortalServer(support);
  const terminal = await openTui(server);
  await terminal.waitFor('Help: help@vendor.example');
  terminal.press('tab', 'tab');
  await terminal.waitFor('? help');
  terminal.press('?', 'G');
  await terminal.waitFor('Support');
  await terminal.waitFor('Renewal: https://vendor.example/renew');
  terminal.press('esc');
  await terminal.waitForGone('Renewal:');
  terminal.press('down', 'enter');
  await terminal.waitFor('Ask for a code');
  terminal.type(`${anaEmail}\r`);
  await terminal.waitFor('Call help@vendor.example, say this number');
});

test('a license that ends or is suspended says whom to ask; the help has contact and links', async () => {
  const server = await openPortalServer(support);
  const operator = await server.client(operatorEmail);
  await must(operator.changeLicense(server.prod, { status: 'suspended', reason: 'unpaid' }));
  const terminal = await signInTui(server);
  await terminal.waitFor('Prod is suspended (unpaid): no machine activates.');
  terminal.press('enter');
  await terminal.waitFor(/Contact\s+help@vendor\.example/u);
  await terminal.waitFor('https://vendor.example/renew');
  terminal.press('esc');
  await terminal.waitForGone('vendor.example');
  terminal.press('?');
  await terminal.waitFor('Keys');
  terminal.press('pagedown', 'pagedown');
  await terminal.waitFor('Renewal: https://vendor.example/renew');
  await terminal.waitFor('help@vendor.example');
});
