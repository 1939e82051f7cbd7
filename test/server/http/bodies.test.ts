import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from '../../../server/app.ts';
import { createListener, type Listener } from '../../../server/http/listener.ts';
import { openRaw } from '../../support/server/raw-http.ts';
import { openServer, type TestServer } from '../../support/server/server.ts';

let server: TestServer;
let listener: Listener;
let port = 0;
const logged: unknown[] = [];
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  server = await openServer((close) => closers.push(close));
  const log = { ...server.deps.log, error: (fields: object) => void logged.push(fields) };
  const app = createApp({ ...server.deps, log });
  listener = createListener({ fetch: (request, env) => app.fetch(request, env) });
  await new Promise<void>((resolve) => {
    listener.server.listen(0, '127.0.0.1', resolve);
  });
  ({ port } = listener.server.address() as AddressInfo);
});
afterAll(async () => {
  await listener.close(0);
  for (const close of closers) await close();
});

const post = async (
  body: string | Buffer<ArrayBuffer> | ReadableStream,
  type = 'application/json',
) => {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
    ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
  });
  return {
    status: answer.status,
    problem: (await answer.json()) as { code: string; detail: string },
  };
};

describe('a body', () => {
  test.each([
    ['that is no JSON', '{"email":', 'not valid JSON'],
    ['that is null', 'null', 'does not fit'],
    ['that is a list', '[]', 'does not fit'],
    ['that is empty', '', ''],
    ['nested 60,000 levels deep', `${'['.repeat(60_000)}${']'.repeat(60_000)}`, 'deeper than 32'],
    [
      'with objects nested 60,000 levels deep',
      `${'{"a":'.repeat(60_000)}1${'}'.repeat(60_000)}`,
      'deeper than 32',
    ],
    ['with __proto__', '{"__proto__":{"role":"operator"},"email":"a@b.example"}', '__proto__'],
    ['with a member twice', '{"email":"a@b.example","email":"c@d.example"}', 'there twice'],
    ['with a byte order mark in the middle', '{"email"\ufeff:1}', 'colon is missing'],
    ['of text after its end', '{} {}', 'after its end'],
    // Read as U+FFFD, each would be the same password as any other of its kind.
    ['that is not UTF-8', Buffer.from('7b2261223a22ff227d', 'hex'), 'not UTF-8'],
    ['with half a character', '{"email":"a@b.example","password":"\\ud800"}', 'surrogate'],
  ])('%s is refused with a problem', async (_what, body, text) => {
    const { status, problem } = await post(body);
    expect(status).toBe(400);
    expect(problem.code).toBe('invalid-request');
    expect(problem.detail).toContain(text);
    expect(JSON.stringify(problem)).not.toMatch(/\bat .*\.[tj]s|node_modules/u);
  });

  test('of another content type is not taken for JSON', async () => {
    const body = '{"email":"a@b.example","password":"x"}';
    expect((await post(body, 'text/plain')).status).toBe(400);
  });

  test('with constructor or prototype as keys changes nothing', async () => {
    await post('{"constructor":{"prototype":{"polluted":true}}}');
    expect('polluted' in {}).toBe(false);
  });

  test('with a password of 10 MB is refused, and nothing is hashed', async () => {
    let hashed = 0;
    const { passwords } = server.deps;
    const app = createApp({
      ...server.deps,
      passwords: {
        ...passwords,
        verify: (password, phc) => {
          hashed += 1;
          return passwords.verify(password, phc);
        },
      },
    });
    const body = JSON.stringify({ email: 'op@example.com', password: 'a'.repeat(10_000_000) });
    const answer = await app.request('/v1/sessions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': String(body.length) },
      body,
    });
    expect(answer.status).toBe(413);
    const short = JSON.stringify({ email: 'op@example.com', password: 'a'.repeat(1025) });
    const tooLong = await app.request('/v1/sessions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': String(short.length) },
      body: short,
    });
    expect(tooLong.status).toBe(400);
    expect(hashed).toBe(0);
  });

  test('over its limit by Content-Length is refused before it is sent', async () => {
    const client = openRaw(port);
    client.write(
      'POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n',
    );
    expect(await client.until(/\}/)).toMatch(/^HTTP\/1\.1 413 .*payload-too-large/su);
    await client.closed;
  });

  test('over its limit in chunks is refused, and not read to its end', async () => {
    const client = openRaw(port);
    client.write(
      'POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    const chunk = `${(65_536).toString(16)}\r\n${' '.repeat(65_536)}\r\n`;
    for (let i = 0; i < 17; i += 1) client.write(chunk);
    expect(await client.until(/payload-too-large/)).toMatch(/^HTTP\/1\.1 413 /);
    // It goes on sending for ever; the server hangs up.
    const endless = setInterval(() => client.write(chunk), 1);
    await client.closed;
    clearInterval(endless);
  });

  test('of many values is read for operators who import a list, and for nobody else', async () => {
    const rows = Array.from({ length: 1500 }, () => ({ name: 'x'.repeat(500), a: 1, b: 2, c: 3 }));
    const send = (token?: string) =>
      fetch(`http://127.0.0.1:${port}/v1/operator/licenses/import`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ rows, dryRun: true }),
      });
    const read = await send(server.operator);
    expect([read.status, ((await read.json()) as { rows: number }).rows]).toEqual([200, 1500]);
    await server.createAccount('ana@example.com');
    expect((await send(await server.signIn('ana@example.com'))).status).toBe(403);
    expect((await send()).status).toBe(401);
    const { status, problem } = await post(JSON.stringify({ rows }));
    expect([status, problem.detail]).toEqual([400, expect.stringContaining('too many values')]);
  });

  test('in chunks that are not UTF-8 is refused like any other', async () => {
    const bytes = new ReadableStream({
      start: (controller) => {
        controller.enqueue(Buffer.from('7b2261223a22ff227d', 'hex'));
        controller.close();
      },
    });
    const { status, problem } = await post(bytes);
    expect([status, problem.detail]).toEqual([400, expect.stringContaining('not UTF-8')]);
  });

  test('in chunks below its limit is read like any other', async () => {
    const text = JSON.stringify({ email: 'nobody@example.com', password: 'x' });
    const stream = new ReadableStream({
      start: (controller) => {
        for (const letter of text) controller.enqueue(Buffer.from(letter));
        controller.close();
      },
    });
    const { status, problem } = await post(stream);
    expect([status, problem.code]).toEqual([401, 'invalid-credentials']);
  });

  test('that breaks off is not an error of the server', async () => {
    const client = openRaw(port);
    client.write(
      'POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"email"',
    );
    client.destroy();
    await client.closed;
    expect((await post('null')).status).toBe(400);
  });
});

test('none of that was logged as an error of the server', () => {
  expect(logged).toEqual([]);
});

test('answers tell browsers and caches to keep nothing', async () => {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/server`);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
});
