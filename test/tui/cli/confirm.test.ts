/** What can't be undone is asked for, or named by --yes: never done unasked. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import path from 'node:path';
import { bundle } from '../../support/bundle.ts';
import { closing } from '../../support/closing.ts';
import { openTerminal } from '../../support/terminal/terminal.ts';
import {
  addOwner,
  done,
  licet,
  openPortal,
  ownerPassword,
  type Portal,
} from '../../support/licet.ts';

let portal: Portal;

beforeAll(async () => {
  portal = await openPortal();
  await addOwner(portal);
  done(await portal.signIn('ana', 'ana@example.com', ownerPassword));
});
afterAll(() => portal.close());

const prod = async () => done(await portal.as('ops', 'license show Prod --json')).json();

const dangerous = [
  'license revoke Prod --reason Refunded',
  'license suspend Prod --reason "Not paid"',
  'license seats Prod 1',
  'activations reset Prod',
];

test.each(dangerous)(
  'without a terminal “licet %s” changes nothing and says --yes',
  async (line) => {
    const before = await prod();
    const ran = await portal.as('ops', line);
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('Add --yes') });
    expect(await prod()).toEqual(before);
  },
);

test('with its errors sent to a file, a command at a terminal revokes nothing unasked', async () => {
  const program = await bundle('tui/main.tsx');
  const terminal = closing(
    openTerminal(
      'sh',
      [
        '-c',
        `"$0" "$1" license revoke Prod --reason x 2>"$2"`,
        process.execPath,
        program,
        path.join(portal.folder, 'log'),
      ],
      {
        cwd: portal.folder,
        columns: 80,
        rows: 20,
        env: { LICET_CONFIG_DIR: path.join(portal.folder, 'config', 'ops') },
      },
    ),
  );
  expect(await terminal.exited).toMatchObject({ code: 2 });
  expect(await prod()).toMatchObject({ status: 'active' });
});

test('a key of the server is not revoked unasked', async () => {
  const ran = await licet(`keys revoke ${'a'.repeat(43)} --reason x --data ${portal.data}`);
  expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('Add --yes') });
});

test('a machine that two licenses have is never released by its name alone', async () => {
  for (const [license, digit] of [
    ['Prod', '8'],
    ['Dev', '9'],
  ] as const) {
    const response = await fetch(`${portal.url}/v1/activations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        email: 'ana@example.com',
        password: ownerPassword,
        licenseId: license,
        machine: { fingerprint: digit.repeat(64), hostname: 'twin' },
      }),
    });
    expect(response.status).toBe(201);
  }
  const ran = await portal.as('ana', 'activations release twin --yes');
  expect(ran).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/act_\S+ \(Prod\).*\(Dev\)/u),
  });
  const released = await portal.as('ana', 'activations release twin --license dev --yes');
  expect(released.stdout).toContain('twin is released: its seat of Dev is free.');
  const dry = await portal.as('ana', 'activations release twin --dry-run');
  expect(dry.stdout).toContain('twin gives up its seat of Prod.');
  done(await portal.as('ana', 'activations release twin --yes'));
});

test('with --yes it goes ahead', async () => {
  expect(await portal.as('ops', 'activations reset Prod --yes')).toMatchObject({ code: 0 });
});
