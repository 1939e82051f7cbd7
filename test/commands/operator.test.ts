/** What an operator does by command, as real processes against a real server. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  operatorEmail,
  operatorPassword,
  openPortal,
  passphrase,
  type Portal,
} from '../support/licet.ts';

let portal: Portal;
beforeAll(async () => {
  portal = await openPortal();
});
afterAll(() => portal.close());

const ops = (...args: string[]) => portal.as('ops', args);

test('whoami says who is signed in and where', async () => {
  const ran = await ops('whoami', '--json');
  expect(ran.code).toBe(0);
  expect(ran.json()).toMatchObject({
    server: portal.url,
    account: { email: operatorEmail, role: 'operator' },
  });
});

test('a product, an owner and a license are created, and the owner gets a card', async () => {
  const product = await ops('product', 'create', 'acme', '--name', 'Acme', '--json');
  expect(product.json()).toMatchObject({ id: 'acme', name: 'Acme' });
  const account = await ops('operator', 'account', 'create', 'ana@example.com', '--name', 'Ana');
  expect(account.code).toBe(0);
  expect(account.stdout).toContain(portal.url);
  expect(account.stdout).toContain('ana@example.com');
  expect(account.stdout).toMatch(/Code +[0-9A-Z]{6}(?:-[0-9A-Z]{6}){3}/u);
  expect(account.stdout).toMatch(/Until +\d{4}-\d{2}-\d{2}/u);
  const license = await ops(
    ...['license', 'create', '--owner-email', 'ana@example.com', '--name', 'Prod'],
    ...['--product', 'acme', '--type', 'subscription', '--max-activations', '3'],
    ...['--expires-at', '2099-12-31', '--grace-days', '14', '--json'],
  );
  expect(license.json()).toMatchObject({
    name: 'Prod',
    maxActivations: 3,
    counter: 0,
    status: 'active',
    expiresAt: '2099-12-31T23:59:59.000Z',
    graceDays: 14,
    licenseKey: expect.any(String),
  });
  const products = await ops('product', 'list', '--json');
  expect(products.json()).toMatchObject({ items: [{ id: 'acme' }] });
  const accounts = await ops('operator', 'account', 'list', '--json');
  expect(accounts.json()).toMatchObject({
    items: expect.arrayContaining([expect.objectContaining({ email: 'ana@example.com' })]),
  });
});

test('a license goes through its life', async () => {
  const renewed = await ops('license', 'renew', 'Prod', '2098-01-31', '--json');
  expect(renewed.json()).toMatchObject({ expiresAt: '2098-01-31T23:59:59.000Z' });
  const dry = await ops('license', 'seats', 'Prod', '1', '--dry-run', '--json');
  expect(dry.json()).toMatchObject({ maxActivations: 1, hit: [] });
  expect((await ops('license', 'show', 'Prod', '--json')).json()).toMatchObject({
    maxActivations: 3,
  });
  const more = await ops('license', 'seats', 'Prod', 'unlimited', '--json');
  expect(more.json()).toMatchObject({ maxActivations: null });
  const edited = await ops('license', 'edit', 'Prod', '--entitlements', 'a, b=2, c=x', '--json');
  expect(edited.json()).toMatchObject({ entitlements: { a: true, b: 2, c: 'x' } });
  const suspended = await ops('license', 'suspend', 'Prod', '--reason', 'Unpaid', '--json');
  expect(suspended.json()).toMatchObject({ status: 'suspended', reason: 'Unpaid' });
  expect((await ops('license', 'resume', 'Prod', '--json')).json()).toMatchObject({
    status: 'active',
  });
  const key = await ops('license', 'key', 'Prod');
  expect(key.code).toBe(0);
  // Alone on standard output, so that it can be piped.
  expect(key.stdout).toMatch(/^[0-9A-Z-]+\n$/u);
  const revoked = await ops('license', 'revoke', 'Prod', '--reason', 'Refunded', '--json');
  expect(revoked.json()).toMatchObject({ status: 'revoked' });
});

test('a forgotten password: request, number, code by the operator', async () => {
  const asked = await portal.as('ana', [
    ...['account', 'forgot', 'ana@example.com', '--server', portal.url, '--json'],
  ]);
  const { request } = asked.json();
  const list = await ops('operator', 'password-requests', '--json');
  expect(list.json()).toMatchObject({
    items: [{ request, email: 'ana@example.com', status: 'open' }],
  });
  const code = await ops('operator', 'account', 'code', 'ana@example.com', '--json');
  const codeFile = await portal.file('code', `${String(code.json()['code'])}\n`);
  const set = await portal.as(
    'ana',
    [
      ...['account', 'set-password', '--server', portal.url],
      ...['--code-file', codeFile, '--new-password-file', '-'],
    ],
    { input: 'a new password for ana\n' },
  );
  expect(set).toMatchObject({ code: 0 });
  const again = await portal.as(
    'ana',
    [
      ...['account', 'set-password', '--server', portal.url],
      ...['--code-file', codeFile, '--new-password-file', '-'],
    ],
    { input: 'another password for ana\n' },
  );
  expect(again.code).not.toBe(0);
  expect((await portal.signIn('ana', 'ana@example.com', 'a new password for ana')).code).toBe(0);
});

test('a disabled account is out at once, and can be enabled', async () => {
  expect((await portal.as('ana', ['account', 'show'])).code).toBe(0);
  await ops('operator', 'account', 'disable', 'ana@example.com');
  const out = await portal.as('ana', ['account', 'show']);
  expect(out.code).toBe(3);
  expect(out.stderr).toContain('licet login');
  expect((await ops('operator', 'account', 'enable', 'ana@example.com')).code).toBe(0);
  expect((await portal.signIn('ana', 'ana@example.com', 'a new password for ana')).code).toBe(0);
});

test('the journal says who did what, newest last, without a secret', async () => {
  const ran = await ops('journal', 'tail', '--lines', '100', '--json');
  const { items } = ran.json() as { items: { seq: number; action: string }[] };
  expect(items.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['license.create', 'account.create', 'product.create']),
  );
  expect(items.map(({ seq }) => seq)).toEqual(items.map(({ seq }) => seq).sort((a, b) => a - b));
  expect(ran.stdout).not.toContain(operatorPassword);
  expect(ran.stdout).not.toContain(passphrase);
});
