/** Two people who change the same thing: neither undoes the other's change unseen. */
import { describe, expect, test } from 'vitest';
import type { Account } from '../../../shared/api/accounts.ts';
import type { License, LicensePatch, Product } from '../../../shared/api/licenses.ts';
import { createClient } from '../../../tui/client/api/client.ts';
import { ifUnchanged } from '../../../tui/client/api/if-unchanged.ts';
import { openPortal } from '../../support/server/server.ts';

type Portal = Awaited<ReturnType<typeof openPortal>>;

/** A second operator, Bob, signed in. */
const openTwo = async () => {
  const portal = await openPortal();
  await portal.createAccount('bob@example.com', 'operator');
  const path = `/v1/operator/licenses/${portal.license.id}`;
  const patch = (token: string, json: LicensePatch, ifMatch?: string) =>
    portal.ask<License>('PATCH', path, {
      token,
      json,
      headers: ifMatch === undefined ? {} : { 'if-match': ifMatch },
    });
  const bob = await portal.signIn('bob@example.com');
  return { ...portal, bob, patch };
};

const readLicense = async (portal: Portal) => {
  const path = `/v1/licenses/${portal.license.id}`;
  const { body, headers } = await portal.ask<License>('GET', path, { token: portal.operator });
  return { license: body, tag: headers.get('etag') ?? '' };
};

describe('a license', () => {
  test('whose lease hours Olga changed is not set back by the form that Bob had open', async () => {
    const portal = await openTwo();
    const { license, tag } = await readLicense(portal);
    expect(tag).toBe(`"${license.version}"`);
    portal.time.now += 1000;
    const olga = await portal.patch(portal.operator, { policy: { leaseHours: 5 } }, tag);
    expect(olga.status).toBe(200);
    expect(olga.headers.get('etag')).toBe(`"${olga.body.version}"`);

    const changedAt = new Date(portal.time.now).toISOString();
    portal.time.now += 60_000;
    const form = { name: 'Production', policy: license.policy };
    const bob = await portal.patch(portal.bob, form, tag);
    expect(bob.status).toBe(412);
    expect(bob.body).toMatchObject({
      code: 'changed-meanwhile',
      detail: `Prod was changed by Olga Operator at ${changedAt}, after you loaded it. Nothing was saved. Load it again, then make your change.`,
      changedAt,
      changedBy: 'Olga Operator',
      version: olga.body.version,
      current: { name: 'Prod', policy: { leaseHours: 5 }, version: olga.body.version },
    });
    expect((await readLicense(portal)).license).toMatchObject({
      name: 'Prod',
      policy: { leaseHours: 5 },
    });

    // Bob keeps his change all the same, knowing of hers.
    const kept = await portal.patch(portal.bob, form, `"${olga.body.version}"`);
    expect(kept.body).toMatchObject({ name: 'Production', policy: license.policy });
  });

  test('is not suspended, nor tried dry, for a version that is gone', async () => {
    const portal = await openTwo();
    const { tag } = await readLicense(portal);
    await portal.patch(portal.operator, { name: 'Production' });
    const json: LicensePatch = { status: 'suspended', reason: 'unpaid' };
    expect((await portal.patch(portal.bob, { ...json, dryRun: true }, tag)).status).toBe(412);
    expect((await portal.patch(portal.bob, json, tag)).status).toBe(412);
    expect((await readLicense(portal)).license.status).toBe('active');
  });

  test('keeps what a change does not name, and its version where nothing changes', async () => {
    const portal = await openTwo();
    await portal.patch(portal.operator, { policy: { leaseHours: 5 } });
    await portal.patch(portal.bob, { policy: { checkInMinutes: 30 } });
    const { license } = await readLicense(portal);
    expect(license.policy).toMatchObject({ leaseHours: 5, checkInMinutes: 30 });
    portal.time.now += 1000;
    const same = await portal.patch(portal.bob, { name: license.name });
    expect(same.body.version).toBe(license.version);
    // Nor does a seat or a new key change what people edit.
    await portal.activate('web-1');
    const key = `/v1/operator/licenses/${license.id}/license-key`;
    await portal.ask('POST', key, { token: portal.operator });
    expect((await readLicense(portal)).license.version).toBe(license.version);
  });

  test('is changed for any of several versions, for “*”, and for none that is weak or not quoted', async () => {
    const portal = await openTwo();
    const { tag } = await readLicense(portal);
    const rename = (name: string, ifMatch: string) => portal.patch(portal.bob, { name }, ifMatch);
    expect((await rename('One', `"old", ${tag}`)).status).toBe(200);
    expect((await rename('Two', '*')).status).toBe(200);
    const now = (await readLicense(portal)).tag;
    expect((await rename('Three', `W/${now}`)).status).toBe(412);
    expect(await rename('Four', now.slice(1, -1))).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'if-match' }] },
    });
    expect((await readLicense(portal)).license.name).toBe('Two');
  });
});

test('My Info that an operator corrected is not set back by the form that its owner had open', async () => {
  const portal = await openTwo();
  const mine = await portal.ask<Account>('GET', '/v1/account', { token: portal.ana });
  const ifMatch = { 'if-match': mine.headers.get('etag') ?? '' };
  portal.time.now += 1000;
  const path = `/v1/operator/accounts/${portal.owner.id}`;
  const phone = { phone: '+49 30 1234' };
  await portal.ask('PATCH', path, { token: portal.operator, json: phone, headers: ifMatch });

  const json = { name: 'Ana R.', phone: '' };
  const late = await portal.ask('PATCH', '/v1/account', {
    token: portal.ana,
    json,
    headers: ifMatch,
  });
  expect(late).toMatchObject({
    status: 412,
    body: { changedBy: 'Olga Operator', current: { name: 'ana', ...phone } },
  });
  // The other way round the operator is told; signing in or a new password change no info.
  const client = createClient({
    server: 'http://portal.test',
    token: portal.operator,
    fetch: async (input, init) => portal.app.request(new Request(input, init)),
  });
  await portal.signIn('ana@example.com');
  await portal.ask('PATCH', '/v1/account', { token: portal.ana, json: { name: 'Ana R.' } });
  const stale = await ifUnchanged(client, mine.body.version).changeAccount(portal.owner.id, {
    name: 'Anna',
  });
  expect(stale).toMatchObject({
    ok: false,
    error: { kind: 'problem', problem: { status: 412, changedBy: 'Ana R.' } },
  });
});

test('a product whose template another operator changed is not set back', async () => {
  const portal = await openTwo();
  const list = '/v1/operator/products';
  const { body } = await portal.ask<{ items: Product[] }>('GET', list, { token: portal.operator });
  const [product] = body.items;
  if (!product) throw new Error('there is no product');
  const change = (token: string, json: object) =>
    portal.ask<Product>('PATCH', `${list}/${product.id}`, {
      token,
      json,
      headers: { 'if-match': `"${product.version}"` },
    });
  portal.time.now += 1000;
  expect((await change(portal.operator, { template: { days: 30 } })).status).toBe(200);
  const late = await change(portal.bob, { template: { maxActivations: 9 } });
  expect(late).toMatchObject({
    status: 412,
    body: { changedBy: 'Olga Operator', current: { template: { days: 30 } } },
  });
});
