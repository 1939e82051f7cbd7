/** My License has one mark: arrows move it, and every key is about the license that it stands on. */
import { expect, test, vi } from 'vitest';
import { must, operatorEmail } from '../../support/server/live-server.ts';
import { anaEmail, openPortalServer, signInTui, type Portal } from '../../support/terminal/tui.ts';

// Many steps on machines that have other work too.
vi.setConfig({ testTimeout: 120_000 });

/** Prod full and refused, Dev full, and as many other licenses as named, each about to expire. */
const withAlerts = async (...names: readonly string[]): Promise<Portal> => {
  const server = await openPortalServer();
  for (const host of ['web-1', 'web-2', 'web-3', 'web-4']) {
    await server.activate(host, { email: anaEmail, licenseId: server.prod });
  }
  await server.activate('dev-1', { email: anaEmail, licenseId: server.dev });
  const operator = await server.client(operatorEmail);
  for (const name of names) {
    await must(
      operator.createLicense({
        ownerEmail: anaEmail,
        product: 'acme-server',
        name,
        type: 'subscription',
        maxActivations: 2,
        expiresAt: new Date(Date.now() + 3.5 * 86_400_000).toISOString(),
      }),
    );
  }
  return server;
};

test('arrows reach every alert and package; header, facts and Enter follow', async () => {
  const server = await withAlerts('East', '生产环境');
  const terminal = await signInTui(server, anaEmail, { columns: 100, rows: 40 });
  await terminal.waitFor('▌ ✖ Prod is full: web-4 was refused.  Enter who holds seats');
  await terminal.waitFor('3 of 4');
  for (const [alert, name] of [
    ['▌ ✖ East expires in 4 days.', 'East'],
    ['▌ ✖ 生产环境 expires in 4 days.', '生产环境'],
    ['▌ ▲ Dev has no free seat', 'Dev'],
    ['▌ Prod', 'Prod'],
    ['▌ Dev', 'Dev'],
    ['▌ East', 'East'],
    ['▌ 生产环境', '生产环境'],
  ] as const) {
    terminal.press('down');
    await terminal.waitFor(alert);
    await terminal.waitFor(`Package       ${name} (Acme Server)`);
    expect(terminal.screen().split('\n')[0]).toContain(name);
    expect(terminal.screen().match(/▌/gu)).toHaveLength(1);
  }
  // A name of wide characters is whole, and the bars stand in one column.
  const bars = terminal
    .cells()
    .filter((row) => row.some(({ text }) => text === '□' || text === '■'));
  const columns = bars.slice(0, 4).map((row) => row.findIndex(({ text }) => /[□■]/u.test(text)));
  expect(columns).toEqual([columns[0], columns[0], columns[0], columns[0]]);
});

test('a page about a license stands under its name, and its reset is that license’s', async () => {
  const server = await withAlerts();
  const terminal = await signInTui(server);
  await terminal.waitFor('▌ ✖ Prod is full');
  terminal.press('p');
  await terminal.waitFor('Dev (Acme Server)');
  await terminal.waitFor('▌ ▲ Dev has no free seat');
  terminal.press('enter');
  await terminal.waitFor('Who holds the seats of Dev');
  expect(terminal.screen().split('\n')[0]).toMatch(/licet +Dev/u);
  terminal.press('r');
  await terminal.waitFor('1 machine of Dev gives its seat back');
  terminal.press('down', 'enter');
  await terminal.waitFor('0 of 1 used');
  const client = await server.client(anaEmail);
  expect((await must(client.license(server.dev))).counter).toBe(0);
  expect((await must(client.license(server.prod))).counter).toBe(3);
});

test('the question of a reset follows what happens while it stands there', async () => {
  const server = await openPortalServer();
  await server.activate('web-1', { email: anaEmail, licenseId: server.prod });
  const terminal = await signInTui(server);
  await terminal.waitFor('1 of 3 used');
  terminal.press('r');
  await terminal.waitFor('1 machine of Prod gives its seat back; the counter will show 0.');
  terminal.press('down');
  await terminal.waitFor('▌ Reset activations');
  await server.activate('web-2', { email: anaEmail, licenseId: server.prod });
  await terminal.waitFor('2 machines of Prod give their seats back; the counter will show 0.');
  expect(terminal.screen()).toContain('▌ Reset activations');
});

test('a refused reset says when in words, and offers no try that must fail', async () => {
  const server = await openPortalServer();
  const ana = await server.client(anaEmail);
  const activate = (host: string) =>
    server.activate(host, { email: anaEmail, licenseId: server.dev });
  await activate('dev-1');
  await must(ana.resetActivations(server.dev));
  await activate('dev-2');
  const terminal = await signInTui(server);
  await terminal.waitFor('p package');
  terminal.press('p');
  await terminal.waitFor('Dev (Acme Server)');
  terminal.press('r');
  await terminal.waitFor(/from \d+ \w+ \d{4} \d\d:\d\d UTC/u);
  await terminal.waitFor('▌ Close');
  expect(terminal.screen()).not.toMatch(/\d{4}-\d\d-\d\dT/u);
  expect(terminal.screen()).not.toMatch(/Try again$|R retry/mu);
});

test('what was said ends with the next key, and tells no number that may change', async () => {
  const server = await openPortalServer();
  await server.activate('web-1', { email: anaEmail, licenseId: server.prod });
  const terminal = await signInTui(server);
  await terminal.waitFor('1 of 3 used');
  terminal.press('r');
  await terminal.waitFor('Leave everything as it is');
  terminal.press('down', 'enter');
  await terminal.waitFor('Prod: 1 machine released.');
  await server.activate('web-2', { email: anaEmail, licenseId: server.prod });
  await terminal.waitFor('1 of 3 used');
  expect(terminal.screen()).not.toContain('0 of 3');
  terminal.press('6');
  await terminal.waitFor('o sign out');
  expect(terminal.screen()).not.toContain('released.');
  terminal.press('o');
  await terminal.waitFor('Signed out.');
  terminal.press('tab');
  await terminal.waitForGone('Signed out.');
});

test('without color the marked line alone is told by inverse video', async () => {
  const server = await withAlerts('East');
  const terminal = await signInTui(server, anaEmail, { env: { NO_COLOR: '1' } });
  await terminal.waitFor('▌ ✖ Prod is full');
  const content = terminal.cells().slice(3);
  const marked = content.filter((row) => row.some(({ inverse }) => inverse));
  expect(marked.map((row) => row.map(({ text }) => text).join(''))).toEqual([
    expect.stringContaining('▌ ✖ Prod is full'),
  ]);
});
