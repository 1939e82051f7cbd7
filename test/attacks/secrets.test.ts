/**
 * The attacker has read the log, stolen a backup, or copied the data folder without its keys. Every
 * secret that went through the server here is looked for in all of them, in the usual spellings.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { generateKey } from '../../shared/keys.ts';
import { makeRequest } from '../../shared/offline-request.ts';
import { serve } from '../../server/main.ts';
import { backup } from '../../server/store/backup.ts';
import { random } from '../../server/system/create-deps.ts';
import { keyPaths } from '../../server/system/keys/keyring.ts';
import { createLogger } from '../../server/system/logger.ts';
import {
  createDataFolders,
  operatorEmail,
  operatorPassword,
  rootPassphrase,
  type DataFolders,
} from '../support/data-folder.ts';

let folders: DataFolders;
beforeAll(async () => {
  folders = await createDataFolders();
});
afterAll(() => folders.remove());

const spellings = (secret: string): readonly string[] => [
  secret,
  secret.replaceAll('-', ''),
  Buffer.from(secret).toString('base64').replace(/=+$/u, ''),
  Buffer.from(secret).toString('base64url'),
  Buffer.from(secret).toString('hex'),
  encodeURIComponent(secret),
];

const filesOf = (folder: string): readonly (readonly [string, string])[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => {
      const bytes = readFileSync(file);
      return [file, (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1')] as const;
    });

test('no secret is in a log, in the data or in a backup', async () => {
  const directory = await folders.make();
  const lines: string[] = [];
  const log = createLogger('debug', (line) => void lines.push(line));
  const server = await serve({
    directory,
    version: 'test',
    log,
    environment: {},
    flags: { listen: '127.0.0.1:0' },
  });
  const secrets: Record<string, string> = { rootPassphrase, operatorPassword };

  const ask = async (method: string, path: string, body?: object, token?: string) => {
    const answer = await fetch(`${server.url}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return (text === '' ? {} : JSON.parse(text)) as Record<string, string>;
  };
  const keep = (name: string, secret: string | undefined): string => {
    if (secret === undefined || secret.length < 12) throw new Error(`there is no ${name}`);
    secrets[name] = secret;
    return secret;
  };

  const signedIn = await ask('POST', '/v1/sessions', {
    email: operatorEmail,
    password: operatorPassword,
  });
  const operator = keep('operator token', signedIn['token']);
  const email = 'ana@example.com';
  const created = await ask('POST', '/v1/operator/accounts', { email, name: 'Ana' }, operator);
  const code = keep('one-time code', created['setPasswordCode']);
  const password = keep('password', 'seven grey herons on a wire');
  await ask('PUT', '/v1/password-resets', { code, newPassword: password });
  const wrong = keep('wrong password', 'not quite the seven grey herons');
  await ask('POST', '/v1/sessions', { email, password: wrong });
  const owner = keep('token', (await ask('POST', '/v1/sessions', { email, password }))['token']);
  await ask('POST', '/v1/operator/products', { id: 'suite', name: 'Suite' }, operator);
  const license = await ask(
    'POST',
    '/v1/operator/licenses',
    { ownerEmail: email, name: 'Prod', product: 'suite', maxActivations: 3 },
    operator,
  );
  const licenseKey = keep('license key', license['licenseKey']);
  const machine = { fingerprint: 'ab'.repeat(32), hostname: 'host-1' };
  const activated = await ask('POST', '/v1/activations', { licenseKey, machine });
  keep('activation token', activated['activationToken']);
  const users = `/v1/licenses/${license['id']}/users`;
  const user = await ask('POST', users, { email: 'uma@example.com', name: 'Uma' }, owner);
  keep('user code', user['setPasswordCode']);
  const machineKey = generateKey(random);
  keep('machine key', Buffer.from(machineKey.seed).toString('base64url'));
  const request = makeRequest({
    key: machineKey,
    fingerprint: 'cd'.repeat(32),
    hostname: 'plc',
    now: Date.now(),
    random,
  });
  await ask('POST', `/v1/licenses/${license['id']}/offline-keys`, { request: request.jws }, owner);
  const totp = await ask('POST', '/v1/account/totp', undefined, owner);
  const totpSecret = keep('second factor', totp['secret']);
  const otp = new TOTP({ secret: Secret.fromBase32(totpSecret) }).generate();
  await ask('PUT', '/v1/account/totp', { code: otp }, owner);
  const newPassword = keep('new password', 'eight grey herons on a wire');
  await ask('PUT', '/v1/account/password', { currentPassword: password, newPassword }, owner);
  const accounts = await ask('GET', '/v1/operator/accounts', undefined, operator);
  const ana = /"id":"(acc_\w+)","email":"ana@/u.exec(JSON.stringify(accounts))?.[1];
  const coded = `/v1/operator/accounts/${ana}/password-code`;
  const reset = await ask('POST', coded, undefined, operator);
  keep('reset code', reset['code']);
  // What does not parse must not be logged either.
  await ask('POST', '/v1/sessions', { email: wrong, password: { nested: password } });
  await ask('GET', `/v1/licenses/${operator}`, undefined, operator);

  const backups = await folders.make();
  await backup({ directory, file: join(backups, 'backup.tar.gz'), now: Date.now });
  await server.close();

  const unlock = readFileSync(keyPaths(directory).unlock, 'utf8').trim();
  const haystacks = [
    ['the log', lines.join('')] as const,
    ...filesOf(directory).filter(([file]) => file !== keyPaths(directory).unlock),
    ...filesOf(backups).filter(([file]) => file.endsWith('.gz')),
  ];
  expect(haystacks.length).toBeGreaterThan(6);
  const found: string[] = [];
  for (const [name, secret] of Object.entries({ ...secrets, unlock })) {
    for (const [where, text] of haystacks) {
      if (spellings(secret).some((spelling) => text.includes(spelling))) {
        found.push(`${name} in ${where}`);
      }
    }
  }
  expect(found).toEqual([]);
  // The search itself works: what is kept on purpose, the hash of a token, is found.
  const digest = createHash('sha256').update(owner).digest('hex');
  expect(haystacks.some(([, text]) => text.includes(digest))).toBe(true);
});
