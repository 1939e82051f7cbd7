/** An offline key by the name of its machine alone: wherever it is, and never another one by chance. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addOwner, done, openPortal, ownerPassword, type Portal } from '../../support/licet.ts';

let portal: Portal;
let licenses: Awaited<ReturnType<typeof addOwner>>;
beforeAll(async () => {
  portal = await openPortal();
  licenses = await addOwner(portal);
  done(await portal.signIn('ana', 'ana@example.com', ownerPassword));
});
afterAll(() => portal.close());

/** Makes a key for a machine that is called so. */
const issue = async (hostname: string, license: string): Promise<string> => {
  const state = `${portal.folder}/${hostname}-${license}`;
  const file = `${state}.request`;
  done(
    await portal.as(
      'ana',
      `offline-key request --hostname ${hostname} --state-dir ${state} --fingerprint ${'7'.repeat(64)} --out ${file}`,
    ),
  );
  const made = await portal.as('ana', `offline-key issue ${file} --license ${license} --json`);
  return String(done(made).json()['id']);
};
const show = async (person: string, named: string) =>
  done(await portal.as(person, `offline-key show ${named} --json`)).json()['id'];

test('is found on whichever license it is; where two have one, the license is asked for', async () => {
  const key = await issue('plant-7', licenses.prod);
  expect(await show('ana', 'PLANT-7')).toBe(key);
  expect(await show('ops', 'plant-7')).toBe(key);
  const other = await issue('plant-7', licenses.dev);
  const both = await portal.as('ana', 'offline-key lost plant-7 --reason "The disk broke"');
  expect(both).toMatchObject({ code: 1, stderr: expect.stringContaining(`${key}, ${other}`) });
  expect(await show('ana', other)).toBe(other);
  done(await portal.as('ops', `offline-key write-off ${other} --yes`));
  expect(await show('ana', 'plant-7')).toBe(key);
  const none = await portal.as('ana', 'offline-key show plant-8');
  expect(none.stderr).toContain('There is no offline key “plant-8” on your licenses.');
});

test('is found among more licenses than are looked at one by one', async () => {
  const key = await issue('far-away', licenses.dev);
  const rows = Array.from({ length: 60 }, (_, i) => ({
    ownerEmail: 'ana@example.com',
    name: `More ${i}`,
    product: 'acme-server',
    type: 'perpetual',
  }));
  const list = await portal.file('licenses.json', JSON.stringify(rows));
  done(await portal.as('ops', `license import ${list} --yes --json`));
  expect(await show('ops', 'far-away')).toBe(key);
  expect(await show('ana', 'far-away')).toBe(key);
});
