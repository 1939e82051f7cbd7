/**
 * The attacker has read the log, stolen a backup, or copied the data folder without its keys. Every
 * secret that went through the server here is looked for in all of them, in the usual spellings, and what can be
 * guessed under fast hashes too: of itself, and of the request that carried it.
 *
 * Which hashes are there on purpose: tokens, one-time codes and license keys have 100 random bits and more, which
 * nobody guesses, and are kept as SHA-256. A password, a passphrase, the secret of a second factor, the unlock
 * secret, and a request with one of them in it are under no fast hash.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Secret, TOTP } from 'otpauth';
import { expect, onTestFinished, test } from 'vitest';
import { canonicalJson, type Json } from '../../shared/statements/canonical-json.ts';
import { generateKey } from '../../shared/statements/keys.ts';
import { makeRequest } from '../../shared/statements/typed/offline-request.ts';
import { createTransport } from '../../shared/sdk/transport.ts';
import { serve } from '../../server/main.ts';
import { backup } from '../../server/store/backup/backup.ts';
import { random } from '../../server/system/create-deps.ts';
import { initData } from '../../server/system/maintenance/init.ts';
import { keyPaths } from '../../server/system/keys/keyring.ts';
import { createLogger } from '../../server/system/logger.ts';
import { makeToken } from '../../server/usecases/accounts/tokens.ts';
import { operatorEmail, operatorPassword, rootPassphrase } from '../support/server/data-folder.ts';

const spellings = (secret: string): readonly string[] => [
  secret,
  secret.replaceAll('-', ''),
  Buffer.from(secret).toString('base64').replace(/=+$/u, ''),
  Buffer.from(secret).toString('base64url'),
  Buffer.from(secret).toString('hex'),
  encodeURIComponent(secret),
];

/** Under each fast hash that something may be recognized by, in the spellings of a hash. */
const hashesOf = (text: string): readonly string[] =>
  ['sha256', 'sha1', 'md5'].flatMap((algorithm) => {
    const hash = createHash(algorithm).update(text).digest();
    return [
      hash.toString('hex'),
      hash.toString('base64').replace(/=+$/u, ''),
      hash.toString('base64url'),
    ];
  });

