/** The faults of storage done to the program as it is served: what its operator and its clients get to see. */
import { createHash } from 'node:crypto';
import { chmod, cp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';

import {
  createDataFolders,
  operatorEmail,
  operatorPassword,
  type DataFolders,
} from '../support/server/data-folder.ts';
import { done, licet, startLicet, type RunOptions, type Served } from '../support/licet.ts';
import { canMount, canTrace, withSmallDisk } from './mounts.ts';
import { traced } from './traced.ts';

// Many processes one after the other, on machines that have other work too.
vi.setConfig({ testTimeout: 120_000 });

let folders: DataFolders;
let template: string;
let backupFile: string;
let data: string;
const servers: Served[] = [];

beforeAll(async () => {
  folders = await createDataFolders();
  template = await folders.make();
  backupFile = `${template}.tar.gz`;
  done(await licet(`backup ${backupFile} --data ${template}`));
});
beforeEach(async () => {
  data = await folders.make();
  // With the note of the backup.
  await cp(template, data, { recursive: true });
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});
afterAll(() => folders.remove());

const serve = async (directory = data, options: RunOptions = {}): Promise<Served> => {
  const server = await startLicet(`serve --data ${directory} --listen 127.0.0.1:0`, options);
  servers.push(server);
  return server;
};

const at = (...names: string[]): string => path.join(data, ...names);

/** A hash of all that a server must not change; the lock says who tried last. */
const fingerprint = async (): Promise<string> => {
  const hash = createHash('sha256');
  for (const entry of await readdir(data, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.startsWith('lock')) continue;
    const file = path.join(entry.parentPath, entry.name);
    hash.update(file).update(await readFile(file));
  }
  return hash.digest('hex');
};

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

const ask = async (
  { url }: Served,
  method: string,
  route: string,
  { token, json }: { token?: string; json?: unknown } = {},
): Promise<Answer> => {
  const response = await fetch(`${url}${route}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
};

const signIn = async (server: Served): Promise<string> => {
  const json = { email: operatorEmail, password: operatorPassword };
  const { status, body } = await ask(server, 'POST', '/v1/sessions', { json });
  expect(status).toBe(201);
  return String(body['token']);
};

const createProduct = (server: Served, token: string, id: string): Promise<Answer> =>
  ask(server, 'POST', '/v1/operator/products', { token, json: { id, name: id } });

const products = async (server: Served, token: string): Promise<readonly string[]> => {
  const { status, body } = await ask(server, 'GET', '/v1/operator/products', { token });
  expect(status).toBe(200);
  return (body['items'] as { id: string }[]).map(({ id }) => id);
};

const snapshot = (): string => at('db.json');
const journal = (): string => at('journal', '000000000001.jsonl');

const change = async (file: string, how: (text: string) => string): Promise<void> =>
  writeFile(file, how(await readFile(file, 'utf8')));

describe('a start is refused, exit 1, with not a byte changed', () => {
  const withBackup = (what: RegExp): readonly RegExp[] => [
    what,
    /licet doctor/u,
    /newest backup is/u,
  ];
  test.each<[string, () => Promise<void>, readonly RegExp[]]>([
    ['a snapshot that is cut off', () => truncate(snapshot(), 300), withBackup(/db\.json/u)],
    ['a snapshot of null', () => writeFile(snapshot(), 'null'), withBackup(/db\.json/u)],
    ['a snapshot of NUL', () => writeFile(snapshot(), Buffer.alloc(500)), withBackup(/db\.json/u)],
    ['no snapshot', () => rm(snapshot()), withBackup(/db\.json/u)],
    [
      'a changed journal',
      () => change(journal(), (text) => text.replace('"local"', '"nobody"')),
      withBackup(/000000000001\.jsonl, line 1/u),
    ],
    ['a journal cut off', () => truncate(journal(), 0), withBackup(/000000000001\.jsonl|journal/u)],
    [
      'data of a newer version',
      () => change(snapshot(), (text) => text.replace('"schemaVersion":1', '"schemaVersion":99')),
      [/newer version/u],
    ],
    [
      'a private key that others may read',
      async () => {
        for (const name of await readdir(at('keys'))) await chmod(at('keys', name), 0o644);
      },
      [/keys/u, /0?600|chmod/u],
    ],
    [
      'no private key',
      async () => {
        const { keyPaths } = await import('../../server/system/keys/keyring.ts');
        await rm(keyPaths(data).keyring);
      },
      [/keys/u],
    ],
  ])('%s', async (_what, damage, said) => {
    await damage();
    const before = await fingerprint();
    const ran = await licet(`serve --data ${data} --listen 127.0.0.1:0`);
    expect(ran).toMatchObject({ code: 1, stdout: '' });
    for (const what of said) expect(ran.stderr).toMatch(what);
    expect(await fingerprint()).toBe(before);
    await chmod(at('keys'), 0o700);
  });

  test('a folder that may not be written to', async () => {
    await chmod(data, 0o500);
    const before = await fingerprint();
    // Root may write anywhere, unless it drops what lets it.
    const under = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-all'] : [];
    const ran = await licet(`serve --data ${data} --listen 127.0.0.1:0`, { under });
    expect(await fingerprint()).toBe(before);
    await chmod(data, 0o700);
    expect(ran).toMatchObject({ code: 1, stdout: '' });
    expect(ran.stderr).toMatch(new RegExp(`${data}.*0700`, 'u'));
  });
});

test('what a snapshot left unfinished is ignored, and logged', async () => {
  await writeFile(at('db.json.tmp'), '{"licet":1,');
  const server = await serve();
  expect((await ask(server, 'GET', '/readyz')).status).toBe(200);
  expect(server.stderr()).toContain('db.json.tmp');
});

test('after kill -9 amid changes it starts again within 5 s, with all that was answered', async () => {
  const sound = performance.now();
  const first = await serve();
  const usual = performance.now() - sound;
  const token = await signIn(first);
  const answered: string[] = [];
  const client = async (name: string): Promise<void> => {
    for (let n = 0; n < 1000; n += 1) {
      const id = `${name}-${n}`;
      const answer = await createProduct(first, token, id).catch(() => undefined);
      if (answer === undefined) return;
      if (answer.status === 201) answered.push(id);
    }
  };
  const clients = ['a', 'b', 'c', 'd'].map(client);
  await vi.waitUntil(() => answered.length > 40, { timeout: 60_000 });
  await first.stop('SIGKILL');
  await Promise.all(clients);
  const started = performance.now();
  const second = await serve();
  // Beyond what any start takes on a machine that may be busy.
  expect(performance.now() - started - usual).toBeLessThan(5000);
  const { stdout } = done(await licet(`journal export --data ${data}`));
  const made = stdout.split('\n').filter((line) => line.includes('"product.create"'));
  for (const id of answered) expect(made.some((line) => line.includes(`"${id}"`))).toBe(true);
  expect((await ask(second, 'GET', '/readyz')).status).toBe(200);
  done(await licet(`journal verify --data ${data}`));
});

describe.skipIf(!canTrace())('an fsync that fails with EIO (needs strace)', () => {
  test('makes the server read-only at once, said in /readyz; sign-in and reading go on', async () => {
    const output = at('..', 'trace');
    const [strace = '', ...rest] = traced(data, 'fdatasync', 'error=EIO:when=2+', output);
    const server = await serve(data, {
      under: [strace, '-D', ...rest],
      // strace counts the calls of each thread by itself.
      env: { UV_THREADPOOL_SIZE: '1' },
    });
    const token = await signIn(server);
    const refused = await createProduct(server, token, 'acme');
    expect(refused).toMatchObject({ status: 503, body: { code: 'read-only' } });
    expect(await ask(server, 'GET', '/readyz')).toMatchObject({
      status: 503,
      body: { status: 'read-only' },
    });
    expect((await ask(server, 'GET', '/healthz')).status).toBe(200);
    expect(await products(server, token)).toEqual([]);
    const another = await signIn(server);
    expect(await products(server, another)).toEqual([]);
    expect((await createProduct(server, another, 'acme')).status).toBe(503);
    await server.stop();
    const calls = (await readFile(output, 'utf8')).match(/fdatasync\(.*EIO/gu)?.length;
    expect(calls).toBe(1);
    const again = await serve();
    expect(await products(again, await signIn(again))).toEqual([]);
  });
});

describe.skipIf(!canMount)('a full disk (needs root, to mount a small one)', () => {
  test('gives 507 for changes while reading goes on, and takes changes once there is room', async () => {
    const disk = at('..', 'small-disk');
    await withSmallDisk(disk, '8m', async () => {
      const directory = path.join(disk, 'data');
      await cp(data, directory, { recursive: true });
      const server = await serve(directory);
      const token = await signIn(server);
      expect((await createProduct(server, token, 'before')).status).toBe(201);
      const filler = path.join(disk, 'filler');
      await writeFile(filler, Buffer.alloc(16 << 20)).catch(() => undefined);
      let full: Answer | undefined;
      for (let n = 0; n < 200 && full === undefined; n += 1) {
        const answer = await createProduct(server, token, `while-${n}`);
        if (answer.status !== 201) full = answer;
      }
      expect(full).toMatchObject({ status: 507, body: { code: 'insufficient-storage' } });
      const known = await products(server, token);
      expect(known).toContain('before');
      expect((await ask(server, 'GET', '/healthz')).status).toBe(200);
      expect(await ask(server, 'GET', '/readyz')).toMatchObject({
        status: 503,
        body: { status: 'full', reason: expect.stringContaining('The disk is full') },
      });
      await rm(filler);
      // By itself: nobody is sent to a server that is not ready.
      const ready = async () => (await ask(server, 'GET', '/readyz')).status;
      await expect.poll(ready, { timeout: 30_000 }).toBe(200);
      expect((await createProduct(server, token, 'after')).status).toBe(201);
      expect(await products(server, token)).toEqual(['after', ...known].toSorted());
      await server.stop();
      servers.pop();
      done(await licet(`journal verify --data ${directory}`));
    });
  });
});

test('without free descriptors new connections wait or close, those that are open go on, and it recovers', async () => {
  const under = ['sh', '-c', 'ulimit -n 60; exec "$@"', 'sh'];
  const server = await serve(data, { under });
  const token = await signIn(server);
  const { hostname, port } = new URL(server.url);
  const many: Socket[] = [];
  for (let n = 0; n < 150; n += 1) {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    many.push(socket);
  }
  // fetch keeps its connection: changes over it are answered, and durable.
  await vi.waitUntil(() => many.filter((socket) => !socket.connecting).length > 60, {
    timeout: 30_000,
  });
  for (let n = 0; n < 10; n += 1) {
    const answer = await createProduct(server, token, `kept-${n}`).catch(() => undefined);
    expect([undefined, 201]).toContain(answer?.status);
  }
  for (const socket of many) socket.destroy();
  await vi.waitUntil(
    async () => (await createProduct(server, token, `later-${Date.now()}`)).status === 201,
    { timeout: 30_000 },
  );
  expect((await ask(server, 'GET', '/readyz')).status).toBe(200);
  expect(await server.stop()).toBe(0);
  servers.pop();
  done(await licet(`journal verify --data ${data}`));
});
