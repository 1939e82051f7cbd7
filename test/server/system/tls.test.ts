import { execFileSync } from 'node:child_process';
import type { X509Certificate } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
} from 'vitest';
import { createTransport } from '../../../shared/sdk/transport.ts';
import { serve, type RunningServer, type ServeOptions } from '../../../server/main.ts';
import { makeAuthority, makeServerIdentity } from '../../../server/system/tls/issue.ts';
import { createDataFolders, quietLog, type DataFolders } from '../../support/server/data-folder.ts';
import { startLicet } from '../../support/licet.ts';

let folders: DataFolders;
let directory = '';
const running: RunningServer[] = [];
beforeAll(async () => {
  folders = await createDataFolders();
});
afterAll(() => folders.remove());
beforeEach(async () => {
  directory = await folders.make();
});
afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});

const start = async (options: Partial<ServeOptions> = {}): Promise<RunningServer> => {
  const server = await serve({
    version: 'test',
    log: quietLog,
    environment: {},
    directory,
    ...options,
    flags: { listen: '127.0.0.1:0', tls: true, ...options.flags },
  });
  running.push(server);
  return server;
};

const restart = async (options: Partial<ServeOptions> = {}): Promise<RunningServer> => {
  await running.pop()?.close();
  return start(options);
};

const leafOf = (server: Pick<RunningServer, 'url'>): Promise<X509Certificate> =>
  new Promise((resolve, reject) => {
    const { port, hostname: host } = new URL(server.url);
    const socket = connect({ port: Number(port), host, rejectUnauthorized: false });
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerX509Certificate();
      socket.destroy();
      if (certificate) resolve(certificate);
      else reject(new Error('The server showed no certificate.'));
    });
  });

const ask = (server: RunningServer, pin: string | null) =>
  createTransport({ pin, timeout: 5000 })(`${server.url}/healthz`);

const day = 86_400_000;

