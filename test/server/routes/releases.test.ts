import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, test, vi } from 'vitest';
import type { DownloadLink, Release, ReleasePage } from '../../../shared/api/releases.ts';
import { offerProgram } from '../../../server/usecases/releases/own-release.ts';
import { announce, bytesOf, publish, sha256, upload } from '../../support/server/released.ts';
import { openPortal, openServer, hour, type TestServer } from '../../support/server/server.ts';

const fetchFile = (
  server: TestServer,
  id: string,
  token: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
) =>
  server.app.request(`/v1/releases/${id}/file`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
  });

const list = async (server: TestServer, token: string, query = '') =>
  (await server.ask<ReleasePage>('GET', `/v1/releases${query}`, { token })).body.items;

const filesIn = (server: TestServer) => readdir(path.join(server.directory, 'releases'));

describe('publishing', () => {
  test('a release is announced, received, signed, and kept by its checksum', async () => {
    const server = await openPortal();
    const content = bytesOf(700_000);
    const announced = await announce(server, content);
    expect(announced).toMatchObject({ status: 201, body: { status: 'awaiting-file' } });
    expect(await list(server, server.ana)).toEqual([]);

    const response = await upload(server, announced.body.id, content);
    expect(response.status).toBe(200);
    const release = (await response.json()) as Release;
    expect(release).toMatchObject({ status: 'published', latest: true, productName: 'Suite' });
    expect(await filesIn(server)).toEqual([sha256(content)]);
    const statement = release.statement ?? '';
    expect(decodeProtectedHeader(statement).typ).toBe('licet-release+jwt');
    expect(decodeJwt(statement)).toMatchObject({
      sub: release.id,
      aud: 'suite',
      licet: { version: '1.0.0', file: 'suite.tar.gz', size: 700_000, sha256: sha256(content) },
    });
    const journal = await server.ask('GET', '/v1/operator/journal', { token: server.operator });
    expect(journal.body).toHaveProperty('items.0.action', 'release.publish');
    expect(journal.body).toHaveProperty('items.0.targetLabel', 'suite.tar.gz');
  });

  test('what broke off goes on where it stopped, also after another try, and is checked as a whole', async () => {
    const server = await openPortal();
    const content = bytesOf(1_000_000);
    const cutAt = (from: number, to: number) => {
      let done = false;
      return new ReadableStream<Uint8Array>({
        pull: (controller) => {
          if (done) controller.error(new Error('gone'));
          else controller.enqueue(content.subarray(from, to));
          done = true;
        },
      });
    };
    const range = (from: number) => `bytes ${from}-${content.length - 1}/${content.length}`;
    const { body } = await announce(server, content);
    expect(body).toMatchObject({ received: 0, status: 'awaiting-file' });
    const early = await upload(server, body.id, content.subarray(10), range(10));
    expect([early.status, await early.json()]).toEqual([
      409,
      expect.objectContaining({ received: 0 }),
    ]);
    const broken = await upload(server, body.id, cutAt(0, 400_000));
    expect([broken.status, await broken.json()]).toEqual([
      400,
      expect.objectContaining({ received: 400_000 }),
    ]);
    expect((await announce(server, content)).body).toMatchObject({ received: 400_000 });
    const again = await upload(server, body.id, cutAt(400_000, 700_000), range(400_000));
    expect(await again.json()).toMatchObject({ received: 700_000 });
    for (const wrong of ['bytes 5-9/1000000', 'bytes 0-9/10', 'bytes 9-3/4', 'lines 1-2/3']) {
      expect((await upload(server, body.id, content, wrong)).status).toBe(400);
    }
    const whole = await upload(server, body.id, content.subarray(700_000), range(700_000));
    expect([whole.status, await whole.json()]).toEqual([
      200,
      expect.objectContaining({ status: 'published', sha256: sha256(content) }),
    ]);
    expect(await filesIn(server)).toEqual([sha256(content)]);
  });

  test('a beginning that is another file’s costs one more try, and is not kept', async () => {
    const server = await openPortal();
    const content = bytesOf(10_000);
    const { body } = await announce(server, content);
    await upload(server, body.id, new Uint8Array(5000));
    const rest = `bytes 5000-${content.length - 1}/${content.length}`;
    expect((await upload(server, body.id, content.subarray(5000), rest)).status).toBe(400);
    expect(await filesIn(server)).toEqual([]);
    expect((await upload(server, body.id, content)).status).toBe(200);
  });

  test('the newest of two that send the same file goes on, and leaves one file', async () => {
    const server = await openPortal();
    const content = bytesOf(10_000);
    const { body } = await announce(server, content);
    const hangs = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(content.subarray(0, 100)),
    });
    const first = upload(server, body.id, hangs);
    const files = () => filesIn(server).catch(() => []);
    await vi.waitFor(async () => expect(await files()).toHaveLength(1));
    expect((await upload(server, body.id, content)).status).toBe(200);
    expect((await first).status).toBe(400);
    expect(await filesIn(server)).toEqual([sha256(content)]);
  });

  test('what nobody went on with for a week is dropped when the next file comes', async () => {
    const server = await openPortal();
    const folder = path.join(server.directory, 'releases');
    await mkdir(folder);
    const [old, recent] = ['a', 'b'].map((digit) => `${digit.repeat(64)}.part`);
    for (const name of [old, recent]) await writeFile(path.join(folder, name ?? ''), 'half');
    const eightDaysAgo = new Date(Date.now() - 8 * 24 * hour);
    await utimes(path.join(folder, old ?? ''), eightDaysAgo, eightDaysAgo);
    const { sha256 } = await publish(server, bytesOf(10));
    expect(new Set(await filesIn(server))).toEqual(new Set([sha256, recent]));
  });

  test('withdrawing takes what came of a file along', async () => {
    const server = await openPortal();
    const content = bytesOf(10_000);
    const { body } = await announce(server, content);
    await upload(server, body.id, content.subarray(0, 100));
    expect(await filesIn(server)).toHaveLength(1);
    await server.ask('DELETE', `/v1/operator/releases/${body.id}`, { token: server.operator });
    expect(await filesIn(server)).toEqual([]);
  });

  test('what arrives damaged or too long is not published and leaves nothing behind', async () => {
    const server = await openPortal();
    const content = bytesOf(10_000);
    const { body } = await announce(server, content);
    const damaged = content.slice();
    damaged[5000] = 1 ^ (damaged[5000] ?? 0);
    const bad = [damaged, new Uint8Array([...content, 0]), new Uint8Array()];
    for (const wrong of bad) {
      const response = await upload(server, body.id, wrong);
      expect(response.status).toBe(400);
    }
    expect(await filesIn(server)).toEqual([]);
    expect(await list(server, server.operator)).toMatchObject([{ status: 'awaiting-file' }]);
    expect((await upload(server, body.id, content)).status).toBe(200);
  });

  test('the same release again is the same; other content under its name is a conflict', async () => {
    const server = await openPortal();
    const release = await publish(server, bytesOf(10));
    const again = await announce(server, bytesOf(10));
    expect(again.body).toMatchObject({ id: release.id, status: 'published' });
    const other = await announce(server, bytesOf(11));
    expect(other).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(other.body).toMatchObject({ detail: expect.stringContaining('published already') });
  });

  test('other files of one version stand beside each other, the one published last first', async () => {
    const server = await openPortal();
    const names = ['suite.deb', 'suite.rpm', 'suite.apk'];
    for (const [index, fileName] of names.entries()) {
      server.time.now += 1;
      await publish(server, bytesOf(10 + index), { fileName });
    }
    const listed = await list(server, server.ana);
    expect(listed.map(({ fileName }) => fileName)).toEqual(names.toReversed());
  });

  test('a file that is here already is published without being sent again, and goes with its last release', async () => {
    const server = await openPortal();
    const first = await publish(server, bytesOf(10));
    const { body: second } = await announce(server, bytesOf(10), { version: '1.0.1' });
    expect(second.status).toBe('published');
    for (const [id, left] of [
      [first.id, 1],
      [second.id, 0],
    ] as const) {
      const { status } = await server.ask('DELETE', `/v1/operator/releases/${id}`, {
        token: server.operator,
      });
      expect(status).toBe(204);
      expect(await filesIn(server)).toHaveLength(left);
    }
    expect((await fetchFile(server, second.id, server.ana)).status).toBe(404);
  });

  test('names that leave the folder, versions that are none and unknown products are refused', async () => {
    const server = await openPortal();
    for (const named of [
      { fileName: '../x' },
      { fileName: '.hidden' },
      { fileName: 'a\u001b[2Jb' },
      { fileName: 'con/x' },
      { version: '1.0' },
      { version: 'latest' },
      { platform: '../linux' },
      { product: 'nothing' },
    ]) {
      const refused = await announce(server, bytesOf(1), named);
      expect(refused).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    }
    const path = '/v1/releases/..%2f..%2fkeys%2funlock/file';
    const { status } = await server.ask('GET', path, { token: server.ana });
    expect(status).toBe(404);
  });

  test('only operators publish and withdraw', async () => {
    const server = await openPortal();
    const release = await publish(server, bytesOf(10));
    for (const [method, target] of [
      ['POST', '/v1/operator/releases'],
      ['PUT', `/v1/operator/releases/${release.id}/file`],
      ['DELETE', `/v1/operator/releases/${release.id}`],
      ['GET', '/v1/operator/releases'],
    ] as const) {
      const { status } = await server.ask(method, target, { token: server.ana });
      expect(status).toBe(403);
    }
  });
});

