/**
 * The attacker has a page open in a browser that can reach the server, and points the page's own name at the
 * server's address (DNS rebinding): to the browser both are one site, so the page read /metrics, and whatever
 * else is for the machine itself. Links in answers, to downloads and trials, had the attacker's name in them.
 */
import { hostname } from 'node:os';
import { request } from 'node:https';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { serve, type ServeOptions } from '../../server/main.ts';
import { createDataFolders, quietLog, type DataFolders } from '../support/server/data-folder.ts';
import { sendRaw } from '../support/server/raw-http.ts';

let folders: DataFolders;
beforeAll(async () => {
  folders = await createDataFolders();
});
afterAll(() => folders.remove());

const start = async (flags: NonNullable<ServeOptions['flags']>) => {
  const server = await serve({
    directory: await folders.make(),
    version: 'test',
    log: quietLog,
    environment: {},
    flags: { listen: '127.0.0.1:0', ...flags },
  });
  onTestFinished(() => server.close());
  return server;
};

const statusOf = (answer: string): number => Number(answer.split(' ')[1]);

const asker = (url: string) => {
  const port = Number(new URL(url).port);
  return async (host: string, target = '/metrics') => {
    const message = `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    const answer = await sendRaw(port, message);
    return { status: statusOf(answer), answer, port };
  };
};

test('a page whose name was pointed at the loopback reads nothing', async () => {
  const ask = asker((await start({})).url);
  const { status, answer, port } = await ask('evil.example');
  expect(status).toBe(421);
  expect(answer).toContain('application/problem+json');
  expect(answer).toContain('publicUrl');
  for (const host of [
    `evil.example:${port}`,
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'user@localhost',
    '192.0.2.1',
    '',
    hostname(),
  ]) {
    expect([host, (await ask(host)).status]).toEqual([host, 421]);
  }
  // RFC 9112, 3.2.2: the host of the target counts.
  expect((await ask('localhost', 'http://evil.example/metrics')).status).toBe(421);
  for (const host of ['localhost', `LOCALHOST:${port}`, 'localhost.', '127.0.0.1', '[::1]:80']) {
    expect([host, (await ask(host)).status]).toEqual([host, 200]);
  }
  expect((await ask('localhost', 'http://localhost/healthz')).status).toBe(200);
});

test('behind a proxy a server answers to its public URL too, and to no other name', async () => {
  const server = await start({
    publicUrl: 'https://licenses.example.com/',
    tlsNames: 'inner.example.net,*.wild.example',
  });
  const ask = asker(server.url);
  for (const host of ['licenses.example.com', 'inner.example.net', 'a.wild.example', 'localhost']) {
    expect([host, (await ask(host, '/healthz')).status]).toEqual([host, 200]);
  }
  for (const host of ['example.com', 'a.b.wild.example', 'wild.example', 'evil.example']) {
    expect([host, (await ask(host, '/healthz')).status]).toEqual([host, 421]);
  }
});

test('on all addresses it answers to addresses and its own name, and to no other name', async () => {
  const server = await start({ listen: '0.0.0.0:0', insecureHttp: true });
  const ask = asker(server.url);
  for (const host of ['127.0.0.1', '192.0.2.1:8417', '[2001:db8::1]', hostname(), 'localhost']) {
    expect([host, (await ask(host, '/healthz')).status]).toEqual([host, 200]);
  }
  expect((await ask('evil.example', '/healthz')).status).toBe(421);
});

test('with HTTPS it answers to the names of its certificate', async () => {
  const server = await start({ tls: true, tlsNames: 'licenses.example.com' });
  const ask = (host: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const url = new URL('/healthz', server.url);
      const asked = request(url, { headers: { host }, rejectUnauthorized: false, agent: false });
      asked.once('response', (answer) => resolve(answer.resume().statusCode));
      asked.once('error', reject);
      asked.end();
    });
  expect(await ask('licenses.example.com')).toBe(200);
  expect(await ask('evil.example')).toBe(421);
});
