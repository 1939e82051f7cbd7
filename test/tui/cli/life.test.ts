/** What would happen, said by the same rules before it is done; and whom a refusal names. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addOwner, done, openPortal, ownerPassword, type Portal } from '../../support/licet.ts';

let portal: Portal;
let prod: string;
beforeAll(async () => {
  portal = await openPortal('--support-contact help@vendor.example');
  ({ prod } = await addOwner(portal));
  done(await portal.signIn('ana', 'ana@example.com', ownerPassword));
});
afterAll(() => portal.close());

const ops = (line: string) => portal.as('ops', line);
const ana = (line: string) => portal.as('ana', line);
const license = async () => done(await ops(`license show ${prod} --json`)).json();

const activate = async (hostname: string): Promise<number> => {
  const response = await fetch(`${portal.url}/v1/activations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      email: 'ana@example.com',
      password: ownerPassword,
      licenseId: prod,
      machine: { hostname, fingerprint: Buffer.from(hostname.padEnd(32)).toString('hex') },
    }),
  });
  return response.status;
};

test('a dry run says who would be hit by suspending, revoking, moving and lowering, and changes nothing', async () => {
  for (const hostname of ['web-1', 'web-2', 'web-3']) expect(await activate(hostname)).toBe(201);
  done(await ops('operator account create bob@example.com --name Bob'));
  const before = await license();
  for (const [line, said] of [
    ['license suspend Prod --reason "Not paid"', '3 machines online stop when the lease ends.'],
    ['license revoke Prod --reason Refunded', 'A suspension does the same and can be undone.'],
    ['license move Prod bob@example.com', 'ana@example.com no longer sees or manages it.'],
    ['license seats Prod 1', '2 machines would be hit: web-'],
    ['activations reset Prod', '3 machines of Prod give their seats back'],
    ['activations release web-2 --license Prod', 'web-2 gives up its seat of Prod.'],
  ] as const) {
    const dry = done(await ops(`${line} --dry-run`));
    expect(dry.stdout).toContain(said);
    const { status, counter, maxActivations, owner } = await license();
    expect({ status, counter, maxActivations, owner }).toEqual({
      status: before['status'],
      counter: before['counter'],
      maxActivations: before['maxActivations'],
      owner: before['owner'],
    });
  }
});

test('what would be refused is refused dry too, by the same rule', async () => {
  for (const flag of ['--dry-run', '--yes']) {
    const refused = await ops(`license move Prod nobody@example.com ${flag}`);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('No account has') });
  }
  expect(await license()).toMatchObject({ owner: { email: 'ana@example.com' } });
});

test('a refusal names whom to ask: no free seat, a license that is suspended, nothing published', async () => {
  const { request } = done(await ana('offline-key request --json')).json();
  const file = await portal.file('request.txt', String(request));
  const full = await ana(`offline-key issue ${file} --license Prod`);
  expect(full.code).toBe(1);
  expect(full.stderr).toContain('Your license has exceeded its user limit: 3 of 3');
  expect(full.stderr).toContain(`run “licet activations reset ${prod}”`);
  expect(full.stderr).toContain('For more seats, contact help@vendor.example.');
  expect((await ana('release download acme-server')).stderr).toContain('ask help@vendor.example');
  expect((await ana('trial start nothing')).stderr).toContain('help@vendor.example');

  done(await ops('license suspend Prod --reason "The invoice of May is open" --yes'));
  const suspended = await ana(`offline-key issue ${file} --license Prod`);
  expect(suspended.code).toBe(4);
  expect(suspended.stderr).toContain('The invoice of May is open. Contact help@vendor.example.');
});

test('a license that was moved is the other owner’s, and its machines run on', async () => {
  done(await ops('license resume Prod'));
  const moved = done(await ops('license move Prod bob@example.com --yes --json')).json();
  expect(moved).toMatchObject({ owner: { email: 'bob@example.com' }, counter: 3, hit: [] });
  expect((await ana(`license show ${prod}`)).code).toBe(1);
});
