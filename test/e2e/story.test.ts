/**
 * The main job from end to end, against real processes in real pseudo-terminals: an operator sets the
 * portal up, an owner looks after licenses in a terminal, and a real product activates against it.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { compactVerify, createRemoteJWKSet } from 'jose';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  done,
  licet,
  openPortal,
  operatorEmail,
  operatorPassword,
  startLicet,
  type Portal,
} from '../support/licet.ts';
import { openPerson, type Person } from '../support/terminal/person.ts';
import { makeMachine, type Machine } from '../support/machines/sample-product.ts';

const ana = { email: 'ana@example.com', password: 'a password that ana chose' };
const leo = { email: 'leo@example.com', password: 'a password that leo chose' };
const codePattern = /Code\s+([0-9A-Z]{6}(?:-[0-9A-Z]{6}){3})/u;

// Every step is many processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 180_000 });

let portal: Portal;
let roots: string;
let operator: Person;
let owner: Person;
let anaCode: string;
let leoCode: string;
const machines: Record<string, Machine> = {};
const machine = (hostname: string): Machine =>
  (machines[hostname] ??= makeMachine(portal, roots, hostname));

beforeAll(async () => {
  portal = await openPortal();
  roots = path.join(portal.folder, 'roots.json');
  done(await licet(`keys export-root --public --out ${roots} --data ${portal.data}`));
});
afterAll(async () => {
  await operator?.quit();
  await owner?.quit();
  await portal?.close();
});

test('1. the operator creates a product, an owner and two licenses, by screens and by command', async () => {
  operator = await openPerson(portal, 'ops');
  await operator.signIn(operatorEmail, operatorPassword, 'Licenses');
  await operator.press('3', /Press a|No product/iu);
  await operator.press('a', 'Create a product');
  await operator.send(['acme-server', 'Acme Server'], 'The product Acme Server is created');
  await operator.back('is created');
  await operator.press('2', operatorEmail);
  await operator.press('a', 'Create an account');
  await operator.send([ana.email, 'Ana Ruiz', 'Alder & Finch'], codePattern);
  anaCode = operator.read(codePattern);
  await operator.terminal.waitFor(portal.url);
  await operator.terminal.waitFor(ana.email);
  await operator.leave('Until');
  await operator.press('1', 'Licenses');
  await operator.press('a', 'Create a license');
  await operator.send(
    [ana.email, 'Prod', 'acme-server', '  ', '3', '2099-12-31', undefined, 'exports, users=25'],
    'The license Prod of ana@example.com is created',
  );
  await operator.leave('is created');
  await operator.terminal.waitFor(/Prod.*0\/3/u);
  const dev = await portal.as(
    'ops',
    `license create --owner-email ${ana.email} --name Dev --product acme-server --type subscription --max-activations 1 --expires-at 2099-12-31 --json`,
  );
  expect(done(dev).json()).toMatchObject({ name: 'Dev', maxActivations: 1 });
  await operator.terminal.waitFor(/Dev.*0\/1/u);
});

test('2. a product activates three machines; without a license named it is told to choose', async () => {
  done(
    await portal.as(
      'ana',
      `account set-password --server ${portal.url} --code-file - --new-password-file -`,
      { input: `${anaCode}\n${ana.password}\n` },
    ),
  );
  const undecided = await machine('build-1').activate(ana);
  expect(undecided.error).toMatchObject({
    code: 'license-choice-required',
    choices: [{ name: 'Prod' }, { name: 'Dev' }],
  });
  for (const name of ['build-1', 'build-2', 'build-3']) {
    const activated = await machine(name).activate({ ...ana, license: 'Prod' });
    expect(activated).toMatchObject({
      ok: true,
      value: { administrator: { email: ana.email, password: 'activating' } },
    });
    expect(await machine(name).verify()).toMatchObject({ ok: true });
  }
  const refused = await machine('build-4').activate({ ...ana, license: 'Prod' });
  expect(refused.error?.message).toBe(
    'Your license has exceeded its user limit: 3 of 3 activations are in use.',
  );
  expect(refused.error).toMatchObject({
    limit: {
      limit: 3,
      used: 3,
      holders: expect.arrayContaining([expect.objectContaining({ hostname: 'build-1' })]),
      resolve: { command: expect.stringMatching(/^licet activations reset lic_/u), who: ana.email },
    },
  });
});

test('3. the owner signs in and finds My License', async () => {
  owner = await openPerson(portal, 'ana');
  await owner.signIn(ana.email, ana.password, 'Prod');
  for (const text of [
    '3 of 3 used',
    'Acme Server',
    'Subscription',
    '31 Dec 2099',
    'days left',
    'Active',
    'exports',
    'Dev',
  ])
    await owner.terminal.waitFor(text);
  await owner.press('p', '0 of 1 used');
  await owner.press('P', '3 of 3 used');
  await owner.press('e', 'Change name, company or phone');
  await owner.send([undefined, ' Ltd', '+34 600 1'], 'Your info is saved');
  const info = done(await portal.as('ops', 'operator account list --json')).json();
  expect(info).toMatchObject({
    items: expect.arrayContaining([
      expect.objectContaining({
        email: ana.email,
        company: 'Alder & Finch Ltd',
        phone: '+34 600 1',
      }),
    ]),
  });
});

test('4. the owner resets the activations; running machines come back, the last one finds no seat', async () => {
  await owner.press('2', 'build-3');
  await owner.press('/', /build-1/u);
  owner.terminal.type('build-2\r');
  await owner.terminal.waitForGone('build-1');
  await owner.press('esc', 'build-1');
  await owner.press('r', 'Reset activations?');
  await owner.press('enter', 'build-1');
  await owner.terminal.waitForGone('Reset activations?');
  await owner.terminal.waitFor('3 of 3 used');
  await owner.press('r', 'they take a seat again at their next check-in');
  await owner.press('down enter', '0 of 3 used');
  expect(await machine('build-4').activate({ ...ana, license: 'Prod' })).toMatchObject({
    ok: true,
  });
  await owner.terminal.waitFor('1 of 3 used');
  expect(await machine('build-1').checkIn()).toMatchObject({ ok: true });
  expect(await machine('build-2').checkIn()).toMatchObject({ ok: true });
  await owner.terminal.waitFor('3 of 3 used');
  const last = await machine('build-3').checkIn();
  expect(last.error).toMatchObject({ code: 'activation-limit-exceeded' });
  // Its lease is not over, so it runs on.
  expect(await machine('build-3').verify()).toMatchObject({ ok: true });
});

test('5. the owner adds a user to Dev, who activates without naming a license, and is removed', async () => {
  await owner.press('1', 'Packages');
  await owner.press('p', '0 of 1 used');
  await owner.press('3', /Press a/u);
  await owner.press('a', 'Add a user');
  await owner.send([leo.email, 'Leo Brandt'], codePattern);
  leoCode = owner.read(codePattern);
  await owner.terminal.waitFor(portal.url);
  await owner.leave('Until');

  const user = await openPerson(portal, 'leo');
  try {
    await user.choose('I have a code', 'Four groups');
    await user.send([leoCode, leo.password, leo.password], '0 of 1 used');
    expect(user.terminal.screen()).not.toContain('Prod');
    const activated = await machine('laptop-leo').activate(leo);
    expect(activated).toMatchObject({ ok: true, value: { license: { name: 'Dev' } } });
    await user.terminal.waitFor('1 of 1 used');
    await owner.press('x', 'Remove the user');
    await owner.press('down enter', 'is removed');
    await user.terminal.waitFor(/Your session has ended|Sign in/u);
    expect(await machine('laptop-leo').checkIn()).toMatchObject({ ok: true });
    expect(await machine('laptop-leo').verify()).toMatchObject({ ok: true });
    expect((await machine('laptop-leo-2').activate(leo)).ok).toBe(false);
  } finally {
    await user.quit();
  }
});

test('6. the owner makes an offline key for an air-gapped machine, which verifies there', async () => {
  await owner.press('2', 'laptop-leo');
  await owner.press('x', 'Release');
  await owner.press('down enter', '0 of 1 used');
  const env = {
    LICET_STATE_DIR: path.join(portal.folder, 'vault'),
    LICET_FINGERPRINT: '5e'.repeat(32),
  };
  const vault = (line: string) => licet(line, { env });
  const { request } = done(await vault('offline-key request --hostname vault --json')).json();
  await owner.press('4', /Press a/u);
  await owner.press('a', 'Make an offline key');
  owner.terminal.paste(String(request));
  await owner.send([undefined, '90'], 'BEGIN LICET OFFLINE KEY');
  await owner.back('BEGIN LICET OFFLINE KEY');
  await owner.terminal.waitFor('vault');
  const key = path.join(portal.folder, 'vault.key.txt');
  done(
    await portal.as('ana', `login --server ${portal.url} --email ${ana.email}`, {
      input: ana.password,
    }),
  );
  done(await portal.as('ana', `offline-key show vault --license Dev --out ${key}`));
  const permit = done(await vault(`offline-key verify ${key} --root ${roots} --json`));
  expect(permit.stdout).toContain('Dev');
  const jws = (await readFile(key, 'utf8')).replaceAll(/-----[^-]+-----|\s/gu, '');
  const keys = createRemoteJWKSet(new URL(`${portal.url}/.well-known/jwks.json`));
  const { protectedHeader } = await compactVerify(jws, keys);
  expect(protectedHeader).toMatchObject({ alg: 'EdDSA', typ: 'licet-offline-key+jwt' });
  // A copy on another machine permits nothing.
  const elsewhere = await licet(`offline-key verify ${key} --root ${roots}`, {
    env: { LICET_STATE_DIR: path.join(portal.folder, 'thief'), LICET_FINGERPRINT: '5e'.repeat(32) },
  });
  expect(elsewhere.code).toBe(4);
  expect(done(await portal.as('ana', 'license show Dev --json')).json()).toMatchObject({
    counter: 1,
    offline: 1,
  });
});

test('7. passwords: changed, forgotten, and an operator who lost theirs', async () => {
  await owner.press('6', ana.email);
  await owner.press('w', 'Change password');
  const changed = 'another password of ana';
  await owner.send([ana.password, changed, changed], 'Your password is changed');
  expect((await portal.as('ana', 'whoami')).code).toBe(3);
  expect((await portal.signIn('ana', ana.email, ana.password)).code).toBe(3);
  done(await portal.signIn('ana', ana.email, changed));

  const forgetful = await openPerson(portal, 'forgetful');
  try {
    await forgetful.choose('Forgot password', 'Ask the operator');
    await forgetful.send([ana.email], /under the number \d+/u);
    const number = forgetful.read(/under the number (\d+)/u);
    await forgetful.back('under the number');
    await operator.press('4', number);
    await operator.press('n', 'Make a new code');
    await operator.press('down enter', codePattern);
    const code = operator.read(codePattern);
    await operator.leave('Until');
    await forgetful.choose('I have a code', 'Four groups');
    const remembered = 'a password that ana remembers';
    await forgetful.send([code, remembered, remembered], 'Prod');
    done(await portal.signIn('ana', ana.email, remembered));
    expect((await portal.signIn('ana', ana.email, changed)).code).toBe(3);
  } finally {
    await forgetful.quit();
  }

  // With the server stopped its operator comes back by a code; the screens recover by themselves.
  await portal.server.stop();
  await operator.terminal.waitFor(/could not be reached|does not answer|again in/u);
  const recovered = done(
    await licet(`operator recover ${operatorEmail} --data ${portal.data} --json`),
  ).json();
  const server = await startLicet(
    `serve --data ${portal.data} --listen 127.0.0.1:${new URL(portal.url).port}`,
  );
  try {
    done(
      await portal.as(
        'ops',
        `account set-password --server ${portal.url} --code-file - --new-password-file -`,
        { input: `${String(recovered['code'])}\nthe operator is back again\n` },
      ),
    );
    await operator.terminal.waitFor('Sign in', 30_000);
    done(await portal.signIn('ops', operatorEmail, 'the operator is back again'));
  } finally {
    await server.stop();
  }
});
