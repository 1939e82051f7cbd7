/** What an operator does by command, as real processes against a real server. */
import type { Product } from '../../../shared/api/licenses.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  done,
  operatorEmail,
  operatorPassword,
  openPortal,
  passphrase,
  type Portal,
} from '../../support/licet.ts';

let portal: Portal;
beforeAll(async () => {
  portal = await openPortal();
});
afterAll(() => portal.close());

const ops = async (line: string) => done(await portal.as('ops', line));

test('whoami says who is signed in and where', async () => {
  const ran = await ops('whoami --json');
  expect(ran.json()).toMatchObject({
    server: portal.url,
    account: { email: operatorEmail, role: 'operator' },
  });
});

test('a product, an owner and a license are created, and the owner gets a card', async () => {
  const product = await ops('product create acme --name Acme --json');
  expect(product.json()).toMatchObject({ id: 'acme', name: 'Acme' });
  const account = await ops('operator account create ana@example.com --name Ana');
  expect(account.stdout).toContain(portal.url);
  expect(account.stdout).toContain('ana@example.com');
  expect(account.stdout).toMatch(/Code +[0-9A-Z]{6}(?:-[0-9A-Z]{6}){3}/u);
  expect(account.stdout).toMatch(/Until +\d{4}-\d{2}-\d{2}/u);
  const license = await ops(
    'license create --owner-email ana@example.com --name Prod --product acme --type subscription --max-activations 3 --expires-at 2099-12-31 --grace-days 14 --json',
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
  expect((await ops('product list --json')).json()).toMatchObject({ items: [{ id: 'acme' }] });
  expect((await ops('operator account list --json')).json()).toMatchObject({
    items: expect.arrayContaining([expect.objectContaining({ email: 'ana@example.com' })]),
  });
});

test('editing a product clears what is given empty or as a dash, and keeps what is left out', async () => {
  const template = '--type perpetual --max-activations 3 --grace-days 14 --seats floating';
  await ops(
    `product create viewer --name Viewer ${template} --resets-per-year 2 --trial-days 9 --trial-url https://try.example.com/`,
  );
  const edited = async (line: string) =>
    (await ops(`product edit viewer ${line} --json`)).json() as unknown as Product;
  const cleared = await edited('--max-activations "" --seats - --trial-days - --trial-url ""');
  expect(cleared.template).toEqual({ type: 'perpetual', graceDays: 14, resetsPerYear: 2 });
  expect(cleared.trial).toMatchObject({ days: 14, url: null });
  expect((await edited('--type - --resets-per-year unlimited')).template).toEqual({
    graceDays: 14,
    resetsPerYear: null,
  });
  const nothing = await portal.as('ops', 'product edit viewer --name ""');
  expect(nothing).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/Name .*empty.*--name/su),
  });
});

test('a license that is to end never is perpetual, and none that has to end', async () => {
  const create = 'license create --owner-email ana@example.com --product acme --expires-at never';
  const made = await ops(`${create} --name Always --json`);
  expect(made.json()).toMatchObject({ type: 'perpetual', expiresAt: null });
  const refused = await portal.as('ops', `${create} --name Yearly --type subscription`);
  expect(refused).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('A subscription ends'),
  });
});

test('a license goes through its life', async () => {
  const after = async (line: string) => (await ops(`license ${line} --json`)).json();
  expect(await after('renew Prod 2098-01-31')).toMatchObject({
    expiresAt: '2098-01-31T23:59:59.000Z',
  });
  expect(await after('seats Prod 1 --dry-run')).toMatchObject({ maxActivations: 1, hit: [] });
  expect(await after('show Prod')).toMatchObject({ maxActivations: 3 });
  expect(await after('seats Prod unlimited --yes')).toMatchObject({ maxActivations: null });
  expect(await after('edit Prod --entitlements "a, b=2, c=x"')).toMatchObject({
    entitlements: { a: true, b: 2, c: 'x' },
  });
  expect(await after('suspend Prod --reason "Not paid" --yes')).toMatchObject({
    status: 'suspended',
    reason: 'Not paid',
  });
  expect(await after('resume Prod')).toMatchObject({ status: 'active' });
  // Alone on standard output, so that it can be piped.
  expect((await ops('license key Prod --yes')).stdout).toMatch(/^[0-9A-Z-]+\n$/u);
  expect(await after('revoke Prod --reason Refunded --yes')).toMatchObject({ status: 'revoked' });
});

test('a forgotten password: request, number, code by the operator', async () => {
  const asked = await portal.as(
    'ana',
    `account forgot ana@example.com --server ${portal.url} --json`,
  );
  const { request } = asked.json();
  expect((await ops('operator password-requests --json')).json()).toMatchObject({
    items: [{ request, email: 'ana@example.com', status: 'open' }],
  });
  const { code } = (await ops('operator account code ana@example.com --json')).json();
  const codeFile = await portal.file('code', `${String(code)}\n`);
  const set = (password: string) =>
    portal.as(
      'ana',
      `account set-password --server ${portal.url} --code-file ${codeFile} --new-password-file -`,
      { input: `${password}\n` },
    );
  done(await set('a new password for ana'));
  expect((await set('another password for ana')).code).not.toBe(0);
  done(await portal.signIn('ana', 'ana@example.com', 'a new password for ana'));
});

test('a disabled account is out at once, and can be enabled', async () => {
  done(await portal.as('ana', 'account show'));
  await ops('operator account disable ana@example.com --yes');
  const out = await portal.as('ana', 'account show');
  expect(out.code).toBe(3);
  expect(out.stderr).toContain('licet login');
  await ops('operator account enable ana@example.com');
  done(await portal.signIn('ana', 'ana@example.com', 'a new password for ana'));
});

test('the journal says who did what, newest last, without a secret', async () => {
  const ran = await ops('journal tail --lines 100 --json');
  const { items } = ran.json() as { items: { seq: number; action: string }[] };
  expect(items.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['license.create', 'account.create', 'product.create']),
  );
  expect(items.map(({ seq }) => seq)).toEqual(items.map(({ seq }) => seq).sort((a, b) => a - b));
  expect(ran.stdout).not.toContain(operatorPassword);
  expect(ran.stdout).not.toContain(passphrase);
});
