/** A trial by command, taken to a real instance that verifies by the published key set. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exampleOf } from '../../support/examples/documents.ts';
import { addOwner, done, openPortal, ownerPassword, type Portal } from '../../support/licet.ts';

let portal: Portal;
let instance: { readonly url: string; stop(): void };

/** Starts the instance of docs/trial.md and waits until it says where it is. */
const startInstance = async () => {
  const { issuer } = (await (await fetch(`${portal.url}/v1/server`)).json()) as { issuer: string };
  const file = await portal.file('instance.mjs', await exampleOf('trial.md', 'instance.js'));
  const modules = new URL('../../../node_modules', import.meta.url).pathname;
  await symlink(modules, path.join(portal.folder, 'node_modules'));
  const child = spawn(process.execPath, [file], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { LICET: portal.url, ISSUER: issuer },
  });
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  const url = `http://127.0.0.1:${chunk.toString().trim()}/`;
  return { url, stop: () => void child.kill() };
};

beforeAll(async () => {
  portal = await openPortal();
  await addOwner(portal);
  instance = await startInstance();
  done(
    await portal.as(
      'ops',
      `product edit acme-server --entitlements "exports, systemConfiguration" --trial-days 10 --trial-url ${instance.url}`,
    ),
  );
  done(await portal.signIn('ana', 'ana@example.com', ownerPassword));
});
afterAll(async () => {
  instance.stop();
  await portal.close();
});

const ana = async (line: string) => done(await portal.as('ana', line));

/** Goes to an address as a browser does: what the page says in the end, and with which status. */
const visit = async (url: string): Promise<readonly [number, string]> => {
  let response = await fetch(url, { redirect: 'manual' });
  let at = url;
  for (let hops = 0; response.status >= 300 && response.status < 400 && hops < 5; hops += 1) {
    at = new URL(response.headers.get('location') ?? '', at).href;
    const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
    response = await fetch(at, { redirect: 'manual', headers: { cookie } });
  }
  return [response.status, await response.text()];
};

test('an owner starts a trial and arrives at the instance signed in, once', async () => {
  expect((await ana('trial list')).stdout).toMatch(/Acme Server +acme-server +10 +yes/u);
  const started = (await ana('trial start acme-server --json')).json();
  expect(started).toMatchObject({ license: { type: 'trial' } });
  const url = String(started['url']);
  expect(await visit(url)).toEqual([200, 'ana@example.com, without system configuration']);
  const [status, said] = await visit(url);
  expect([status, said]).toEqual([401, expect.stringContaining('used already')]);
});

test('the short address of a later visit leads there too; a changed token does not', async () => {
  const opened = await ana('trial open');
  expect(opened.stdout).toContain('/v1/trial-logins/');
  const { shortUrl, url } = (await ana('trial open --json')).json();
  expect(await visit(String(shortUrl))).toEqual([200, expect.stringContaining('ana@example.com')]);
  const changed = String(url).replace(/.{3}$/u, 'AAA');
  expect((await visit(changed))[0]).toBe(401);
});

test('a second trial is refused with the way to the first; an operator turns it into a license', async () => {
  const second = await portal.as('ana', 'trial start acme-server');
  expect(second.code).toBe(1);
  expect(second.stderr).toContain('licet trial open acme-server');
  const { items } = (await ana('trial list --json')).json() as {
    items: { trial: { licenseId: string } }[];
  };
  const id = items[0]?.trial.licenseId ?? '';
  const bought = await portal.as('ops', `trial purchase ${id} --max-activations 4 --json`);
  expect(done(bought).json()).toMatchObject({
    id,
    type: 'subscription',
    maxActivations: 4,
    entitlements: { systemConfiguration: true },
  });
  const after = await portal.as('ana', 'trial open');
  expect(after.code).toBe(1);
  expect(after.stderr).toContain('Download the product instead');
});
