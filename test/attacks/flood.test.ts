/**
 * The attacker floods the sign-in, which is costly on purpose, to make the server useless for everybody
 * else: argon2id works on the thread pool that the journal's writes need too.
 *
 * A customer with the right password once kept everybody else out for as long as they liked: only wrong
 * passwords are slowed, and those of one address took all the places in which passwords are checked. Once no
 * address could take all of them, two did it together.
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createPasswords } from '../../server/system/passwords.ts';
import {
  createDataFolders,
  operatorEmail,
  operatorPassword,
  type DataFolders,
} from '../support/server/data-folder.ts';
import { bundle } from '../support/bundle.ts';
import { startLicet, type Served } from '../support/licet.ts';
import { goodPassword, openServer } from '../support/server/server.ts';

const shippedWork = { memory: 19_456, passes: 2, parallelism: 1 };

let folders: DataFolders;
let directory: string;
let server: Served;
beforeAll(async () => {
  folders = await createDataFolders();
  directory = await folders.make();
  // With the work that a sign-in has for users; the other tests have less of it.
  server = await startLicet(`serve --data ${directory} --listen 127.0.0.1:0`, {
    program: await bundle('shipped'),
  });
});
afterAll(async () => {
  await server.stop();
  await folders.remove();
});

const send = (method: string, path: string, body: object, token?: string): Promise<Response> =>
  fetch(`${server.url}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });

const signIn = async (email = operatorEmail) => {
  const answer = await send('POST', '/v1/sessions', { email, password: operatorPassword });
  const { token } = (await answer.json()) as { token: string };
  return { status: answer.status, token, retryAfter: answer.headers.get('retry-after') };
};

const percentile = (times: readonly number[], share: number): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length * share)] ?? 0;

test('200 sign-ins at once: some are told to wait, health and writes stay quick', async () => {
  // The writer is somebody else: an account has 50 sessions at most, and a flood of them ends the first.
  const email = 'ana@example.com';
  const { token: operator } = await signIn();
  await send(
    'POST',
    '/v1/operator/accounts',
    { email, name: 'Ana', password: operatorPassword },
    operator,
  );
  const { token } = await signIn(email);
  const flood = { over: false };
  const health: number[] = [];
  const writes: number[] = [];
  const timed = async (into: number[], ask: () => Promise<Response>): Promise<void> => {
    while (!flood.over) {
      const started = performance.now();
      const answer = await ask();
      await answer.arrayBuffer();
      into.push(performance.now() - started);
      expect(answer.status).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const watching = [
    timed(health, () => fetch(`${server.url}/healthz`)),
    timed(writes, () =>
      send('PATCH', '/v1/account', { company: `Harbor ${writes.length}` }, token),
    ),
  ];
  const answers = await Promise.all(Array.from({ length: 200 }, () => signIn()));
  flood.over = true;
  await Promise.all(watching);
  const statuses = answers.map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([201, 429]));
  for (const { status, retryAfter } of answers) {
    expect(status === 429 ? Number(retryAfter) : 1).toBeGreaterThan(0);
  }
  // Client and server share the machine's cores here, so these are wide bounds: the benchmark (bench:sign-in) measures the real ones.
  expect(percentile(health, 0.5)).toBeLessThan(200);
  expect(percentile(writes, 0.5)).toBeLessThan(200);
});

test.each([
  ['one address', 1],
  ['two addresses', 2],
])(
  'whoever floods it from %s, with the right password, keeps nobody else out',
  async (_, count) => {
    const portal = await openServer(onTestFinished, createPasswords(shippedWork));
    await portal.createAccount('ana@example.com');
    const signIn = async (email: string, remoteAddress: string) => {
      const { status, headers } = await portal.app.request(
        '/v1/sessions',
        {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ email, password: goodPassword }),
        },
        { remoteAddress },
      );
      return { status, retryAfter: Number(headers.get('retry-after')) };
    };
    const flood = Array.from({ length: 400 }, (_, index) =>
      signIn('ana@example.com', `203.0.113.${index % count}`),
    );
    const others = Array.from({ length: 17 }, (_, index) =>
      signIn('op@example.com', `198.51.100.${index}`),
    );
    const statuses = (await Promise.all(others)).map(({ status }) => status);
    expect(statuses).toEqual(Array.from({ length: 17 }, () => 201));
    const answers = await Promise.all(flood);
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 201).length).toBe(400 - refused.length);
    expect(refused.length).toBeGreaterThan(200);
    expect(refused.filter(({ retryAfter }) => !(retryAfter > 0))).toEqual([]);
    // The places are free again.
    expect((await signIn('ana@example.com', '203.0.113.0')).status).toBe(201);
  },
);

test('whoever steals the hashes pays 19 MiB and two passes for every guess', async () => {
  expect((await signIn()).status).toBe(201);
  const journal = path.join(directory, 'journal');
  const files = await readdir(journal);
  const lines = await Promise.all(files.map((name) => readFile(path.join(journal, name), 'utf8')));
  expect(lines.join('')).toContain('$argon2id$v=19$m=19456,t=2,p=1$');
});
