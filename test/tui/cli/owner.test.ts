/** What owners and users do by command. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import path from 'node:path';
import { bundle } from '../../support/bundle.ts';
import { closing } from '../../support/closing.ts';
import { openProgram } from '../../support/terminal/terminal.ts';
import { addOwner, done, openPortal, ownerPassword, type Portal } from '../../support/licet.ts';

let portal: Portal;
let licenses: { readonly prod: string; readonly dev: string };

beforeAll(async () => {
  portal = await openPortal();
  licenses = await addOwner(portal);
  done(await portal.signIn('ana', 'ana@example.com', ownerPassword));
});
afterAll(() => portal.close());

const ana = async (line: string) => done(await portal.as('ana', line));

/** Activates a machine over plain HTTP, as a product without the SDK would. */
const activate = async (name: string, license: string, digit: string): Promise<void> => {
  const response = await fetch(`${portal.url}/v1/activations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      email: 'ana@example.com',
      password: ownerPassword,
      licenseId: license,
      machine: { fingerprint: digit.repeat(64), hostname: name },
    }),
  });
  expect(response.status).toBe(201);
};

test('licenses are listed and shown, by name and by id', async () => {
  expect((await ana('license list --json')).json()).toMatchObject({
    items: [{ name: 'Prod' }, { name: 'Dev' }],
  });
  const byName = await ana('license show prod --json');
  const byId = await ana(`license show ${licenses.prod} --json`);
  expect(byName.json()).toMatchObject({ id: licenses.prod, relation: 'owner', counter: 0 });
  expect(byId.stdout).toBe(byName.stdout);
  const table = await ana('license list');
  expect(table.stdout).toMatch(/^License +Product +Activations/u);
  expect(table.stdout).toContain('0 of 3');
});

test('where several licenses fit, it says which to name', async () => {
  const ran = await portal.as('ana', 'activations list');
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain('Prod, Dev');
});

test('machines are listed, filtered, released and reset', async () => {
  await activate('build-1', licenses.prod, '1');
  await activate('build-2', licenses.prod, '2');
  expect((await ana('activations list Prod --json')).json()).toMatchObject({
    counter: 2,
    maxActivations: 3,
    items: [{ hostname: 'build-1' }, { hostname: 'build-2' }],
  });
  const filtered = await ana('activations list Prod --filter build-2 --json');
  expect(filtered.json()).toMatchObject({ items: [{ hostname: 'build-2' }] });
  const released = await ana('activations release build-1 --yes --json');
  expect(released.json()).toMatchObject({ released: { hostname: 'build-1' } });
  const dry = await ana('activations reset Prod --dry-run --json');
  expect(dry.json()).toMatchObject({
    counter: 0,
    released: [{ hostname: 'build-2' }],
    receipt: null,
  });
  expect((await ana('license show Prod --json')).json()).toMatchObject({ counter: 1 });
  const reset = await ana(`activations reset ${licenses.prod} --yes --json`);
  expect(reset.json()).toMatchObject({
    counter: 0,
    released: [{ hostname: 'build-2' }],
    receipt: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/u),
  });
  const without = await ana('activations list Prod --without-seat --json');
  expect(without.json()).toMatchObject({ items: [{}, {}] });
});

test('a user is added with a card, sees only that license, and is out when removed', async () => {
  const added = await ana('users add leo@example.com --name "Leo Brandt" --license Dev --json');
  const code = String(added.json()['setPasswordCode']);
  done(
    await portal.as(
      'leo',
      `account set-password --server ${portal.url} --code-file - --new-password-file -`,
      { input: `${code}\na password of leo here\n` },
    ),
  );
  done(await portal.signIn('leo', 'leo@example.com', 'a password of leo here'));
  const seen = await portal.as('leo', 'license list --json');
  expect(seen.json()).toMatchObject({ items: [{ name: 'Dev', relation: 'user' }] });
  expect((await portal.as('leo', 'activations reset Dev')).code).toBe(3);
  expect((await ana('users list Dev --json')).json()).toMatchObject({
    items: [{ account: { email: 'leo@example.com' } }],
  });
  const newCode = await ana('users code leo@example.com --license Dev --json');
  expect(newCode.json()).toMatchObject({ code: expect.any(String), expiresAt: expect.any(String) });
  await ana('users remove leo@example.com --license Dev --yes');
  expect((await portal.as('leo', 'license list')).code).toBe(3);
});

test('my info is edited, and cleared by a dash', async () => {
  const edited = await ana('account edit --company Example --phone 123 --json');
  expect(edited.json()).toMatchObject({ company: 'Example', phone: '123', name: 'Ana Ruiz' });
  const cleared = await ana('account edit --phone - --json');
  expect(cleared.json()).toMatchObject({ company: 'Example', phone: null });
  expect((await ana('account show')).stdout).toMatch(/Company +Example/u);
});

test('a session elsewhere is ended', async () => {
  await portal.signIn('ana-elsewhere', 'ana@example.com', ownerPassword);
  const { items } = (await ana('account sessions --json')).json() as {
    items: { id: string; current: boolean }[];
  };
  await ana(`account end-session ${items.find(({ current }) => !current)?.id ?? ''}`);
  expect((await portal.as('ana-elsewhere', 'whoami')).code).toBe(3);
});

test('an account that exists is invited, and accepts or declines', async () => {
  const password = await portal.file('kim', 'the password of kim');
  done(
    await portal.as(
      'ops',
      `operator account create kim@example.com --name Kim --password-file ${password}`,
    ),
  );
  done(await portal.signIn('kim', 'kim@example.com', 'the password of kim'));
  for (const license of ['Prod', 'Dev'])
    await ana(`users add kim@example.com --name Kim --license ${license}`);
  const list = done(await portal.as('kim', 'account invitations --json'));
  const { items } = list.json() as { items: { id: string; licenseName: string }[] };
  const id = (name: string): string =>
    items.find(({ licenseName }) => licenseName === name)?.id ?? '';
  done(await portal.as('kim', `account accept ${id('Dev')}`));
  done(await portal.as('kim', `account decline ${id('Prod')}`));
  const seen = await portal.as('kim', 'license list --json');
  expect(seen.json()).toMatchObject({ items: [{ name: 'Dev' }] });
});

test('at a terminal what takes seats is asked first: no leaves all as it is, --yes means it', async () => {
  await ana(`activations reset ${licenses.dev} --yes`);
  await activate('asked-1', licenses.dev, '7');
  const counter = async () => (await ana(`license show ${licenses.dev} --json`)).json()['counter'];
  const program = await bundle('tui/main.tsx');
  const at = (line: string) =>
    closing(
      openProgram(program, line.split(' '), {
        env: { LICET_CONFIG_DIR: path.join(portal.folder, 'config', 'ana') },
      }),
    );
  const asked = at(`activations reset ${licenses.dev}`);
  await asked.waitFor('(yes/no)');
  await asked.waitFor('1 machine of Dev gives its seat back');
  asked.type('no\r');
  expect(await asked.exited).toMatchObject({ code: 1 });
  await asked.waitFor('Nothing was changed.');
  expect(await counter()).toBe(1);
  const meant = at(`activations reset ${licenses.dev} --yes`);
  expect(await meant.exited).toMatchObject({ code: 0 });
  expect(meant.output()).not.toContain('(yes/no)');
  expect(await counter()).toBe(0);
});

test('a changed password: the old one stops working', async () => {
  done(
    await portal.as('ana', 'account password --current-password-file - --new-password-file -', {
      input: `${ownerPassword}\nquite another password\n`,
    }),
  );
  expect((await portal.signIn('x', 'ana@example.com', ownerPassword)).code).toBe(3);
  done(await portal.signIn('x', 'ana@example.com', 'quite another password'));
});
