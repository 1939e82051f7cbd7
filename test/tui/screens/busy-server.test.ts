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
  let ended = false;
  const changing = (async () => {
    for (let count = 0; !ended; count += 1) await must(ana.editAccount({ phone: String(count) }));
  })();
  onTestFinished(async () => {
    ended = true;
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