const filesOf = (folder: string): readonly (readonly [string, string])[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => {
      const bytes = readFileSync(file);
      return [file, (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1')] as const;
    });

test('no secret is in a log, in the data or in a backup', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'licet-secrets-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  const directory = join(parent, 'data');
  const lines: string[] = [];
  const log = createLogger('debug', (line) => void lines.push(line));
  const made = await initData({
    directory,
    operatorEmail,
    operatorPassword,
    rootPassphrase,
    environment: {},
    log,
  });
  const server = await serve({
    directory,
    version: 'test',
    log,
    environment: {},
    flags: { listen: '127.0.0.1:0', tls: true },
  });
  const spareRoot = made.spareRoot.pem.split('\n')[1] ?? '';
  const secrets: Record<string, string> = { rootPassphrase, operatorPassword, spareRoot };
  const bodies: object[] = [];

  const send = createTransport({ pin: server.fingerprint, timeout: 30_000 });
  let asked = 0;
  const ask = async (method: string, path: string, body?: object, token?: string) => {
    asked += 1;
    if (body !== undefined) bodies.push(body);
    const answer = await send(`${server.url}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        // So that answers are kept for a repetition, with the secrets in them.
        'idempotency-key': `request-number-${asked}`,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, string>;
  };
  const lastPart = (url: string | undefined): string | undefined => url?.split('/').at(-1);
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
  const product = { id: 'suite', name: 'Suite' };
  await ask('POST', '/v1/operator/products', product, operator);
  const trial = { days: 30, maxActivations: 1, url: 'https://try.example.com/' };
  await ask('PATCH', '/v1/operator/products/suite', { trial }, operator);
  const license = await ask(
    'POST',
    '/v1/operator/licenses',
    { ownerEmail: email, name: 'Prod', product: 'suite', maxActivations: 3 },
    operator,
  );
  const licenseKey = keep('license key', license['licenseKey']);
  const rotated = `/v1/operator/licenses/${license['id']}/license-key`;
  const imported = await ask(
    'POST',
    '/v1/operator/licenses/import',
    { rows: [{ ownerEmail: 'ivo@example.com', name: 'I', product: 'suite' }], createOwners: true },
    operator,
  );
  const [{ licenseKey: importedKey } = {}] = imported['created'] as unknown as {
    licenseKey: string;
  }[];
  const [{ setPasswordCode } = {}] = imported['owners'] as unknown as { setPasswordCode: string }[];
  keep('imported license key', importedKey);
  keep('code of an imported owner', setPasswordCode);
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
  keep('rotated license key', (await ask('POST', rotated, {}, operator))['licenseKey']);
  await ask('POST', '/v1/activations', { licenseKey, machine });
  await ask('POST', '/v1/activations', { email, password: wrong, machine });
  const whole = { ...machine, platform: 'linux', version: '1.0.0' };
  await ask('POST', '/v1/activations', { email, password, machine: whole });

  const started = await ask('POST', '/v1/trial', { product: 'suite' }, owner);
  const login = new URL(started['url'] ?? '').searchParams.get('licet_token');
  // The signature: what comes before it is no secret.
  keep('login token of a trial', login?.split('.').at(-1));
  const short = keep('short address of a trial', lastPart(started['shortUrl']));
  await send(`${server.url}/v1/trial-logins/${short}`);
  await send(`${server.url}/v1/trial-logins/${short}`);
  const content = 'the installer';
  const sha256 = createHash('sha256').update(content).digest('hex');
  const announced = await ask(
    'POST',
    '/v1/operator/releases',
    { product: 'suite', version: '1.0.0', fileName: 'suite.tar', size: content.length, sha256 },
    operator,
  );
  await send(`${server.url}/v1/operator/releases/${announced['id']}/file`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${operator}`, 'content-type': 'application/octet-stream' },
    body: content,
  });
  const link = await ask('POST', `/v1/releases/${announced['id']}/link`, undefined, owner);
  const download = keep('link to a download', lastPart(link['url']));
  expect(await (await send(`${server.url}/v1/downloads/${download}`)).text()).toBe(content);
  // Its file is gone: what goes wrong is said, and not with the link in it.
  rmSync(join(directory, 'releases'), { recursive: true });
  expect((await send(`${server.url}/v1/downloads/${download}`)).status).toBe(503);

  const totp = await ask('POST', '/v1/account/totp', { currentPassword: password }, owner);
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

  const backups = join(parent, 'backups');
  mkdirSync(backups);
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
  // What every private key in PEM has in it: a server's certificate has one, and so has its authority.
  const pem = 'PRIVATE KEY-----';
  for (const [name, secret] of Object.entries({ ...secrets, unlock, pem })) {
    for (const [where, text] of haystacks) {
      if (spellings(secret).some((spelling) => text.includes(spelling))) {
        found.push(`${name} in ${where}`);
      }
    }
  }
  expect(found).toEqual([]);

  const guessed = {
    rootPassphrase,
    operatorPassword,
    password,
    wrong,
    newPassword,
    totpSecret,
    unlock,
    otp,
  };
  for (const [name, secret] of Object.entries(guessed)) {
    const carriers = bodies.filter((body) => JSON.stringify(body).includes(JSON.stringify(secret)));
    const requests = carriers.flatMap((body) => [
      JSON.stringify(body),
      canonicalJson(body as Json),
    ]);
    for (const [where, text] of haystacks) {
      if (hashesOf(secret).some((hash) => text.includes(hash)))
        found.push(`${name}, hashed, ${where}`);
      if (requests.flatMap(hashesOf).some((hash) => text.includes(hash))) {
        found.push(`a request with ${name}, hashed, ${where}`);
      }
    }
  }
  expect(found).toEqual([]);
  // The search itself works: what is kept on purpose, the hash of a token, is found.
  const digest = createHash('sha256').update(owner).digest('hex');
  expect(haystacks.some(([, text]) => text.includes(digest))).toBe(true);
});

test('a token of any kind is hidden in a log, wherever it is in what is logged', () => {
  const lines: string[] = [];
  const log = createLogger('info', (line) => void lines.push(line));
  for (const [kind, length] of [
    ['ls', 43],
    ['la', 43],
    ['ld', 22],
    ['lt', 22],
  ] as const) {
    const token = makeToken({ random }, kind, length);
    log.error({ err: new Error(`GET /v1/x/${token} failed`), deep: { url: [token] } }, token);
    expect(lines.join('')).not.toContain(token.slice(3));
  }
  log.info({ newPassword: 'quiet harbor lantern', body: { totp: '123456' } }, 'asked');
  expect(lines.join('')).not.toMatch(/harbor|123456/u);
});