describe('who may download', () => {
  test('a license that is active or in grace; an ended one says how to renew; a stranger learns nothing', async () => {
    const server = await openPortal({
      type: 'subscription',
      expiresAt: '2026-03-02T08:00:00.000Z',
      graceDays: 2,
    });
    await server.createAccount('eve@example.com');
    const eve = await server.signIn('eve@example.com');
    const release = await publish(server, bytesOf(10));

    expect(await list(server, eve)).toEqual([]);
    expect((await fetchFile(server, release.id, eve)).status).toBe(404);
    expect(await list(server, server.ana)).toMatchObject([{ id: release.id }]);

    server.time.now += 36 * hour;
    const inGrace = await server.signIn('ana@example.com');
    expect((await fetchFile(server, release.id, inGrace)).status).toBe(200);

    server.time.now += 60 * hour;
    const ended = await server.signIn('ana@example.com');
    expect(await list(server, ended)).toEqual([]);
    const refused = await fetchFile(server, release.id, ended);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({
      code: 'license-expired',
      detail: expect.stringContaining('Renew'),
    });
  });

  test("the server's own program is for everybody who signs in", async () => {
    const server = await openPortal();
    await server.createAccount('eve@example.com');
    const eve = await server.signIn('eve@example.com');
    const release = await publish(server, bytesOf(10), { product: 'licet', fileName: 'licet' });
    expect(await list(server, eve)).toMatchObject([{ id: release.id }]);
    expect((await fetchFile(server, release.id, eve)).status).toBe(200);
    const made = await server.ask('POST', '/v1/operator/products', {
      token: server.operator,
      json: { id: 'licet', name: 'Mine' },
    });
    expect(made.status).toBe(409);
  });
});

