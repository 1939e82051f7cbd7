/** A whole portal as a former version left it opens for ever, and is served. */
import { cp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { collections } from '../../../server/collections.ts';
import { backup } from '../../../server/store/backup/backup.ts';
import { openStore } from '../../../server/store/folder/open-store.ts';
import { restore } from '../../../server/store/backup/restore.ts';
import { verifyJournal } from '../../../server/store/journal/verify-journal.ts';
import { createKeys } from '../../../server/system/keys/create-keys.ts';
import { startLicet, type Served } from '../../support/licet.ts';
import { digestAll, type Contents } from './portal-contents.ts';
import { makeTemporaryFolder, silentLog } from './support.ts';

vi.setConfig({ testTimeout: 60_000 });

interface Expected {
  readonly seq: number;
  readonly license: string;
  readonly contents: Readonly<Record<string, Contents>>;
}

describe.each(['portal-1', 'portal-2'])('the portal of %s', (name) => {
  const fixture = path.join(import.meta.dirname, 'fixtures', name);
  const common = { now: Date.now, log: silentLog };
  let place: string;
  let directory: string;
  let expected: Expected;
  let server: Served | undefined;

  beforeEach(async () => {
    place = await makeTemporaryFolder();
    directory = path.join(place, 'data');
    await cp(fixture, directory, { recursive: true });
    await rm(path.join(directory, 'expected.json'));
    // Tests of the keys of a former version are elsewhere: here each folder gets new ones.
    await rm(path.join(directory, 'keys'), { recursive: true, force: true });
    expected = JSON.parse(await readFile(path.join(fixture, 'expected.json'), 'utf8')) as Expected;
  });
  afterEach(async () => {
    await server?.stop();
    server = undefined;
    await rm(place, { recursive: true, force: true });
  });

  test('has every document that it had, also what was written after its snapshot', async () => {
    const store = await openStore({ ...common, directory, schema: collections });
    expect(store.seq()).toBe(expected.seq);
    expect(await digestAll(store)).toEqual(expected.contents);
    const [account, machines] = await store.read(async (reader) => [
      await reader.accounts.first('email', 'ana@example.com'),
      await reader.activations.by('license', expected.license),
    ]);
    expect(account?.name).toBe('Ana Ruíz');
    expect(machines.map(({ hostname }) => hostname)).toEqual(['build-1', 'build-2', 'build-3']);
    await store.close();
  });

  test('verifies, its checkpoint with it, and goes through a backup', async () => {
    const report = await verifyJournal({ directory });
    expect(report).toMatchObject({ ok: true, records: expected.seq, checkpoints: 1 });
    const { file } = await backup({ directory, file: path.join(place, 'b.tar.gz'), now: Date.now });
    const restored = path.join(place, 'restored');
    await restore({ ...common, file, directory: restored });
    const store = await openStore({ ...common, directory: restored, schema: collections });
    expect(await digestAll(store)).toEqual(expected.contents);
    await store.close();
  });

  test('is served: who had a password signs in and finds the license as it was', async () => {
    await createKeys({ directory }, 'a passphrase for the root', Date.now());
    server = await startLicet(`serve --data ${directory} --listen 127.0.0.1:0`);
    const { url } = server;
    const signedIn = await fetch(`${url}/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ana@example.com', password: 'the owner chose another one' }),
    });
    expect(signedIn.status).toBe(201);
    const { token } = (await signedIn.json()) as { token: string };
    const license = await fetch(`${url}/v1/licenses/${expected.license}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await license.json()).toMatchObject({
      name: 'Prod “Zürich” 🦊',
      product: 'acme-server',
      maxActivations: 3,
      counter: 3,
      offline: 1,
      status: 'active',
    });
  });
});
