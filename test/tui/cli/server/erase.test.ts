/** `licet operator account erase`: a person is gone from every file, and the chain still verifies. */
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  addOwner,
  done,
  licet,
  openPortal,
  operatorEmail,
  ownerPassword,
  startLicet,
  type Portal,
} from '../../../support/licet.ts';

// Many processes one after the other, on machines that have other work too.
vi.setConfig({ testTimeout: 120_000 });

let portal: Portal;
let prod: string;
const erase = (email: string, line = '') =>
  licet(`operator account erase ${email} --data ${portal.data} --yes --json ${line}`);

/** The files of the data folder in which a text occurs, in any case. */
const filesWith = async (text: string): Promise<readonly string[]> => {
  const entries = await readdir(portal.data, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.filter((one) => one.isFile())) {
    const file = path.join(entry.parentPath, entry.name);
    if ((await readFile(file, 'utf8')).toLowerCase().includes(text)) found.push(entry.name);
  }
  return found;
};

beforeAll(async () => {
  portal = await openPortal();
  ({ prod } = await addOwner(portal));
  done(await portal.signIn('ana', 'ana@example.com', ownerPassword));
  const added = done(
    await portal.as(
      'ana',
      `users add leo@example.com --license ${prod} --name "Leo Lindqvist" --json`,
    ),
  ).json();
  const setPassword = `account set-password --server ${portal.url} --code-file - --new-password-file -`;
  const input = `${String(added['setPasswordCode'])}\nleo has this password\n`;
  done(await portal.as('leo', setPassword, { input }));
  const answer = await fetch(`${portal.url}/v1/activations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      email: 'leo@example.com',
      password: 'leo has this password',
      machine: { fingerprint: 'a'.repeat(64), hostname: 'plant-7', platform: 'x', version: '1' },
    }),
  });
  if (answer.status !== 201) throw new Error(await answer.text());
});
afterAll(() => portal.close());

test('while the server runs it is refused; afterwards the person is nowhere, and the machine runs on', async () => {
  const running = await erase('leo@example.com');
  expect(running.code).toBe(1);
  expect(running.stderr).toContain(`process ${portal.server.pid}`);
  expect(await portal.server.stop()).toBe(0);
  expect(await filesWith('leo@')).not.toEqual([]);
  expect(await filesWith('lindqvist')).not.toEqual([]);

  const erased = done(await erase('leo@example.com')).json();
  expect(erased).toMatchObject({ activations: 1 });
  expect(Number(erased['documents'])).toBeGreaterThan(2);
  expect(await filesWith('leo@')).toEqual([]);
  expect(await filesWith('lindqvist')).toEqual([]);
  const verified = done(await licet(`journal verify --data ${portal.data} --json`)).json();
  expect(verified).toMatchObject({ ok: true });
  expect(Number(verified['erased'])).toBeGreaterThan(2);

  const server = await startLicet(`serve --data ${portal.data} --listen 127.0.0.1:0`);
  const again = await portal.as(
    'ana-there',
    `login --server ${server.url} --email ana@example.com`,
    {
      input: ownerPassword,
    },
  );
  const machines = await portal.as('ana-there', 'activations list Prod');
  expect(await server.stop()).toBe(0);
  done(again);
  expect(done(machines).stdout).toMatch(/plant-7.*an erased account/u);
});

test('who owns licenses, the last operator and nobody are refused: exit 2', async () => {
  for (const [email, says] of [
    ['ana@example.com', /owns Dev, Prod|owns Prod, Dev/u],
    [operatorEmail, /last operator/u],
    ['nobody@example.com', /There is no account/u],
  ] as const) {
    const ran = await erase(email);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(says);
  }
  expect(await filesWith('ana@example.com')).not.toEqual([]);
});