describe('--tls', () => {
  test('shows a certificate of an authority of its own, which clients pin', async () => {
    const server = await start();
    expect(server.url).toMatch(/^https:/);
    expect(server.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect((await ask(server, server.fingerprint)).status).toBe(200);
    await expect(ask(server, 'a'.repeat(64))).rejects.toThrow('not trusted');
    await expect(ask(server, null)).rejects.toThrow('not trusted');
  });

  test('is trusted by OpenSSL and by Node for each name, once its authority is', async () => {
    const server = await start({ flags: { tlsNames: 'licenses.example.com' } });
    const leaf = await leafOf(server);
    const authority = join(directory, 'authority.pem');
    const issuer = leaf.issuerCertificate?.toString() ?? '';
    writeFileSync(authority, issuer);
    const leafFile = join(directory, 'leaf.pem');
    writeFileSync(leafFile, leaf.toString());
    for (const name of ['localhost', 'licenses.example.com']) {
      const out = execFileSync(
        'openssl',
        [
          'verify',
          '-x509_strict',
          '-purpose',
          'sslserver',
          '-verify_hostname',
          name,
          '-CAfile',
          authority,
          leafFile,
        ],
        { encoding: 'utf8' },
      );
      expect(out).toContain('OK');
    }
    expect(leaf.checkIP('127.0.0.1')).toBe('127.0.0.1');
    const { port } = new URL(server.url);
    await new Promise<void>((resolve, reject) => {
      const socket = connect({ port: Number(port), host: '127.0.0.1', ca: issuer });
      socket.once('error', reject);
      socket.once('secureConnect', () => {
        socket.destroy();
        resolve();
      });
    });
  });

  test('keeps its certificate until a month before its end, then renews it under the same pin', async () => {
    const now = Date.now();
    const first = await start();
    const leaf = await leafOf(first);
    expect((Date.parse(leaf.validTo) - now) / day).toBeCloseTo(90, 1);
    const second = await restart({ now: () => now + 59 * day });
    expect((await leafOf(second)).fingerprint256).toBe(leaf.fingerprint256);
    const third = await restart({ now: () => now + 61 * day });
    const renewed = await leafOf(third);
    expect(renewed.fingerprint256).not.toBe(leaf.fingerprint256);
    expect(third.fingerprint).toBe(first.fingerprint);
  });

  test('makes a new certificate when a name is added, also at a reload', async () => {
    const server = await start();
    expect((await leafOf(server)).checkHost('new.example.com')).toBeUndefined();
    writeFileSync(join(directory, 'licet.json'), '{"publicUrl":"https://new.example.com"}');
    await server.reload();
    expect((await leafOf(server)).checkHost('new.example.com')).toBe('new.example.com');
    expect((await ask(server, server.fingerprint)).status).toBe(200);
  });

  test('keeps private keys encrypted, in files for its owner alone', async () => {
    await start();
    const keys = join(directory, 'keys');
    const files = readdirSync(keys).filter((name) => name.startsWith('tls-'));
    expect(files).toHaveLength(2);
    for (const name of files) {
      expect(statSync(join(keys, name)).mode & 0o777).toBe(0o600);
      expect(readFileSync(join(keys, name), 'utf8')).not.toContain('PRIVATE KEY');
    }
  });

  test('makes a new authority, and what it certifies, when the old one was moved away', async () => {
    const old = await start();
    const before = await leafOf(old);
    rmSync(join(directory, 'keys', 'tls-authority.json'));
    const server = await restart();
    expect(server.fingerprint).not.toBe(old.fingerprint);
    expect((await leafOf(server)).fingerprint256).not.toBe(before.fingerprint256);
    expect((await ask(server, server.fingerprint)).status).toBe(200);
  });

  test('does not replace an authority that the unlock secret does not open', async () => {
    await start();
    await running.pop()?.close();
    const other = await folders.make();
    const source = join(directory, 'keys', 'tls-authority.json');
    const target = join(other, 'keys', 'tls-authority.json');
    const file = JSON.parse(readFileSync(source, 'utf8')) as { box: { tag: string } };
    file.box.tag = Buffer.alloc(16).toString('base64url');
    writeFileSync(target, JSON.stringify(file), { mode: 0o600 });
    await expect(start({ directory: other })).rejects.toThrow(
      'the authority that clients have pinned',
    );
  });
});

describe('given certificate files', () => {
  const writeFiles = async (now: number): Promise<{ tlsCert: string; tlsKey: string }> => {
    const authority = await makeAuthority('Example authority', now);
    const identity = await makeServerIdentity(authority, ['localhost', '127.0.0.1'], now);
    const files = { tlsCert: join(directory, 'cert.pem'), tlsKey: join(directory, 'key.pem') };
    writeFileSync(files.tlsCert, identity.cert);
    writeFileSync(files.tlsKey, identity.key, { mode: 0o600 });
    return files;
  };

  test('are shown, and read again at a reload', async () => {
    const flags = await writeFiles(Date.now());
    const server = await start({ flags: { ...flags, tls: false } });
    expect((await ask(server, server.fingerprint)).status).toBe(200);
    const before = await leafOf(server);
    await writeFiles(Date.now());
    await server.reload();
    expect((await leafOf(server)).fingerprint256).not.toBe(before.fingerprint256);
  });

  test('are read again by a process that gets SIGHUP', async () => {
    const { tlsCert, tlsKey } = await writeFiles(Date.now());
    const server = await startLicet(
      `serve --data ${directory} --listen 127.0.0.1:0 --tls-cert ${tlsCert} --tls-key ${tlsKey}`,
    );
    onTestFinished(async () => {
      await server.stop();
    });
    const before = await leafOf(server);
    await writeFiles(Date.now());
    process.kill(server.pid, 'SIGHUP');
    const shown = async () => (await leafOf(server)).fingerprint256;
    await expect.poll(shown).not.toBe(before.fingerprint256);
  });

  test('are refused when they are missing, not PEM, open to others, or do not belong together', async () => {
    const flags = await writeFiles(Date.now());
    const tryStart = () => start({ flags: { ...flags, tls: false } });
    chmodSync(flags.tlsKey, 0o644);
    await expect(tryStart()).rejects.toThrow(`${flags.tlsKey} can be read by others`);
    const { key } = await makeAuthority('Another', Date.now());
    writeFileSync(flags.tlsKey, key);
    chmodSync(flags.tlsKey, 0o600);
    await expect(tryStart()).rejects.toThrow('does not belong to the certificate');
    writeFileSync(flags.tlsKey, 'no key');
    await expect(tryStart()).rejects.toThrow('not an unencrypted PEM private key');
    rmSync(flags.tlsKey);
    await expect(tryStart()).rejects.toThrow('does not exist');
    writeFileSync(flags.tlsCert, 'no certificate');
    await expect(tryStart()).rejects.toThrow('can’t be read as a PEM certificate');
  });
});
