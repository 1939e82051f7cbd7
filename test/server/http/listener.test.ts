import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { defaultLimits } from '../../../server/http/limits.ts';
import {
  createListener,
  type Listener,
  type ListenerOptions,
} from '../../../server/http/listener.ts';
import { makeAuthority, makeServerIdentity } from '../../../server/system/tls/issue.ts';
import { fingerprintOf } from '../../../shared/sdk/certificate.ts';
import { createTransport, UntrustedError } from '../../../shared/sdk/transport.ts';
import { openRaw, sendRaw } from '../../support/server/raw-http.ts';

let listener: Listener | undefined;
afterEach(async () => {
  await listener?.close(0);
  listener = undefined;
});

const start = async (
  fetch: ListenerOptions['fetch'],
  options: Partial<ListenerOptions> = {},
): Promise<number> => {
  const started = createListener({ fetch, ...options });
  listener = started;
  await new Promise<void>((resolve) => {
    started.server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, resolve);
  });
  return (started.server.address() as AddressInfo).port;
};

const echo: ListenerOptions['fetch'] = async (request, { remoteAddress }) =>
  Response.json({ path: new URL(request.url).pathname, text: await request.text(), remoteAddress });

const problemOf = (answer: string): unknown => JSON.parse(answer.split('\r\n\r\n')[1] ?? '');

