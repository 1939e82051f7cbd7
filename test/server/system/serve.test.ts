import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { json as parseJson } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { serve, type RunningServer, type ServeOptions } from '../../../server/main.ts';
import { announceKeyChange } from '../../../server/system/keys/announce-change.ts';
import { keyPaths } from '../../../server/system/keys/keyring.ts';
import { rotateSigningKey } from '../../../server/system/keys/manage-keys.ts';
import {
  createDataFolders,
  operatorEmail,
  operatorPassword,
  quietLog,
  rootPassphrase,
  type DataFolders,
} from '../../support/server/data-folder.ts';
import { openRaw } from '../../support/server/raw-http.ts';

let folders: DataFolders;
let directory = '';
const running: RunningServer[] = [];
const children: ChildProcess[] = [];
beforeAll(async () => {
  folders = await createDataFolders();
});
afterAll(() => folders.remove());
beforeEach(async () => {
  directory = await folders.make();
});
afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

const start = async (options: Partial<ServeOptions> = {}): Promise<RunningServer> => {
  const flags = { listen: '127.0.0.1:0', ...options.flags };
  const server = await serve({
    version: 'test',
    log: quietLog,
    environment: {},
    directory,
    ...options,
    flags,
  });
  running.push(server);
  return server;
};

/** @param under a command that runs another, which is appended */
const spawnServer = async (flags: object = {}, under: readonly string[] = []) => {
  const program = fileURLToPath(new URL('../../support/server/serve-process.ts', import.meta.url));
  const settings = JSON.stringify({ listen: '127.0.0.1:0', ...flags });
  const [command, ...args] = [...under, process.execPath, program, directory, settings];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  const { listening } = JSON.parse(line) as { listening: string };
  return { child, url: listening, log: () => log };
};

const info = async (server: RunningServer): Promise<{ name: string }> =>
  (await (await fetch(`${server.url}/v1/server`)).json()) as { name: string };

describe('a server does not start', () => {
  test.each(['0.0.0.0:0', '[::]:0', '192.0.2.1:0', 'example.com:0'])(
    'with plain HTTP on %s',
    async (listen) => {
      await expect(start({ flags: { listen } })).rejects.toThrow(
        /Plain HTTP on .* would send passwords readable over the network/u,
      );
    },
  );

  test('on a port that is in use, and frees the folder', async () => {
    const first = await start();
    const other = await folders.make();
    const listen = new URL(first.url).host;
    await expect(start({ directory: other, flags: { listen } })).rejects.toThrow(
      `${listen} is in use by another program`,
    );
    await start({ directory: other });
  });

  test('on a folder that another server has', async () => {
    await start();
    await expect(start()).rejects.toThrow(`in use by process ${process.pid}`);
  });

  test('on a folder that is not licet’s', async () => {
    await expect(start({ directory: join(directory, 'journal') })).rejects.toThrow('licet init');
  });
});

test('plain HTTP off the loopback is possible when asked for', async () => {
  const server = await start({ flags: { listen: '0.0.0.0:0', insecureHttp: true } });
  expect((await fetch(server.url.replace('0.0.0.0', '127.0.0.1'))).status).toBe(404);
});