describe('the list', () => {
  test('has the latest of each platform first, by semantic version, a pre-release only where there is nothing else', async () => {
    const server = await openPortal();
    const versions = [
      ['1.9.0', 'linux-x64'],
      ['1.10.0', 'linux-x64'],
      ['2.0.0-rc.1', 'linux-x64'],
      ['1.2.0', 'windows-x64'],
      ['1.10.0', 'win32-x64'],
      ['0.1.0-beta.2', 'macos-arm64'],
    ] as const;
    for (const [index, [version, platform]] of versions.entries()) {
      await publish(server, bytesOf(index + 1), { version, platform });
    }
    const listed = await list(server, server.ana);
    expect(listed.map((one) => [one.version, one.platform, one.latest])).toEqual([
      ['1.10.0', 'linux-x64', true],
      ['1.10.0', 'windows-x64', true],
      ['0.1.0-beta.2', 'macos-arm64', true],
      ['2.0.0-rc.1', 'linux-x64', false],
      ['1.9.0', 'linux-x64', false],
      ['1.2.0', 'windows-x64', false],
    ]);
    const windows = await list(server, server.ana, '?platform=win32-x64');
    expect(windows.map((one) => one.version)).toEqual(['1.10.0', '1.2.0']);

    const first = await server.ask<ReleasePage>('GET', '/v1/releases?limit=4', {
      token: server.ana,
    });
    const rest = await list(server, server.ana, `?limit=4&cursor=${first.body.nextCursor}`);
    expect([...first.body.items, ...rest]).toEqual(listed);
  });
});

