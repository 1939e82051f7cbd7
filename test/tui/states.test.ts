import { expect, onTestFinished, test } from 'vitest';
import { closing } from '../support/closing.ts';
import { breakDisk } from '../support/failing-disk.ts';
import { openGate } from '../support/gate.ts';
import { must, operatorEmail } from '../support/live-server.ts';
import { anaEmail, openPortalServer, signInTui } from '../support/tui.ts';

test('loading is said when it takes long, and not before', async () => {
  const server = await openPortalServer();
  await server.activate('web-1', { email: anaEmail, licenseId: server.prod });
  const gate = closing(await openGate(server.url));
  const terminal = await signInTui(gate);
  await terminal.waitFor('Entitlements');
  expect(terminal.output()).not.toContain('Loading');
  gate.hold('/activations');
  terminal.press('2');
  await terminal.waitFor('Loading…');
  gate.open();
  await terminal.waitFor('▌ web-1');
});

test.each([
  ['2', '/activations', '▌ web-1'],
  ['3', '/users', 'Nobody but the owner'],
  ['4', '/offline-keys', 'No machine has an offline key'],
  ['5', '/releases', 'nothing to download'],
  ['6', '/sessions', 'this one'],
])('section %s that fails says why, and tries again by a key', async (key, part, shown) => {
  const server = await openPortalServer();
  await server.activate('web-1', { email: anaEmail, licenseId: server.prod });
  const gate = closing(await openGate(server.url));
  const terminal = await signInTui(gate);
  await terminal.waitFor('Entitlements');
  gate.fail(part, 418, '<html>A proxy in trouble</html>');
  terminal.press(key);
  await terminal.waitFor('Press R to try again.');
  await terminal.waitFor('✖');
  expect(terminal.screen()).not.toContain('<html>');
  gate.open();
  terminal.press('R');
  await terminal.waitFor(shown);
});

test.each([
  ['2', '/accounts', anaEmail],
  ['3', '/products', '▌ acme-server'],
  ['4', '/password-resets', 'Nobody waits for a code.'],
  ['5', '/journal', 'license.create'],
  ['6', '/releases', 'Nothing is published yet'],
  ['7', '/sessions', 'this one'],
])(
  'an operator’s section %s that fails says why, and tries again by a key',
  async (key, part, shown) => {
    const server = await openPortalServer();
    const gate = closing(await openGate(server.url));
    const terminal = await signInTui(gate, operatorEmail);
    await terminal.waitFor(/Prod .+\d\/\d/u);
    gate.fail(part, 418, '<html>A proxy in trouble</html>');
    terminal.press(key);
    await terminal.waitFor('Press R to try again.');
    await terminal.waitFor('✖');
    expect(terminal.screen()).not.toContain('<html>');
    gate.open();
    terminal.press('R');
    await terminal.waitFor(shown);
  },
);

test('a server that takes no changes says so: what was loaded is read, what was typed stays', async () => {
  const server = await openPortalServer();
  await server.activate('web-1', { email: anaEmail, licenseId: server.prod });
  const client = await server.client(anaEmail);
  const terminal = await signInTui(server);
  terminal.press('2');
  await terminal.waitFor('▌ web-1');
  onTestFinished(await breakDisk());
  expect(await client.editAccount({ company: 'Harbor' })).toMatchObject({ ok: false });
  terminal.press('3');
  await terminal.waitFor('a add');
  terminal.press('a');
  await terminal.waitFor('▌ E-mail');
  terminal.type('leo@acme.example\tLeo\t\r');
  await terminal.waitFor(/read-only|no changes/u);
  await terminal.waitFor('leo@acme.example');
  terminal.press('esc');
  await terminal.waitFor('Keep editing');
  terminal.press('down', 'enter');
  await terminal.waitFor('The server takes no changes now');
  expect(terminal.screen()).not.toContain('Trying again');
  terminal.press('2');
  await terminal.waitFor('▌ web-1');
});

test('a long list is paged: its end is reached by one key, filtered and marked', async () => {
  const server = await openPortalServer();
  const operator = await server.client(operatorEmail);
  const { id, licenseKey } = await must(
    operator.createLicense({
      ownerEmail: anaEmail,
      name: 'Fleet',
      product: 'acme-server',
      maxActivations: null,
    }),
  );
  const machines = 1100;
  for (let from = 0; from < machines; from += 10) {
    const some = Array.from({ length: 10 }, (_, n) => `node-${String(from + n).padStart(4, '0')}`);
    expect(await Promise.all(some.map((name) => server.activateByKey(name, licenseKey)))).toEqual(
      some.map(() => 201),
    );
  }
  expect((await must(operator.license(id))).counter).toBe(machines);
  const terminal = await signInTui(server);
  await terminal.waitFor('Fleet');
  terminal.press('P');
  await terminal.waitFor('Fleet (Acme Server)');
  terminal.press('2');
  await terminal.waitFor('1 of 1,100');
  terminal.press('G');
  await terminal.waitFor('1,100 of 1,100');
  await terminal.waitFor(/▌ node-\d{4}/u);
  terminal.type('/node-0777');
  await terminal.waitForGone('of 1,100');
  terminal.press('enter');
  await terminal.waitFor(/▌ node-0777[^\n]+license key/u);
  terminal.press('x');
  await terminal.waitFor('node-0777 gives its seat back.');
});
