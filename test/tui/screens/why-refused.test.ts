import { expect, test } from 'vitest';
import { must, operatorEmail } from '../../support/server/live-server.ts';
import { anaEmail, openPortalServer, signInTui } from '../../support/terminal/tui.ts';

test('a refused machine leads to who holds the seats, and one key releases the longest unseen', async () => {
  const server = await openPortalServer();
  const activate = (hostname: string) =>
    server.activate(hostname, { email: anaEmail, licenseId: server.prod });
  const terminal = await signInTui(server);
  await terminal.waitFor('All is well.');
  for (const hostname of ['web-1', 'web-2', 'web-3']) expect(await activate(hostname)).toBe(201);
  await terminal.waitFor('Prod has no free seat: a further machine is refused.');
  expect(await activate('web-4')).toBe(409);
  await terminal.waitFor('Prod is full: web-4 was refused.  Enter who holds seats');
  await terminal.waitFor('h why refused');

  await server.stop();
  await server.start();
  await terminal.waitForGone('does not answer');
  terminal.press('enter');
  await terminal.waitFor(`web-4 (${anaEmail}) was refused just now: no seat was free.`);
  await terminal.waitFor(/Longest unseen first[^\n]*\n ▌ web-1/u);
  terminal.press('x');
  await terminal.waitFor('web-1 gives up its seat of');
  terminal.press('down', 'enter');
  await terminal.waitFor('web-1 is released: its seat of');
  await terminal.waitFor('2 of 3 used');

  expect(await activate('web-4')).toBe(201);
  await terminal.waitFor('Who holds the seats of Prod');
  await terminal.waitFor('web-4');
  terminal.press('esc');
  await terminal.waitFor('Prod has no free seat: a further machine is refused.');
});

test('what only the vendor can change says what follows and whom to ask', async () => {
  const server = await openPortalServer();
  const operator = await server.client(operatorEmail);
  await must(
    operator.changeLicense(server.prod, {
      expiresAt: new Date(Date.now() + 3.5 * 86_400_000).toISOString(),
    }),
  );
  const terminal = await signInTui(server);
  await terminal.waitFor('✖ Prod expires in 4 days.  Enter whom to ask');
  terminal.press('enter');
  await terminal.waitFor(
    /Machines run until \d+ \w+ \d{4}, grace included|From then on machines are refused/u,
  );
  await terminal.waitFor('The operator of this server, with the license id above.');
  await terminal.waitFor(server.prod);
  terminal.press('esc');
  await terminal.waitFor('Packages');
});

test('an operator sees what needs somebody first, and renews it by the same key', async () => {
  const server = await openPortalServer();
  const operator = await server.client(operatorEmail);
  await must(
    operator.changeLicense(server.prod, {
      expiresAt: new Date(Date.now() + 3.5 * 86_400_000).toISOString(),
    }),
  );
  await must((await server.client(anaEmail)).forgotPassword({ email: anaEmail }));
  const terminal = await signInTui(server, operatorEmail);
  await terminal.waitFor('✖ 1 needs somebody now  ▲ 1 forgotten password in Requests');
  await terminal.waitFor(/▌ Prod.*0\/3/u);
  terminal.press('enter');
  await terminal.waitFor('Prod expires in 4 days.  Enter renew');
  terminal.press('enter');
  await terminal.waitFor('Renew a license');
});
