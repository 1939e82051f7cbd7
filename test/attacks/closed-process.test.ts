/**
 * The attacker is another user of the same machine, or reads what the server leaves behind on it: a folder that
 * all may write to, the memory of a crash, Node's inspector, which whoever may send SIGUSR1 could open and
 * then run code in the server; or offers TLS that can be read later.
 */
import { execFileSync } from 'node:child_process';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { serve } from '../../server/main.ts';
import { unitText } from '../../server/system/service/unit.ts';
import { createDataFolders, quietLog, type DataFolders } from '../support/server/data-folder.ts';
import { startLicet } from '../support/licet.ts';

let folders: DataFolders;
let directory = '';
beforeAll(async () => {
  folders = await createDataFolders();
  directory = await folders.make();
});
afterAll(() => folders.remove());

const start = (flags: Record<string, string | boolean>) =>
  serve({
    directory,
    version: 'test',
    log: quietLog,
    environment: {},
    flags: { listen: '127.0.0.1:0', ...flags },
  });

test.each([0o777, 0o770, 0o702])('a data folder of mode %o is refused', async (mode) => {
  await chmod(directory, mode);
  await expect(start({})).rejects.toThrow(`chmod 700 ${directory}`);
  await chmod(directory, 0o700);
});

test('SIGUSR1 opens no inspector', async () => {
  const server = await startLicet(`serve --data ${directory} --listen 127.0.0.1:0`);
  process.kill(server.pid, 'SIGUSR1');
  // The inspector says so as it opens, before a request that comes later is answered.
  for (let count = 0; count < 20; count += 1) {
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  }
  expect(await server.stop()).toBe(0);
  expect(server.stderr()).not.toContain('Debugger');
});

test('a crash of the service leaves no memory on the disk', () => {
  const unit = unitText({
    program: ['/usr/local/bin/licet'],
    data: '/var/lib/licet',
    unlockFile: '/etc/licet/unlock',
    user: 'licet',
    listen: undefined,
    lowPort: false,
  });
  expect(unit).toContain('\nLimitCORE=0\n');
});

describe('with an RSA certificate', () => {
  const files = { tlsCert: '', tlsKey: '' };
  beforeAll(() => {
    files.tlsCert = join(directory, 'rsa.pem');
    files.tlsKey = join(directory, 'rsa-key.pem');
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-subj',
        '/CN=localhost',
        '-days',
        '30',
        '-keyout',
        files.tlsKey,
        '-out',
        files.tlsCert,
      ],
      { stdio: 'pipe' },
    );
  });

  test('TLS 1.2 has forward secrecy and authenticated encryption, also after a reload', async () => {
    const server = await start(files);
    onTestFinished(() => server.close());
    const port = Number(new URL(server.url).port);
    const offer = (ciphers: string): Promise<string> =>
      new Promise((resolve) => {
        const options = { port, host: '127.0.0.1', rejectUnauthorized: false } as const;
        const socket = connect({ ...options, maxVersion: 'TLSv1.2', ciphers });
        socket.once('error', () => resolve('refused'));
        socket.once('secureConnect', () => {
          resolve(socket.getCipher().name);
          socket.destroy();
        });
      });
    const look = async (): Promise<readonly string[]> =>
      Promise.all(
        ['AES128-GCM-SHA256', 'AES256-SHA', 'ECDHE-RSA-AES128-SHA256', 'DHE-RSA-AES128-GCM-SHA256']
          .concat('ECDHE-RSA-AES128-GCM-SHA256')
          .map((cipher) => offer(cipher)),
      );
    const expected = [...Array(4).fill('refused'), 'ECDHE-RSA-AES128-GCM-SHA256'];
    expect(await look()).toEqual(expected);
    await server.reload();
    expect(await look()).toEqual(expected);
  });
});

const Lock = z.object({
  packages: z.record(
    z.string(),
    z.looseObject({
      link: z.boolean().optional(),
      integrity: z.string().optional(),
      resolved: z.string().optional(),
    }),
  ),
});

test('whoever answers for the registry can put no other package in the place of one', async () => {
  const file = new URL('../../package-lock.json', import.meta.url);
  const { packages } = Lock.parse(JSON.parse(await readFile(file, 'utf8')));
  const fetched = Object.entries(packages).filter(
    ([path, { link }]) => path.startsWith('node_modules/') && link !== true,
  );
  expect(fetched.length).toBeGreaterThan(100);
  const open = fetched.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'));
  expect(open.map(([path]) => path)).toEqual([]);
  // Nor does the file say where they come from: that is everybody's own setting.
  expect(fetched.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});
