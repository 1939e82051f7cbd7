import { describe, expect, test } from 'vitest';
import { bundle } from '../../support/bundle.ts';
import { closing } from '../../support/closing.ts';
import { must, password } from '../../support/server/live-server.ts';
import { openProgram } from '../../support/terminal/terminal.ts';
import { anaEmail, openPortalServer, openTui, signInTui } from '../../support/terminal/tui.ts';

describe('a server that goes away', () => {
  test('is said calmly; what was typed and loaded stays, and all goes on by itself', async () => {
    const server = await openPortalServer();
    await server.activate('web-1', { email: anaEmail, licenseId: server.prod });
    const terminal = await signInTui(server);
    terminal.press('3');
    await terminal.waitFor('a add');
    terminal.press('a');
    await terminal.waitFor('Add a user');
    terminal.type('ben@acme.example\tBen Okafor\t');
    await terminal.waitFor('Ben Okafor');
    await server.stop();
    await terminal.waitFor(/The server does not answer.+Trying again in \d+ s\./u);
    terminal.press('enter');
    await terminal.waitFor('✖');
    await terminal.waitFor('ben@acme.example');
    await terminal.waitFor('Ben Okafor');
    await server.start();
    await terminal.waitForGone('The server does not answer', 20_000);
    terminal.press('enter');
    await terminal.waitFor('For Ben Okafor');
  });

  test('is said at the sign-in too, which works as soon as it is back', async () => {
    const server = await openPortalServer();
    await server.stop();
    const terminal = await openTui(server);
    await terminal.waitFor('The server does not answer: nothing listens there.');
    terminal.type(`${anaEmail}\t${password}`);
    await server.start();
    await terminal.waitForGone('The server does not answer', 20_000);
    terminal.press('enter');
    await terminal.waitFor('Prod (Acme Server)');
  });
});

describe('a session', () => {
  test('that is ended elsewhere leads back to the sign-in, which says why', async () => {
    const server = await openPortalServer();
    const terminal = await signInTui(server);
    await terminal.waitFor('Prod (Acme Server)');
    const client = await server.client(anaEmail);
    const { items } = await must(client.sessions());
    const theirs = items.filter(({ agent }) => agent.startsWith('licet/'));
    expect(theirs).toHaveLength(1);
    await must(client.endSession(theirs[0]?.id ?? ''));
    await terminal.waitFor('Your session has ended. Sign in again.');
    await terminal.waitFor('▌ E-mail');
  });

  test('is listed under Account with where it is from, and ended there', async () => {
    const server = await openPortalServer();
    const terminal = await signInTui(server);
    const elsewhere = await server.client(anaEmail);
    terminal.press('6');
    await terminal.waitFor('this one');
    await terminal.waitFor('127.0.0.1');
    // The session elsewhere is the second row: it is newer.
    terminal.press('j');
    await terminal.waitFor('end session');
    terminal.press('x');
    await terminal.waitFor('That session has ended.');
    expect(await elsewhere.account()).toMatchObject({ ok: false });
    const { items } = await must((await server.client(anaEmail)).sessions());
    expect(items).toHaveLength(2);
  });

  test('is ended by quitting', async () => {
    const server = await openPortalServer();
    const terminal = await signInTui(server);
    await terminal.waitFor('Prod (Acme Server)');
    terminal.press('q');
    expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
    const client = await server.client(anaEmail);
    const { items } = await must(client.sessions());
    expect(items.filter(({ agent }) => agent.startsWith('licet/'))).toEqual([]);
  });
});

describe('quitting', () => {
  test('asks first when something typed would be lost; Enter pressed at once keeps it', async () => {
    const server = await openPortalServer();
    const terminal = await signInTui(server);
    terminal.press('3');
    await terminal.waitFor('a add');
    terminal.press('a');
    await terminal.waitFor('Add a user');
    terminal.type('ben');
    await terminal.waitFor('ben');
    terminal.press('ctrl+c');
    await terminal.waitFor('Quit and lose what you typed?');
    terminal.press('enter');
    await terminal.waitForGone('Quit and lose what you typed?');
    await terminal.waitFor('ben');
    terminal.press('ctrl+c');
    await terminal.waitFor('Quit and lose what you typed?');
    terminal.press('ctrl+c');
    expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
  });
});

describe('typing ahead', () => {
  test('before the first frame is neither lost nor shown', async () => {
    const server = await openPortalServer();
    const program = await bundle('test/tui/demo/licet.ts');
    const terminal = closing(
      openProgram(program, [], { env: { LICET_SERVER: server.url, LICET_CONFIG_DIR: '/nowhere' } }),
    );
    await terminal.waitFor('E-mail');
    terminal.type(`${anaEmail}\t${password}\r`);
    await terminal.waitFor('Prod (Acme Server)');
    expect(terminal.output()).not.toContain(password);
  });
});
