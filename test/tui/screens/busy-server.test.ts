/** A server on which much happens, and one that has more than a screen can hold. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { closing } from '../../support/closing.ts';
import { openGate } from '../../support/server/gate.ts';
import { must, operatorEmail } from '../../support/server/live-server.ts';
import { anaEmail, openPortalServer, signInTui, type Portal } from '../../support/terminal/tui.ts';

// Many requests on machines that have other work too.
vi.setConfig({ testTimeout: 120_000 });

/** Changes something again and again until the test ends. */
const keepChanging = async (server: Portal): Promise<void> => {
  const ana = await server.client(anaEmail);
  const ending = new AbortController();
  const changing = (async () => {
    for (let count = 0; !ending.signal.aborted; count += 1) {
      await must(ana.editAccount({ phone: String(count) }));
    }
  })();
  onTestFinished(async () => {
    ending.abort();
    await changing;
  });
};

test('a list loads although something changes before each answer, and goes on following', async () => {
  const server = await openPortalServer();
  const gate = closing(await openGate(server.url));
  const terminal = await signInTui(gate, operatorEmail, { columns: 120 });
  await terminal.waitFor('▌ Prod');
  await keepChanging(server);
  gate.delay('/accounts', 300);
  terminal.press('2');
  await terminal.waitFor('▌ olga@licet.example');
  const phone = (): number => Number(/Phone +(\d+)/u.exec(terminal.screen())?.[1]);
  terminal.press('j');
  await terminal.waitFor(/Phone +\d+/u);
  const first = phone();
  await terminal.waitFor(() => phone() > first);
  expect(terminal.screen()).not.toContain('Loading');
});

test('a server with more licenses than are held says so, and is not called well by a part of them', async () => {
  const server = await openPortalServer();
  const gate = closing(await openGate(server.url));
  const operator = await server.client(operatorEmail);
  const [license] = (await must(operator.licenses({ limit: 1 }))).items;
  const items = Array.from({ length: 500 }, (_, n) => ({
    ...license,
    id: `lic_${String(n).padStart(26, '0')}`,
  }));
  // Each page leads to another one.
  gate.fail('/licenses?', 200, JSON.stringify({ items, nextCursor: 'more' }));
  const terminal = await signInTui(gate, operatorEmail);
  await terminal.waitFor('1 of 10,000  Only the first 10,000 are here');
  await terminal.waitFor('▲ Only the first 10,000 were looked at');
  expect(terminal.screen()).not.toContain('All is well');
  terminal.type('/nowhere');
  await terminal.waitFor('Nothing fits “nowhere”.');
  await terminal.waitFor('Only the first 10,000 are here');
});

test('what needs somebody is told of all licenses, also while the list is filtered', async () => {
  const server = await openPortalServer();
  await server.activate('web-1', { email: anaEmail, licenseId: server.dev });
  const terminal = await signInTui(server, operatorEmail);
  await terminal.waitFor('▲ 1 soon');
  terminal.type('/prod');
  await terminal.waitForGone('Dev');
  expect(terminal.screen()).toContain('▲ 1 soon');
});
