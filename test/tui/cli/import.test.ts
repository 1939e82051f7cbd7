/** Lists of licenses by command: in, out, and in again. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addOwner, done, openPortal, type Portal } from '../../support/licet.ts';

let portal: Portal;
let prod: string;
beforeAll(async () => {
  portal = await openPortal();
  ({ prod } = await addOwner(portal));
});
afterAll(() => portal.close());

const ops = (line: string, input?: string) =>
  portal.as('ops', line, input === undefined ? {} : { input });
const count = async (): Promise<number> =>
  (done(await ops('license list --json')).json() as { items: unknown[] }).items.length;

test('a dry run names each bad row and field, and nothing is created, then or later', async () => {
  const file = await portal.file(
    'bad.csv',
    [
      'Owner e-mail;Name;Product;Type;Max activations;Expires at',
      'ana@example.com;Good;acme-server;subscription;5;2099-01-31',
      'ana@example.com;No product;nothing;subscription;5;2099-01-31',
      'ana@example.com;Seats;acme-server;subscription;many;soon',
      'who;Mail;acme-server;subscription;5;',
      'bob@example.com;Stranger;acme-server;perpetual;unlimited;never',
    ].join('\r\n'),
  );
  const before = await count();
  for (const flags of ['--dry-run', '']) {
    const ran = await ops(`license import ${file} ${flags}`);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('Row 2, product: there is no product nothing.');
    expect(ran.stderr).toMatch(/Row 3, maxActivations: must be a number of machines/u);
    expect(ran.stderr).toMatch(/Row 3, expiresAt: must be a date/u);
    expect(ran.stderr).toContain('Row 4, ownerEmail: is not an e-mail address');
    expect(ran.stderr).toContain('Row 5, ownerEmail: no account has the e-mail bob@example.com');
    expect(ran.stderr).not.toContain('Row 1');
  }
  expect(await count()).toBe(before);
});

test('a row is told all that is wrong with it, whether it can be read or not', async () => {
  const cells = [
    'ownerEmail;name;product;type;maxActivations;expiresAt;leaseHours',
    'nobody@example.com;All;nothing;lifetime;many;soon;0',
    'nobody@example.com;Ends;acme-server;perpetual;many;2099-01-31;4',
  ].join('\n');
  const rows = [
    {
      ownerEmail: 'nobody@example.com',
      product: 'nothing',
      type: 'lifetime',
      maxActivations: 0,
      policy: { leaseHours: 'x' },
    },
  ];
  const wrong = async (list: string) =>
    [...(await ops('license import -', list)).stderr.matchAll(/Row (\d+), ([\w.]+): /gu)].map(
      ([, row, field]) => `${row} ${field}`,
    );
  expect((await wrong(cells)).sort()).toEqual([
    '1 expiresAt',
    '1 leaseHours',
    '1 maxActivations',
    '1 ownerEmail',
    '1 product',
    '1 type',
    '2 expiresAt',
    '2 maxActivations',
    '2 ownerEmail',
  ]);
  expect((await wrong(JSON.stringify(rows))).sort()).toEqual([
    '1 maxActivations',
    '1 name',
    '1 ownerEmail',
    '1 policy.leaseHours',
    '1 product',
    '1 type',
  ]);
});

test('a good list is imported whole, with accounts for new owners', async () => {
  const csv = [
    'ownerEmail,ownerName,name,product,type,maxActivations,expiresAt,graceDays,entitlements,floating,leaseHours',
    'bob@example.com,Bob Bold,Plant,acme-server,subscription,5,2099-01-31,7,"exports, users=25, tier=gold",yes,4',
    "bob@example.com,,'=Lab,acme-server,perpetual,unlimited,never,,,,",
  ].join('\n');
  const file = await portal.file('good.csv', csv);
  const dry = done(await ops(`license import ${file} --create-owners --dry-run`));
  expect(dry.stdout).toContain('2 licenses would be created');
  const before = await count();
  const ran = done(await ops('license import - --create-owners --yes --json', csv));
  expect(ran.json()).toMatchObject({
    owners: [{ email: 'bob@example.com', name: 'Bob Bold', setPasswordCode: expect.any(String) }],
    created: [
      {
        row: 1,
        licenseKey: expect.any(String),
        license: {
          name: 'Plant',
          maxActivations: 5,
          graceDays: 7,
          expiresAt: '2099-01-31T23:59:59.000Z',
          entitlements: { exports: true, users: 25, tier: 'gold' },
          policy: { floating: true, leaseHours: 4 },
        },
      },
      { row: 2, license: { name: '=Lab', type: 'perpetual', maxActivations: null } },
    ],
  });
  expect(await count()).toBe(before + 2);
});

test('what is exported can be imported again, as CSV and as JSON', async () => {
  const before = await count();
  const csv = done(await ops('license export')).stdout;
  expect(csv).toContain(`'=Lab`);
  done(await ops('license import - --yes', csv));
  const json = done(await ops('license export --format json')).stdout;
  done(await ops('license import - --yes', json));
  expect(await count()).toBe(before * 4);
  const { items } = done(await ops('license export --json')).json() as {
    items: Record<string, unknown>[];
  };
  const plants = items.filter(({ name }) => name === 'Plant');
  for (const plant of plants) delete plant['id'];
  expect(plants).toHaveLength(4);
  for (const plant of plants) expect(plant).toEqual(plants[0]);
});

test('what is no list of licenses is refused with what to do', async () => {
  for (const [input, said] of [
    ['name,seats\nProd,3', 'There is no column “seats”.'],
    ['[1,', 'This is not JSON that can be read'],
    ['{"a":1}', 'must be [{...}, ...]'],
    ['name,product\n"open', 'This is not CSV that can be read'],
    ['ownerEmail,name', 'The list has no row.'],
  ] as const) {
    const ran = await ops('license import -', input);
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining(said)]);
  }
});

test('usage and search answer by command', async () => {
  const usage = done(await ops(`license usage ${prod} --csv`))
    .stdout.trim()
    .split('\n');
  expect(usage[0]).toBe('day,used,peak,refused,maxActivations');
  expect(usage).toHaveLength(31);
  expect(done(await ops('search ana@')).stdout).toMatch(/license +Prod +acme-server/u);
});
