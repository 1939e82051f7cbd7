/**
 * The attacker has a copy of the data folder. An Idempotency-Key makes the server remember the request, and it
 * once remembered it by a plain SHA-256: with a password in the request, a list of common passwords and a day
 * of hashing gave the password away. Folders of that version keep working, and are cleaned at the next start.
 */
import { createHash } from 'node:crypto';
import { chmod, cp, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { serve } from '../../server/main.ts';
import { verifyJournal } from '../../server/store/journal/verify-journal.ts';
import { quietLog } from '../support/server/data-folder.ts';
import { goodPassword, openPortal } from '../support/server/server.ts';
import { makeTemporaryFolder } from '../server/store/support.ts';

const fixture = path.join(import.meta.dirname, '../server/store/fixtures/portal-2');

const textsOf = async (folder: string): Promise<string> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = files.map((file) => readFile(path.join(file.parentPath, file.name), 'latin1'));
  return (await Promise.all(texts)).join('\n');
};

/** The folder of the earlier version, closed to others as it was there. */
const copyOfFixture = async (): Promise<string> => {
  const directory = path.join(await makeTemporaryFolder(), 'data');
  onTestFinished(() => rm(path.dirname(directory), { recursive: true, force: true }));
  await cp(fixture, directory, { recursive: true });
  await rm(path.join(directory, 'expected.json'));
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    await chmod(path.join(entry.parentPath, entry.name), entry.isFile() ? 0o600 : 0o700);
  }
  await chmod(directory, 0o700);
  return directory;
};

const machine = (hostname: string) => ({
  hostname,
  fingerprint: createHash('sha256').update(hostname).digest('hex'),
  platform: 'linux-x64',
  version: '1.0.0',
});

test('a stolen folder does not tell which password an activation was sent with', async () => {
  const portal = await openPortal();
  const request = {
    email: 'ana@example.com',
    password: goodPassword,
    machine: { fingerprint: 'ab'.repeat(32), hostname: 'host-1', platform: 'linux', version: '1' },
  };
  const headers = { 'idempotency-key': 'a-key-of-the-product' };
  const first = await portal.ask('POST', '/v1/activations', { json: request, headers });
  expect(first.status).toBe(201);
  const text = await textsOf(portal.directory);
  const hash = createHash('sha256').update(JSON.stringify(request)).digest('hex');
  expect(text).not.toContain(hash);
  expect(text).toContain('requestMac');
  expect(text).not.toContain('requestHash');
  const again = await portal.ask('POST', '/v1/activations', { json: request, headers });
  expect(again.body).toEqual(first.body);
});

test('a folder of the earlier version is cleaned of request hashes, and repeats its answers', async () => {
  const directory = await copyOfFixture();
  const before = await textsOf(directory);
  const hashes = [...before.matchAll(/"requestHash":"([0-9a-f]{64})"/gu)].map(([, hash]) => hash);
  expect(hashes.length).toBeGreaterThan(3);

  // A day later the answers would be forgotten, so the clock is that of the folder.
  const now = Math.max(
    ...[...before.matchAll(/"createdAt":(\d{13})/gu)].map(([, at]) => Number(at)),
  );
  const server = await serve({
    directory,
    version: 'test',
    log: quietLog,
    environment: {},
    flags: { listen: '127.0.0.1:0' },
    now: () => now + 60_000,
  });
  try {
    await vi.waitFor(async () => {
      const text = await textsOf(directory);
      expect(hashes.filter((hash) => text.includes(hash ?? ''))).toEqual([]);
    });
    // The last activation of the folder, sent once more. A new one of this machine would be a 200.
    const license = /"licenses\/(lic_\w+)"/u.exec(before)?.[1];
    const again = await fetch(`${server.url}/v1/activations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'request-number-19' },
      body: JSON.stringify({
        email: 'ana@example.com',
        password: 'the owner chose another one',
        licenseId: license,
        machine: machine('build-3'),
      }),
    });
    expect(again.status).toBe(201);
  } finally {
    await server.close();
  }
  expect(await verifyJournal({ directory })).toMatchObject({ ok: true });
});
