/** Releases that are published, sent and withdrawn at the same time: none is published without its file. */
import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Release, ReleasePage } from '../../../shared/api/releases.ts';
import { announce, bytesOf, publish, upload } from '../../support/server/released.ts';
import { openPortal, type TestServer } from '../../support/server/server.ts';

const withdraw = (server: TestServer, id: string) =>
  server.ask('DELETE', `/v1/operator/releases/${id}`, { token: server.operator });

/** What is published and can't be fetched. */
const withoutFile = async (server: TestServer): Promise<Release[]> => {
  const { operator: token } = server;
  const { body } = await server.ask<ReleasePage>('GET', '/v1/releases', { token });
  const missing: Release[] = [];
  for (const release of body.items) {
    if (release.status !== 'published') continue;
    const answer = await server.app.request(`/v1/releases/${release.id}/file`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await answer.body?.cancel();
    if (answer.status !== 200) missing.push(release);
  }
  return missing;
};

test('a release that is announced while the last other one of its file is withdrawn has its file, or waits for it', async () => {
  const server = await openPortal();
  const content = bytesOf(2000);
  for (let round = 1; round <= 15; round += 1) {
    const before = await publish(server, content, { version: `1.${round}.0` });
    const [, announced] = await Promise.all([
      withdraw(server, before.id),
      announce(server, content, { version: `2.${round}.0` }),
    ]);
    expect(await withoutFile(server)).toEqual([]);
    await withdraw(server, announced.body.id);
    expect(await readdir(path.join(server.directory, 'releases'))).toEqual([]);
  }
});

test('a release that is withdrawn while its file arrives leaves nothing behind', async () => {
  const server = await openPortal();
  const content = bytesOf(300_000);
  const { body } = await announce(server, content);
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const sending = upload(server, body.id, readable);
  await writer.write(content.subarray(0, 200_000));
  expect((await withdraw(server, body.id)).status).toBe(204);
  await writer.close().catch(() => undefined);
  expect((await sending).status).toBe(404);
  expect(await readdir(path.join(server.directory, 'releases'))).toEqual([]);
});

test('uploads work again once the folder for them can be made: the first failure is not kept', async () => {
  const server = await openPortal();
  const content = bytesOf(1000);
  const { body } = await announce(server, content);
  const folder = path.join(server.directory, 'releases');
  await writeFile(folder, 'in the way');
  expect((await upload(server, body.id, content)).status).toBe(503);
  await rm(folder);
  expect((await upload(server, body.id, content)).status).toBe(200);
  // Nor does it take a restart when somebody removes it.
  await rm(folder, { recursive: true });
  const second = await announce(server, bytesOf(900), { version: '1.1.0' });
  expect((await upload(server, second.body.id, bytesOf(900))).status).toBe(200);
});