describe('settings', () => {
  test('come from flags before variables before the file', async () => {
    writeFileSync(join(directory, 'licet.json'), '{"name":"from the file"}');
    expect((await info(await start())).name).toBe('from the file');
    await running.pop()?.close();
    const environment = { LICET_NAME: 'from a variable' };
    expect((await info(await start({ environment }))).name).toBe('from a variable');
    await running.pop()?.close();
    const flags = { name: 'from a flag' };
    expect((await info(await start({ environment, flags }))).name).toBe('from a flag');
  });

  test.each<[string, Partial<ServeOptions>, string]>([
    [
      'a flag',
      { flags: { listen: 'nowhere' } },
      'The setting "listen" is "nowhere" (from --listen), and must be HOST:PORT',
    ],
    [
      'a variable',
      { environment: { LICET_TRUST_PROXY: 'maybe' } },
      'The setting "trustProxy" is "maybe" (from LICET_TRUST_PROXY), and must be true or false.',
    ],
    [
      'a number',
      { flags: { connections: '3' } },
      'The setting "connections" is "3" (from --connections), and must be a whole number from 10',
    ],
    ['half a pair', { flags: { tlsCert: '/x.pem' } }, '"tlsCert" and "tlsKey" go together'],
  ])('that are wrong in %s are named with what is allowed', async (_where, options, text) => {
    await expect(start(options)).rejects.toThrow(text);
  });

  test.each([
    ['{"lisen":"x"}', 'has a setting "lisen", which does not exist. Settings are: listen,'],
    ['{"name":', 'is not JSON'],
    ['[]', 'must hold one JSON object'],
    ['{"logLevel":"loud"}', '"logLevel" is "loud" (from '],
  ])('of the file %s are refused', async (text, message) => {
    writeFileSync(join(directory, 'licet.json'), text);
    await expect(start()).rejects.toThrow(message);
  });

  test('and keys are read again at a reload, while a bad file changes nothing', async () => {
    const server = await start();
    const kids = async () => {
      const answer = await fetch(`${server.url}/.well-known/jwks.json`);
      return ((await answer.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
    };
    const before = await kids();
    writeFileSync(join(directory, 'licet.json'), '{"name":"Harbour licenses"}');
    const { kid } = await rotateSigningKey({
      directory,
      passphrase: rootPassphrase,
      now: Date.now(),
    });
    await server.reload();
    expect((await info(server)).name).toBe('Harbour licenses');
    expect(await kids()).toEqual([...before, kid]);
    writeFileSync(join(directory, 'licet.json'), '{"name":');
    await expect(server.reload()).rejects.toThrow('is not JSON');
    expect((await info(server)).name).toBe('Harbour licenses');
  });
});

test('failed sign-ins are journaled as counts', async () => {
  const server = await start();
  for (let i = 0; i < 3; i += 1) {
    await fetch(`${server.url}/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: operatorEmail, password: 'wrong' }),
    });
  }
  await running.pop()?.close();
  const journal = readFileSync(join(directory, 'journal', '000000000001.jsonl'), 'utf8');
  expect(journal).toContain('"action":"session.start"');
  expect(journal).toContain('"outcome":"invalid-credentials"');
  expect(journal).toContain('"count":3');
});

describe('a server process', () => {
  test('ends at SIGTERM: running requests are answered, a snapshot and a checkpoint are left', async () => {
    const { child, url } = await spawnServer();
    const raw = openRaw(Number(new URL(url).port));
    const body = JSON.stringify({ email: operatorEmail, password: operatorPassword });
    raw.write(
      `POST /v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    // The server has the headers once the body's first half is with it: an answer to another proves it.
    raw.write(body.slice(0, 10));
    await fetch(`${url}/healthz`);
    child.kill('SIGTERM');
    raw.write(body.slice(10));
    expect(await raw.closed).toMatch(/^HTTP\/1\.1 201 /);
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(readFileSync(join(directory, 'db.json'), 'utf8')).toContain('ses_');
    expect(existsSync(join(directory, 'checkpoints.jsonl'))).toBe(true);
    await start();
  });

  test('without free descriptors serves who is connected, and takes others in when there are some', async () => {
    const few = ['sh', '-c', 'ulimit -n 100; exec "$@"', 'sh'];
    const { child, url, log } = await spawnServer({}, few);
    const port = Number(new URL(url).port);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = async (method: string, path: string, json?: object, token?: string) => {
      const outgoing = request(`${url}${path}`, {
        method,
        agent,
        headers: {
          'content-type': 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
      });
      outgoing.end(json && JSON.stringify(json));
      const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
      const body = (await parseJson(answer)) as Record<string, string>;
      return { status: answer.statusCode, body };
    };
    const { token } = (
      await ask('POST', '/v1/sessions', { email: operatorEmail, password: operatorPassword })
    ).body;

    // More than there are descriptors: those for which there is none are closed.
    const crowd = Array.from({ length: 200 }, () => connect(port, '127.0.0.1'));
    const someClosed = Promise.any(crowd.map((socket) => once(socket.resume(), 'close')));
    for (const socket of crowd) socket.on('error', () => undefined);
    await someClosed;
    const write = await ask('PATCH', '/v1/account', { company: 'Harbor' }, token);
    expect([write.status, write.body['company']]).toEqual([200, 'Harbor']);
    expect((await ask('GET', '/readyz')).body).toMatchObject({ status: 'ready' });

    for (const socket of crowd) socket.destroy();
    const health = () =>
      fetch(`${url}/healthz`).then(
        ({ status }) => status,
        () => 'closed',
      );
    await expect.poll(health, { timeout: 30_000 }).toBe(200);
    expect((await ask('PATCH', '/v1/account', { company: 'Bay' }, token)).status).toBe(200);
    agent.destroy();
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(log()).not.toMatch(/"level":"(?:error|fatal)"/u);
  });

  test('reads settings again at SIGHUP and logs what is wrong with them', async () => {
    const { child, url, log } = await spawnServer();
    const name = async () =>
      ((await (await fetch(`${url}/v1/server`)).json()) as { name: string }).name;
    writeFileSync(join(directory, 'licet.json'), '{"name":"Harbour licenses"}');
    child.kill('SIGHUP');
    await expect.poll(name).toBe('Harbour licenses');
    writeFileSync(join(directory, 'licet.json'), '{"name":5}');
    child.kill('SIGHUP');
    await expect.poll(log).toContain('Nothing was read again');
    expect(await name()).toBe('Harbour licenses');
  });

  test('logs lines of JSON, and its unlock secret nowhere', async () => {
    const { child, log } = await spawnServer({ logLevel: 'debug' });
    child.kill('SIGTERM');
    await once(child, 'exit');
    const lines = log().trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).toContain('info');
    expect(log()).not.toContain(readFileSync(keyPaths(directory).unlock, 'utf8').trim());
  });
});

describe('a change of keys', () => {
  const rotate = async () => {
    const now = Date.now();
    const { kid } = await rotateSigningKey({ directory, passphrase: rootPassphrase, now });
    const change = { directory, action: 'keys.rotate', target: kid, log: quietLog } as const;
    return { kid, told: await announceKeyChange({ ...change, now: Date.now }) };
  };
  const journal = (): string =>
    readFileSync(join(directory, 'journal', '000000000001.jsonl'), 'utf8');

  test('is journaled while no server runs', async () => {
    const { kid, told } = await rotate();
    expect(told).toBeNull();
    expect(journal()).toContain(`"action":"keys.rotate","target":"${kid}"`);
  });

  test('reaches a server that runs, which journals it', async () => {
    const { child, url } = await spawnServer();
    const { kid, told } = await rotate();
    expect(told).toBe(child.pid);
    const keySet = async () => (await fetch(`${url}/.well-known/jwks.json`)).text();
    await expect.poll(keySet).toContain(kid);
    await expect.poll(journal).toContain(`"action":"keys.rotate","target":"${kid}"`);
  });

  test('is journaled once, however many ask at once to read it', async () => {
    const server = await start();
    const now = Date.now();
    const { kid } = await rotateSigningKey({ directory, passphrase: rootPassphrase, now });
    await Promise.all([server.reload(), server.reload(), server.reload()]);
    expect(journal().split(`"action":"keys.rotate","target":"${kid}"`)).toHaveLength(2);
  });
});