describe('a malformed request is refused with a problem, and the connection closed', () => {
  test.each([
    [
      'Content-Length with Transfer-Encoding',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    [
      'Transfer-Encoding with Content-Length',
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n',
      400,
    ],
    [
      'two different lengths',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      400,
    ],
    [
      'a transfer encoding that hides',
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    [
      'a transfer encoding that nobody undoes',
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['two Host headers', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400],
    ['twice the same Host', 'GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n', 400],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['a Host that is none', 'GET / HTTP/1.1\r\nHost: a b/c@d\r\nConnection: close\r\n\r\n', 400],
    ['a folded header', 'GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n', 400],
    [
      'a bare line feed in a chunk',
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n',
      400,
    ],
    ['no HTTP at all', '\x16\x03\x01 hello\r\n\r\n', 400],
    ['headers of 20 KB', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
  ])('%s', async (_what, message, status) => {
    const port = await start(echo);
    const answer = await sendRaw(port, message);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer.toLowerCase()).toContain('content-type: application/problem+json');
    expect(problemOf(answer)).toMatchObject({ status, code: expect.any(String) });
    expect(answer.match(/HTTP\/1\.1/gu)).toHaveLength(1);
  });

  test('and what came after a smuggling attempt is never a request', async () => {
    const paths: string[] = [];
    const port = await start((request) => {
      paths.push(new URL(request.url).pathname);
      return new Response('ok');
    });
    await sendRaw(
      port,
      'POST /first HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n',
    );
    expect(paths).not.toContain('/smuggled');
  });
});

describe('slow clients', () => {
  const limits = { headers: 200, progress: 200, idle: 200 };

  test.each([
    ['nothing', ''],
    ['half a request line', 'GET / HT'],
    ['headers without an end', 'GET / HTTP/1.1\r\nHost: a\r\nX: '],
  ])('that send %s are cut off', async (_what, message) => {
    const port = await start(echo, { limits });
    const answer = await sendRaw(port, message);
    expect(answer === '' || answer.startsWith('HTTP/1.1 408 ')).toBe(true);
  });

  test('that never finish their TLS handshake are cut off', async () => {
    const authority = await makeAuthority('Test', Date.now());
    const tls = await makeServerIdentity(authority, ['localhost'], Date.now());
    const port = await start(echo, { limits, tls });
    expect(await sendRaw(port, '')).toBe('');
    expect(await sendRaw(port, '\x16\x03\x01\x02\x00\x01')).toBe('');
  });

  test('that drip a body byte by byte are cut off', async () => {
    const port = await start(echo, { limits });
    const client = openRaw(port);
    client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n');
    const drip = setInterval(() => client.write('a'), 20);
    expect(await client.closed).toBe('');
    clearInterval(drip);
  });

  test('that make progress may take as long as they need', async () => {
    const port = await start(echo, { limits });
    const client = openRaw(port);
    client.write(
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20480\r\nConnection: close\r\n\r\n',
    );
    for (let sent = 0; sent < 20; sent += 1) {
      await new Promise((resolve) => setTimeout(resolve, 40));
      client.write('a'.repeat(1024));
    }
    expect(await client.closed).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('that do not read their answer are cut off', async () => {
    let ended = (): void => undefined;
    const cancelled = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const port = await start(
      () =>
        new Response(
          new ReadableStream({
            pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
            cancel: () => ended(),
          }),
        ),
      { limits },
    );
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('error', () => undefined);
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect(cancelled).resolves.toBeUndefined();
    socket.destroy();
  });

  test('do not end an event stream that has nothing to say, nor work that takes its time', async () => {
    let finish = (): void => undefined;
    const port = await start(
      (request) =>
        request.url.endsWith('/events')
          ? new Response(new ReadableStream({ start: (c) => c.enqueue(Buffer.from(': hi\n\n')) }), {
              headers: { 'content-type': 'text/event-stream' },
            })
          : new Promise<Response>((resolve) => {
              finish = () => resolve(new Response('done'));
            }),
      { limits },
    );
    const events = openRaw(port);
    events.write('GET /events HTTP/1.1\r\nHost: a\r\n\r\n');
    await events.until(/: hi/);
    const work = openRaw(port);
    work.write('GET /work HTTP/1.1\r\nHost: a\r\n\r\n');
    await new Promise((resolve) => setTimeout(resolve, 600));
    finish();
    expect(await work.until(/done$/)).toContain('200 OK');
    const stillOpen = new Promise((resolve) => setImmediate(resolve, 'still open'));
    expect(await Promise.race([events.closed, stillOpen])).toBe('still open');
    events.destroy();
  });

  test('by the thousand do not keep others waiting, and are cut off', async () => {
    const port = await start(echo, { limits: { ...limits, headers: 4000 } });
    const slow = Array.from({ length: 1000 }, () => {
      const client = openRaw(port);
      client.write('GET / HTTP/1.1\r\nHost:');
      return client;
    });
    const first = Promise.race(
      slow.map(({ closed }) => closed.then(() => 'a slow one was cut off')),
    );
    const answered = fetch(`http://127.0.0.1:${port}/`).then(({ status }) => status);
    expect(await Promise.race([first, answered])).toBe(200);
    await Promise.all(slow.map(({ closed }) => closed));
  });
});

test('what is no request, sent while an answer is under way, gets no bytes into that answer', async () => {
  const port = await start(
    () =>
      new Response(new ReadableStream({ start: (c) => c.enqueue(Buffer.from('the beginning')) })),
  );
  const client = openRaw(port);
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await client.until(/the beginning/u);
  client.write('no request at all\r\n\r\n');
  expect((await client.closed).match(/HTTP\/1\.1 \d+/gu)).toEqual(['HTTP/1.1 200']);
});

test('a request has a hundred headers at most, and is told so', async () => {
  const port = await start(() => new Response('done'));
  const ask = async (headers: number): Promise<string> => {
    const more = Array.from({ length: headers - 2 }, (_, i) => `X-${i}: 1\r\n`).join('');
    const answer = sendRaw(port, `GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${more}\r\n`);
    return (await answer).split('\r\n\r\n')[1] ?? '';
  };
  expect(await ask(100)).toBe('done');
  expect(JSON.parse(await ask(101))).toMatchObject({ status: 431, detail: /100 are the most/u });
});

test.each([
  ['in its time', 0, '200 200'],
  ['that is out of date', -200, 'untrusted'],
  ['of the future', 200, 'untrusted'],
])(
  'a client that pins the authority takes a certificate %s: %s days from now',
  async (_, days, said) => {
    const at = Date.now() + days * 86_400_000;
    const authority = await makeAuthority('Test', Date.now());
    const tls = await makeServerIdentity(authority, ['127.0.0.1'], at);
    const port = await start(echo, { tls });
    const pin = fingerprintOf(new X509Certificate(authority.cert));
    const ask = createTransport({ pin, timeout: 10_000, keepAlive: false });
    const outcome = await Promise.all(
      ['/one', '/two'].map((path) => ask(`https://127.0.0.1:${port}${path}`)),
    ).then(
      (all) => all.map(({ status }) => status).join(' '),
      (error: unknown) => (error instanceof UntrustedError ? 'untrusted' : String(error)),
    );
    expect(outcome).toBe(said);
  },
);

test('ten seconds are what headers and progress have, unless a server is told otherwise', () => {
  expect(defaultLimits).toMatchObject({ headers: 10_000, progress: 10_000, share: 0.75 });
});

describe('connections', () => {
  const open = (port: number, localAddress: string) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    socket.on('error', () => undefined).resume();
    return { socket, closed: once(socket, 'close') };
  };
  const ask = async (port: number, localAddress: string): Promise<string> => {
    const { socket } = open(port, localAddress);
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    let answer = '';
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
    });
    await once(socket, 'close');
    return answer.split('\r\n')[0] ?? '';
  };

  const limits = { connections: 8 };

  test('of one address leave some for others', async () => {
    const port = await start(echo, { limits });
    const crowd = Array.from({ length: 7 }, () => open(port, '127.0.0.1'));
    await Promise.any(crowd.map(({ closed }) => closed));
    expect(await ask(port, '127.0.0.1')).toBe('');
    expect(await ask(port, '127.0.0.2')).toBe('HTTP/1.1 200 OK');
    for (const { socket } of crowd) socket.destroy();
    await vi.waitFor(async () => expect(await ask(port, '127.0.0.1')).toBe('HTTP/1.1 200 OK'));
  });

  test('of a trusted proxy may be all of them', async () => {
    const port = await start(echo, { limits, trustProxy: true });
    const people = Array.from({ length: 7 }, () => open(port, '127.0.0.1'));
    await Promise.all(people.map(({ socket }) => once(socket, 'connect')));
    expect(await ask(port, '127.0.0.1')).toBe('HTTP/1.1 200 OK');
    const last = open(port, '127.0.0.1');
    await once(last.socket, 'connect');
    // One more than there may be is closed as it comes, by a reset where it sent something already.
    expect(await ask(port, '127.0.0.1').catch(() => '')).toBe('');
    for (const { socket } of [...people, last]) socket.destroy();
  });
});

describe('the remote address', () => {
  const ask = async (
    port: number,
    forwardedFor = '198.51.100.1, 203.0.113.9',
  ): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${port}/`, {
      headers: { 'x-forwarded-for': forwardedFor },
    });
    return ((await answer.json()) as { remoteAddress: unknown }).remoteAddress;
  };

  test('is that of the socket, whatever the request says', async () => {
    expect(await ask(await start(echo))).toBe('127.0.0.1');
  });

  test('is what a trusted proxy saw', async () => {
    expect(await ask(await start(echo, { trustProxy: true }))).toBe('203.0.113.9');
  });

  // Some proxies add the port: counted with it, every connection would have new tries at a password.
  test.each([
    ['203.0.113.9:50612', '203.0.113.9'],
    ['[2001:db8::9]:50612', '2001:db8::9'],
    ['[2001:db8::9]', '2001:db8::9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:db8::9', '2001:db8::9'],
    ['unknown', '127.0.0.1'],
    ['999.1.1.1', '127.0.0.1'],
    ['203.0.113.9:x', '127.0.0.1'],
  ])('of a client that the proxy calls %s is %s', async (named, address) => {
    expect(await ask(await start(echo, { trustProxy: true }), named)).toBe(address);
  });
});

test('closing lets a running request end, and ends event streams', async () => {
  const running = Promise.withResolvers<() => void>();
  const port = await start((request, { neverEnds }) => {
    if (request.url.endsWith('/events')) {
      neverEnds();
      return new Response(new ReadableStream({ start: (c) => c.enqueue(Buffer.from(': hi\n\n')) }));
    }
    return new Promise<Response>((resolve) => {
      running.resolve(() => resolve(new Response('done')));
    });
  });
  const events = openRaw(port);
  events.write('GET /events HTTP/1.1\r\nHost: a\r\n\r\n');
  await events.until(/: hi/);
  const work = fetch(`http://127.0.0.1:${port}/work`);
  const finish = await running.promise;
  const closing = listener?.close(10_000);
  await events.closed;
  finish();
  expect(await (await work).text()).toBe('done');
  await closing;
});

test('closing waits no longer than it may for work that never ends', async () => {
  const begun = Promise.withResolvers<void>();
  const port = await start(() => {
    begun.resolve();
    return new Promise<Response>(() => undefined);
  });
  const client = openRaw(port);
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await begun.promise;
  await listener?.close(20);
  expect(await client.closed).toBe('');
});

test('closing waits for work whose client has gone', async () => {
  const begun = Promise.withResolvers<() => void>();
  const state = { finished: false };
  const port = await start(async () => {
    await new Promise<void>((resolve) => begun.resolve(resolve));
    state.finished = true;
    return new Response('done');
  });
  const client = openRaw(port);
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  const finish = await begun.promise;
  client.destroy();
  await client.closed;
  const closing = listener?.close(10_000);
  setImmediate(finish);
  await closing;
  expect(state.finished).toBe(true);
});

test('a server that stops answers who is connected once more, and says that it is the last', async () => {
  const port = await start(echo, { limits: { farewell: 60_000 } });
  const connection = openRaw(port);
  connection.write('GET /first HTTP/1.1\r\nHost: a\r\n\r\n');
  await connection.until(/"path":"\/first"/u);
  const closed = listener?.close(60_000);
  connection.write('GET /second HTTP/1.1\r\nHost: a\r\n\r\n');
  const answers = await connection.closed;
  await closed;
  const [, second = ''] = answers.split('"path":"/first"');
  expect(second).toMatch(/HTTP\/1\.1 200 OK[^]*connection: close[^]*"path":"\/second"/iu);
});
