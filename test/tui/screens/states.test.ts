/** States that a page alone does not have: the first of all, a server without anything, one that takes no changes. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { closing } from '../../support/closing.ts';
import { breakDisk } from '../../support/server/failing-disk.ts';
import { openGate } from '../../support/server/gate.ts';
import { must, operatorEmail, password, startServer } from '../../support/server/live-server.ts';
import { openPagesServer } from '../../support/terminal/pages-server.ts';
import type { TestTerminal } from '../../support/terminal/terminal.ts';
import { tuiChanges, type TuiChange } from '../../support/terminal/tui-pages/changes.ts';
import { anaEmail, openPortalServer, openTui, signInTui } from '../../support/terminal/tui.ts';

// Many steps one after the other, on machines that have other work too.
vi.setConfig({ testTimeout: 180_000 });

test('what comes first says that it takes long, why it failed, and tries again by a key', async () => {
  const server = await openPortalServer();
  const gate = closing(await openGate(server.url));
  const terminal = await openTui(gate);
  gate.hold('/licenses?');
  terminal.type(`${anaEmail}\t${password}\r`);
  await terminal.waitFor('Loading…');
  await terminal.waitFor('1 License');
  gate.open();
  await terminal.waitFor('Packages');
  terminal.press('6');
  await terminal.waitFor('this one');
  terminal.press('o');
  await terminal.waitFor('Signed out.');
  gate.fail('/licenses?', 418, '<html>A proxy in trouble</html>');
  terminal.type(`${anaEmail}\t${password}\r`);
  await terminal.waitFor(/✖[^]+Press R to try again\./u);
  expect(terminal.screen()).not.toContain('<html>');
  terminal.press('2');
  await terminal.waitFor(/✖[^]+Press R to try again\./u);
  gate.open();
  terminal.press('R');
  await terminal.waitFor('No machine holds a seat.');
});

/** Presses each section's key and waits for what it says while there is nothing in it, and what to do first. */
const emptySections = async (
  terminal: TestTerminal,
  sections: readonly (readonly [string, string])[],
): Promise<void> => {
  for (const [index, [title, hint]] of sections.entries()) {
    terminal.press(String(index + 1));
    await terminal.waitFor(title);
    await terminal.waitFor(hint);
  }
};

test('a section without anything in it says so, and what to do first', async () => {
  const server = closing(await startServer());
  await server.owner('max@acme.example', 'Max');
  const operator = await signInTui(server, operatorEmail, { columns: 120 });
  await emptySections(operator, [
    ['There is no license yet.', 'It needs a product and an owner: make those first.'],
    ['max@acme.example', 'a add'],
    ['There is no product yet.', 'Press a to name one'],
    ['Nobody waits for a code.', 'Who forgot a password asks at the sign-in'],
    ['session.start', 'Enter details'],
    ['Nothing is published yet.', 'Press a to publish a file'],
  ]);
  operator.type('Snowhere');
  await operator.waitFor('Nothing has “nowhere” in its name.');
  await operator.waitFor('Fewer letters find more.');
  const owner = await signInTui(server, 'max@acme.example', { columns: 120 });
  const ask = 'Ask the operator of this server for';
  await emptySections(owner, [
    ['You have no license here yet.', ask],
    ['No license, no activations.', ask],
    ['No license, no users.', ask],
    ['No license, no offline keys.', ask],
    ['There is nothing to download yet.', 'What the operator publishes'],
    ['this one', 'x end session'],
    ['No product can be tried here.', ask],
  ]);
  owner.resize(40, 10);
  await owner.waitFor(/No product can be tried here\.[^]+for a\s+trial\./u);
});

const refused = 'The server is read-only';

/** Tries a change, waits for why it is refused, and goes back to the section with what was typed. */
const isRefused = async (terminal: TestTerminal, change: TuiChange): Promise<void> => {
  const { section, row, keys, shows, typed, answers, kept } = change;
  terminal.press(section);
  await terminal.waitFor(row);
  terminal.press(...keys.split(' '));
  if (shows !== undefined) await terminal.waitFor(shows);
  if (typed !== undefined) terminal.type(typed);
  if (answers !== undefined) {
    await terminal.waitFor('Leave everything as it is');
    terminal.press(...answers.split(' '));
  }
  await terminal.waitFor(refused);
  if (kept !== undefined) await terminal.waitFor(kept);
  if (typed !== undefined && answers !== undefined) {
    await terminal.waitFor('Back to the form');
    terminal.press('enter');
    await terminal.waitFor(typed.trim());
  }
  terminal.press('esc');
  if (typed !== undefined) {
    await terminal.waitFor('Keep editing');
    terminal.press('down', 'enter');
    await terminal.waitForGone('Keep editing');
  }
  await terminal.waitForGone(refused);
  await terminal.waitFor('The server takes no changes now');
};

