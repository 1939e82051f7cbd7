/**
 * Makes a fixture of a whole portal as this version leaves it after kill -9:
 * `node test/server/store/make-portal-fixture.ts NEW-FOLDER`. Its keys and passwords are made for it and open
 * nothing else. Only for a new schema or format version: existing fixtures stay as they are.
 */
import { createHash } from 'node:crypto';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { collections } from '../../../server/collections.ts';
import { openStore } from '../../../server/store/folder/open-store.ts';
import { done, licet, makeFolder, startLicet } from '../../support/licet.ts';
import { digestAll } from './portal-contents.ts';
import { silentLog } from './support.ts';

const [target = ''] = process.argv.slice(2);
const folder = await makeFolder();
const data = path.join(folder.path, 'data');
const passwords = {
  ops: 'the operator of the fixture',
  ana: 'the owner of the fixture',
  newer: 'the owner chose another one',
  leo: 'the user of the fixture',
};

type Answer = Record<string, unknown>;

let url = '';
let asked = 0;

/** One request that must succeed. */
const ask = async (
  method: string,
  route: string,
  body?: unknown,
  token?: string,
): Promise<Answer> => {
  asked += 1;
  const response = await fetch(`${url}${route}`, {
    method,
    headers: {
      'idempotency-key': `request-number-${asked}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${text}`);
  return text === '' ? {} : (JSON.parse(text) as Answer);
};

const signIn = async (email: string, password: string): Promise<string> =>
  String((await ask('POST', '/v1/sessions', { email, password }))['token']);

const machine = (hostname: string) => ({
  hostname,
  fingerprint: createHash('sha256').update(hostname).digest('hex'),
  platform: 'linux-x64',
  version: '1.0.0',
});

const serve = async () => {
  const server = await startLicet(`serve --data ${data} --listen 127.0.0.1:0`);
  url = server.url;
  return server;
};

const operatorFile = await folder.file('ops.txt', passwords.ops);
const rootFile = await folder.file('root.txt', 'a passphrase for the root');
done(
  await licet(
    `init --data ${data} --operator-email ops@example.com --operator-password-file ${operatorFile} --root-passphrase-file ${rootFile}`,
  ),
);

// First life: everything that the portal keeps, then a clean stop with snapshot and checkpoint.
const first = await serve();
const ops = await signIn('ops@example.com', passwords.ops);
const create = (route: string, body: unknown, token = ops) => ask('POST', route, body, token);
await create('/v1/operator/products', {
  id: 'acme-server',
  name: 'Acme Server',
  trial: { days: 30 },
});
const owner = await create('/v1/operator/accounts', { email: 'ana@example.com', name: 'Ana Ruíz' });
await ask('PUT', '/v1/password-resets', {
  code: owner['setPasswordCode'],
  newPassword: passwords.ana,
});
const license = await create('/v1/operator/licenses', {
  ownerEmail: 'ana@example.com',
  name: 'Prod “Zürich” 🦊',
  product: 'acme-server',
  type: 'subscription',
  maxActivations: 3,
  expiresAt: '2099-12-31T00:00:00Z',
  entitlements: { exports: true, users: 25 },
});
const id = String(license['id']);
const ana = await signIn('ana@example.com', passwords.ana);
const activate = (hostname: string, password: string) =>
  ask('POST', '/v1/activations', {
    email: 'ana@example.com',
    password,
    licenseId: id,
    machine: machine(hostname),
  });
await activate('build-1', passwords.ana);
await activate('build-2', passwords.ana);
await ask('POST', `/v1/licenses/${id}/activations/reset`, {}, ana);
await activate('build-1', passwords.ana);
const user = await create(
  `/v1/licenses/${id}/users`,
  { email: 'leo@example.com', name: 'Leo' },
  ana,
);
await ask('PUT', '/v1/password-resets', {
  code: user['setPasswordCode'],
  newPassword: passwords.leo,
});
const state = path.join(folder.path, 'machine');
const request = done(
  await licet(
    `offline-key request --state-dir ${state} --fingerprint ${'7'.repeat(64)} --hostname plc-7 --json`,
  ),
).json();
await create(`/v1/licenses/${id}/offline-keys`, { request: request['request'] }, ana);
await create('/v1/trial', { product: 'acme-server' }, ana);
const release = await folder.file('acme-server', 'a program');
const env = { LICET_CONFIG_DIR: path.join(folder.path, 'config') };
done(await licet(`login ops@example.com --server ${url} --password-file ${operatorFile}`, { env }));
done(
  await licet(
    `release publish ${release} --product acme-server --version 1.0.0 --platform linux-x64`,
    { env },
  ),
);
await ask('POST', '/v1/password-resets', { email: 'leo@example.com' });
await ask('POST', '/v1/sessions', { email: 'ana@example.com', password: 'wrong' }).catch(
  () => undefined,
);
await first.stop();

// With HTTPS once, so that there is an authority that clients pin.
await (await startLicet(`serve --data ${data} --listen 127.0.0.1:0 --tls`)).stop();

// Second life: changes that are only in the journal, and no clean end.
const second = await serve();
const again = await signIn('ana@example.com', passwords.ana);
await ask(
  'PUT',
  '/v1/account/password',
  { currentPassword: passwords.ana, newPassword: passwords.newer },
  again,
);
const last = await activate('build-3', passwords.newer);
const { id: activation } = last['activation'] as Answer;
await ask(
  'POST',
  `/v1/activations/${String(activation)}/check-in`,
  {},
  String(last['activationToken']),
);
await second.stop('SIGKILL');

await mkdir(target, { recursive: true });
for (const name of [
  'db.json',
  'keys',
  'journal',
  'marks.json',
  'checkpoints.jsonl',
  'lock.json',
  'releases',
])
  await cp(path.join(data, name), path.join(target, name), { recursive: true });

// What is in it, as the version that made it reads it.
const store = await openStore({
  directory: data,
  schema: collections,
  now: Date.now,
  log: silentLog,
});
const contents = await digestAll(store);
const seq = store.seq();
await store.close();
await writeFile(
  path.join(target, 'expected.json'),
  `${JSON.stringify({ seq, license: id, contents }, undefined, 2)}\n`,
);
await folder.remove();
