/** POST /v1/operator/backup: what is sent restores to what the server had. */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { onTestFinished, expect, test } from 'vitest';
import { collections } from '../../../server/collections.ts';
import { openStore } from '../../../server/store/folder/open-store.ts';
import { restore } from '../../../server/store/backup/restore.ts';
import {
  goodPassword,
  openPortal,
  openServer,
  type TestServer,
} from '../../support/server/server.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

const backup = (server: TestServer, token: string, query = '', currentPassword = goodPassword) =>
  server.app.request(`/v1/operator/backup${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ currentPassword }),
  });

const makeFolder = async (): Promise<string> => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'licet-backup-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

test('the file restores to the state of the server, with its own record in the journal', async () => {
  const server = await openServer();
  await server.ask('POST', '/v1/operator/products', {
    token: server.operator,
    json: { id: 'suite', name: 'Suite' },
  });
  const answer = await backup(server, server.operator);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/gzip');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const name = /filename="(licet-\w+-\d+\.tar\.gz)"/u.exec(
    answer.headers.get('content-disposition') ?? '',
  )?.[1];
  const folder = await makeFolder();
  const file = path.join(folder, name ?? '');
  const bytes = Buffer.from(await answer.arrayBuffer());
  await writeFile(file, bytes);

  const directory = path.join(folder, 'restored');
  const { seq } = await restore({ file, directory, now: Date.now, log: quiet });
  expect(seq).toBe(server.deps.store.seq());
  const store = await openStore({ directory, schema: collections, now: Date.now, log: quiet });
  const products = await store.read((reader) => reader.products.list());
  const actions: string[] = [];
  for await (const entry of store.entries()) actions.push(entry.action);
  await store.close();
  expect(products.map(({ id }) => id)).toEqual(['suite']);
  expect(actions.at(-2)).toBe('backup.send');

  const unlock = (await readFile(path.join(server.directory, 'keys', 'unlock'), 'utf8')).trim();
  expect(gunzipSync(bytes).includes(unlock)).toBe(false);
});

test('the files to download may be left out', async () => {
  const server = await openServer();
  const expected = { sha256: createHash('sha256').update('x').digest('hex'), size: 1 };
  await server.deps.releaseFiles.receive(new Blob(['x']).stream(), expected);
  const part = `${expected.sha256}.part`;
  await writeFile(path.join(server.directory, 'releases', part), 'half of it');
  const whole = Buffer.from(await (await backup(server, server.operator)).arrayBuffer());
  const small = Buffer.from(
    await (await backup(server, server.operator, '?releases=false')).arrayBuffer(),
  );
  expect(gunzipSync(whole).includes('releases/')).toBe(true);
  expect(gunzipSync(whole).includes(part)).toBe(false);
  expect(gunzipSync(small).includes('releases/')).toBe(false);
  expect((await backup(server, server.operator, '?releases=some')).status).toBe(400);
});

test('a client that goes away ends it, and the next one gets its own', async () => {
  const server = await openServer();
  const answer = await backup(server, server.operator);
  await answer.body?.cancel();
  const again = await backup(server, server.operator);
  expect((await again.arrayBuffer()).byteLength).toBeGreaterThan(500);
});

test('of damaged data none is made, and the operator hears where to look', async () => {
  const server = await openServer();
  await writeFile(path.join(server.directory, 'db.json'), 'null');
  const answer = await backup(server, server.operator);
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({
    code: 'unavailable',
    detail: expect.stringContaining('licet doctor'),
  });
});

test('nobody but operators gets one', async () => {
  const portal = await openPortal();
  expect((await backup(portal, portal.ana)).status).toBe(403);
  expect((await backup(portal, 'no-token')).status).toBe(401);
});

test('a session that an operator left open carries nothing away: it asks for the password again', async () => {
  const server = await openServer();
  const { headers } = await backup(server, server.operator, '', 'a guess of the thief');
  expect(headers.get('content-type')).toContain('application/problem+json');
  const guesses = Array.from({ length: 20 }, async () => {
    const { status } = await backup(server, server.operator, '', 'a guess');
    return status;
  });
  const statuses = await Promise.all(guesses);
  expect(new Set(statuses)).toEqual(new Set([401, 429]));
});