test.each([
  ['ana', anaEmail],
  ['operator', operatorEmail],
] as const)(
  'a server that takes no changes says so to %s: what is there is read, what was typed stays',
  async (who, email) => {
    const server = await openPagesServer();
    const client = await server.client(anaEmail);
    const terminal = await signInTui(server, email, { columns: 120 });
    await terminal.waitFor('? help');
    onTestFinished(await breakDisk());
    expect(await client.editAccount({ company: 'Harbor' })).toMatchObject({ ok: false });
    for (const change of tuiChanges.filter((one) => one.who === who)) {
      try {
        await isRefused(terminal, change);
      } catch (error) {
        throw new Error(`${change.section} ${change.keys}`, { cause: error });
      }
    }
    expect(terminal.output()).not.toContain('Trying again');
    terminal.press('1');
    await terminal.waitFor(/3(?:\/| of )3/u);
  },
);

test('a refusal on the smallest screen leaves the field in sight, and says that it is longer', async () => {
  const server = await openPagesServer();
  const terminal = await signInTui(server, anaEmail, { columns: 40, rows: 10 });
  await terminal.waitFor('3 of 3 used');
  onTestFinished(await breakDisk());
  terminal.press('3');
  await terminal.waitFor('a add');
  terminal.type('a');
  await terminal.waitFor('▌ E-mail');
  terminal.type('zoe@acme.example\tZoe\t\r');
  await terminal.waitFor(/▌ May manage[^]+The server is read-only: its disk/u);
  terminal.press('shift+tab', 'shift+tab');
  await terminal.waitFor(/▌ E-mail +zoe@acme/u);
});

test('a card is read whole on the smallest screen, its code in one piece', async () => {
  const server = await openPagesServer();
  const terminal = await signInTui(server, anaEmail, { columns: 40, rows: 10 });
  await terminal.waitFor('3 of 3 used');
  terminal.press('3');
  await terminal.waitFor('n new code');
  terminal.press('n');
  await terminal.waitFor('Leave everything as it is');
  terminal.press('down', 'enter');
  await terminal.waitFor('For Leo');
  await terminal.waitFor('more');
  terminal.press('pagedown');
  await terminal.waitFor(/^ (?:[\dA-Z]{6,7}-){3}[\dA-Z]{6,7}$/mu);
  terminal.press('G');
  await terminal.waitFor('the end');
});

test('a name that is too long is cut in the middle: version and ending of a file stay in sight', async () => {
  const server = await openPagesServer();
  const terminal = await signInTui(server, operatorEmail, { columns: 60, rows: 16 });
  const short = /acme-\S*…\S*1\.4\.0\.bin/u;
  await terminal.waitFor('▌ Prod');
  terminal.press('6');
  await terminal.waitFor(short);
  terminal.type('Slong-run');
  await terminal.waitFor(/release +acme-\S*…\S*1\.4\.0\.bin/u);
});

test('a long list is paged: its end is reached by one key, says that it is on its way, is filtered and marked', async () => {
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
  const gate = closing(await openGate(server.url));
  const terminal = await signInTui(gate);
  await terminal.waitFor('Fleet');
  terminal.press('P');
  await terminal.waitFor('Fleet (Acme Server)');
  terminal.press('2');
  await terminal.waitFor('1 of 1,100');
  gate.hold('cursor=');
  terminal.press('G');
  await terminal.waitFor('1,100 of 1,100  Loading… 500 are here');
  gate.open();
  await terminal.waitForGone('Loading…');
  await terminal.waitFor(/▌ node-\d{4}/u);
  terminal.type('/node-0777');
  await terminal.waitForGone('of 1,100');
  terminal.press('enter');
  await terminal.waitFor(/▌ node-0777[^\n]+license key/u);
  terminal.press('x');
  await terminal.waitFor('node-0777 gives up its seat of');
});

test('a question that fails to come may be asked again; what was confirmed is not sent twice', async () => {
  const server = await openPortalServer();
  await server.activate('web-1', { email: anaEmail, licenseId: server.prod });
  const gate = closing(await openGate(server.url));
  const terminal = await signInTui(gate);
  await terminal.waitFor('Entitlements');
  gate.fail('/activations/reset', 418, '<html>A proxy in trouble</html>');
  terminal.press('r');
  await terminal.waitFor('Try again');
  gate.open();
  terminal.press('R');
  await terminal.waitFor('Leave everything as it is');
  gate.fail('/activations/reset', 418, '<html>A proxy in trouble</html>');
  terminal.press('down');
  await terminal.waitFor('▌ Reset activations');
  terminal.press('enter');
  await terminal.waitFor('▌ Close');
  expect(terminal.screen()).not.toContain('Try again');
});