describe('downloading', () => {
  test('whole, in parts, and only what changed', async () => {
    const server = await openPortal();
    const content = bytesOf(600_000);
    const release = await publish(server, content, { fileName: 'Übung “1”.txt' });
    const whole = await fetchFile(server, release.id, server.ana);
    expect(whole.status).toBe(200);
    expect(new Uint8Array(await whole.arrayBuffer())).toEqual(content);
    const etag = whole.headers.get('etag') ?? '';
    expect(etag).toBe(`"${sha256(content)}"`);
    expect(whole.headers.get('content-disposition')).toContain(
      "filename*=UTF-8''%C3%9Cbung%20%E2%80%9C1%E2%80%9D.txt",
    );

    const part = async (headers: Readonly<Record<string, string>>) => {
      const response = await fetchFile(server, release.id, server.ana, headers);
      return { response, body: new Uint8Array(await response.arrayBuffer()) };
    };
    const resumed = await part({ range: 'bytes=300000-', 'if-range': etag });
    expect(resumed.response.status).toBe(206);
    expect(resumed.response.headers.get('content-range')).toBe('bytes 300000-599999/600000');
    expect(resumed.body).toEqual(content.subarray(300_000));
    const middle = await part({ range: 'bytes=10-19' });
    expect(middle.body).toEqual(content.subarray(10, 20));
    const end = await part({ range: 'bytes=-5' });
    expect(end.body).toEqual(content.subarray(-5));
    const last = await part({ range: 'bytes=599999-700000' });
    expect([last.response.headers.get('content-range'), last.body.length]).toEqual([
      'bytes 599999-599999/600000',
      1,
    ]);
    // A range that ends before it begins is none.
    const none = await part({ range: 'bytes=19-10' });
    expect([none.response.status, none.body.length]).toEqual([200, 600_000]);
    expect((await part({ range: 'bytes=-0' })).response.status).toBe(416);
    const changed = await part({ range: 'bytes=10-19', 'if-range': '"other"' });
    expect([changed.response.status, changed.body.length]).toEqual([200, 600_000]);
    const several = await part({ range: 'bytes=0-1,5-6' });
    expect([several.response.status, several.body.length]).toEqual([200, 600_000]);
    const beyond = await part({ range: 'bytes=600000-' });
    expect(beyond.response.status).toBe(416);
    expect(beyond.response.headers.get('content-range')).toBe('bytes */600000');
    // The title goes with the type (RFC 9457, 3.1.3).
    expect(JSON.parse(Buffer.from(beyond.body).toString())).toMatchObject({
      status: 416,
      type: 'urn:licet:problem:invalid-request',
      title: 'The request is not valid',
    });
    const known = await part({ 'if-none-match': etag });
    expect([known.response.status, known.body.length]).toEqual([304, 0]);
    // What a cache keeps the file by is what it was given with it (RFC 9110, 15.4.5).
    for (const name of ['etag', 'cache-control'])
      expect(known.response.headers.get(name)).toBe(whole.headers.get(name));
    const head = await fetchFile(server, release.id, server.ana, {}, 'HEAD');
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '600000']);
  });

  test('is in the journal once for each time that it begins, not for looking or for going on', async () => {
    const server = await openPortal();
    const release = await publish(server, bytesOf(100));
    const get = async (headers: Readonly<Record<string, string>>, method = 'GET') =>
      (await fetchFile(server, release.id, server.ana, headers, method)).arrayBuffer();
    await get({});
    await get({}, 'HEAD');
    await get({ range: 'bytes=50-' });
    const journal = await server.ask<{ items: { action: string }[] }>(
      'GET',
      '/v1/operator/journal',
      { token: server.operator },
    );
    const downloads = journal.body.items.filter(({ action }) => action === 'release.download');
    expect(downloads).toMatchObject([
      { actor: { id: server.owner.id }, target: release.id, outcome: 'ok' },
    ]);
  });

  test('an empty file is a file', async () => {
    const server = await openPortal();
    const release = await publish(server, new Uint8Array());
    const response = await fetchFile(server, release.id, server.ana);
    expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([200, 0]);
  });

  test('a link fetches the file elsewhere for an hour, while its maker may have it', async () => {
    const server = await openPortal();
    const release = await publish(server, bytesOf(100));
    const { status, body } = await server.ask<DownloadLink>(
      'POST',
      `/v1/releases/${release.id}/link`,
      { token: server.ana },
    );
    expect(status).toBe(201);
    const fetched = await server.app.request(body.url, { headers: { range: 'bytes=50-' } });
    expect(fetched.status).toBe(206);
    expect(new Uint8Array(await fetched.arrayBuffer())).toEqual(bytesOf(100).subarray(50));

    await server.ask('PATCH', `/v1/operator/licenses/${server.license.id}`, {
      token: server.operator,
      json: { status: 'suspended', reason: 'unpaid' },
    });
    expect((await server.app.request(body.url)).status).toBe(403);
    await server.ask('PATCH', `/v1/operator/licenses/${server.license.id}`, {
      token: server.operator,
      json: { status: 'active' },
    });
    expect((await server.app.request(body.url)).status).toBe(200);
    server.time.now += hour;
    expect((await server.app.request(body.url)).status).toBe(404);
    expect((await server.app.request(`${body.url}x`)).status).toBe(404);
  });

  test('a file that is missing on the server is said so, not sent as nothing', async () => {
    const server = await openServer();
    await server.createAccount('ana@example.com');
    await server.createLicense();
    const release = await publish(server, bytesOf(100));
    await server.deps.releaseFiles.remove(release.sha256);
    const response = await fetchFile(server, release.id, server.operator);
    expect(response.status).toBe(503);
  });
});

test('the server offers its own program, and a newer one in its place', async () => {
  const server = await openPortal();
  const program = path.join(server.directory, 'program');
  const offer = async (content: Uint8Array) => {
    await writeFile(program, content);
    await offerProgram(server.deps, { path: program, fileName: 'licet', platform: 'linux-x64' });
    return list(server, server.ana, '?product=licet');
  };
  const [first] = await offer(bytesOf(1000));
  expect(first).toMatchObject({ product: 'licet', version: '0.0.0', fileName: 'licet' });
  const fetched = await fetchFile(server, first?.id ?? '', server.ana);
  expect(new Uint8Array(await fetched.arrayBuffer())).toEqual(bytesOf(1000));
  expect(await offer(bytesOf(1000))).toEqual([first]);

  const newer = await offer(bytesOf(2000));
  expect(newer).toMatchObject([{ sha256: sha256(bytesOf(2000)) }]);
  expect(await filesIn(server)).toEqual([sha256(bytesOf(2000))]);
});
