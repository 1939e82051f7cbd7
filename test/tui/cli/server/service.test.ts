/** `licet service`: the unit as systemd itself reads it, and how a server tells systemd that it answers. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { unitText } from '../../../../server/system/service/unit.ts';
import { done, licet, makeFolder, startLicet, type TestFolder } from '../../../support/licet.ts';

let folder: TestFolder;
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(() => folder.remove());

const found = (tool: string): boolean => spawnSync(tool, ['--version']).error === undefined;

const unit = (listen?: string): string =>
  unitText({
    program: [process.execPath],
    data: '/var/lib',
    unlockFile: '/etc/licet/unlock',
    user: 'root',
    listen,
    lowPort: listen !== undefined,
  });

test.runIf(found('systemd-analyze'))('systemd finds nothing wrong in the unit', async () => {
  for (const listen of [undefined, '[::]:443']) {
    const file = await folder.file('licet.service', unit(listen));
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], {
      encoding: 'utf8',
    });
    expect({
      status,
      said: `${stdout}${stderr}`.split('\n').filter((line) => line.includes('licet')),
    }).toEqual({
      status: 0,
      said: [],
    });
  }
});

test.runIf(found('systemd-analyze'))('systemd calls the unit well protected', async () => {
  const file = await folder.file('licet.service', unit());
  const { stdout } = spawnSync('systemd-analyze', ['security', '--offline=true', file], {
    encoding: 'utf8',
  });
  const exposure = Number(/exposure level for licet\.service: ([\d.]+)/u.exec(stdout)?.[1]);
  // Of 10; a user of its own takes another 0.1 off.
  expect(exposure).toBeLessThanOrEqual(1.7);
});

test('words of the command line reach the program as they are', () => {
  const data = '/srv/100% "safe"/$HOME';
  expect(
    unitText({
      program: ['/usr/bin/licet'],
      data,
      unlockFile: '/u',
      user: 'licet',
      listen: undefined,
      lowPort: false,
    }),
  ).toContain(String.raw`ExecStart=/usr/bin/licet serve --data "/srv/100%% \"safe\"/$$HOME"`);
});

/** A system below a folder, with a licet folder that was set up in it. */
const makeSystem = async (): Promise<string> => {
  const root = path.join(folder.path, 'system');
  await mkdir(path.join(root, 'var/lib'), { recursive: true });
  done(await licet(`init --data ${root}/var/lib/licet --operator-email a@example.com --json`));
  return root;
};

test('a secret that a former folder left is not taken for that of a restored one', async () => {
  const root = await makeSystem();
  const { installService } = await import('../../../../server/system/service/install.ts');
  const options = {
    root,
    program: ['/usr/local/bin/licet'],
    data: '/var/lib/licet',
    unlockFile: '/etc/licet/unlock',
    user: 'licet',
    listen: undefined,
  };
  await installService(options);
  // Another folder in the place of the first, with a secret of its own.
  await rm(path.join(root, 'var/lib/licet'), { recursive: true });
  done(await licet(`init --data ${root}/var/lib/licet --operator-email a@example.com --json`));
  const former = path.join(root, 'etc/licet/unlock');
  const before = await readFile(former, 'utf8');
  await expect(installService(options)).rejects.toThrow('mv /etc/licet/unlock');
  expect(await readFile(former, 'utf8')).toBe(before);
  await rename(former, `${former}.old`);
  const own = await readFile(path.join(root, 'var/lib/licet/keys/unlock'), 'utf8');
  await installService(options);
  expect(await readFile(former, 'utf8')).toBe(own);
});

test('install writes unit and user, and puts the unlock secret where the server can’t read it', async () => {
  const root = await makeSystem();
  const secret = await readFile(path.join(root, 'var/lib/licet/keys/unlock'), 'utf8');
  const install = `service install --root ${root} --data /var/lib/licet --json`;
  // Run from a folder that a service does not see, the program is refused before anything changes.
  const refused = await licet(install);
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(refused.stderr).toContain('/usr/local/bin');
  expect(await readdir(root)).toEqual(['var']);

  const { installService, serviceState, uninstallService } =
    await import('../../../../server/system/service/install.ts');
  const options = {
    root,
    program: ['/usr/local/bin/licet'],
    data: '/var/lib/licet',
    unlockFile: '/etc/licet/unlock',
    user: 'licet',
    listen: undefined,
  };
  await installService(options);
  const written = await readFile(path.join(root, 'etc/systemd/system/licet.service'), 'utf8');
  expect(written).toContain('LoadCredential=unlock:/etc/licet/unlock');
  expect(await readFile(path.join(root, 'etc/sysusers.d/licet.conf'), 'utf8')).toContain(
    'u licet ',
  );
  expect(await readFile(path.join(root, 'etc/licet/unlock'), 'utf8')).toBe(secret);
  expect((await stat(path.join(root, 'etc/licet/unlock'))).mode % 0o1000).toBe(0o600);
  expect(await readdir(path.join(root, 'var/lib/licet/keys'))).not.toContain('unlock');
  expect(await serviceState({ root })).toMatchObject({ installed: true });

  // Installing again, say with another port, keeps the secret.
  await installService({ ...options, listen: '127.0.0.1:443' });
  expect(await readFile(path.join(root, 'etc/licet/unlock'), 'utf8')).toBe(secret);
  expect(await readFile(path.join(root, 'etc/systemd/system/licet.service'), 'utf8')).toMatch(
    /--listen 127\.0\.0\.1:443[^]*AmbientCapabilities=CAP_NET_BIND_SERVICE/u,
  );

  // What a start would refuse is refused before anything is written.
  await expect(installService({ ...options, listen: '0.0.0.0:443' })).rejects.toThrow('Plain HTTP');

  expect(await uninstallService({ root })).toBe(true);
  expect(await readdir(path.join(root, 'etc/systemd/system'))).toEqual([]);
  expect(await readdir(path.join(root, 'var/lib/licet'))).toContain('db.json');
});

const withoutSystemd = process.getuid?.() === 0 && !existsSync('/run/systemd/system');

test.runIf(withoutSystemd)('where systemd does not run, nothing is changed', async () => {
  const data = path.join(folder.path, 'data');
  done(await licet(`init --data ${data} --operator-email a@example.com --json`));
  for (const line of [`install --data ${data}`, 'uninstall']) {
    const ran = await licet(`service ${line}`);
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('systemd does not run') });
  }
  expect(await readdir(path.join(data, 'keys'))).toContain('unlock');
  done(await licet(`service install --data ${data} --dry-run`));
});

test('install without a data folder that was set up says what to do, and changes nothing', async () => {
  const { installService } = await import('../../../../server/system/service/install.ts');
  const root = path.join(folder.path, 'empty');
  await mkdir(root);
  await expect(
    installService({
      root,
      program: ['/usr/local/bin/licet'],
      data: '/var/lib/licet',
      unlockFile: '/etc/licet/unlock',
      user: 'licet',
      listen: undefined,
    }),
  ).rejects.toThrow('licet init');
  expect(await readdir(root)).toEqual([]);
});

test('status says that there is no service, and fails; uninstall too', async () => {
  const status = await licet(`service status --root ${folder.path} --json`);
  expect(status.code).toBe(1);
  expect(status.json()).toMatchObject({ installed: false });
  expect((await licet(`service uninstall --root ${folder.path}`)).code).toBe(1);
});

/** Receives one datagram, as systemd does; Python, since Node has no such sockets. */
const receiver = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('bound', flush=True)
while True:
    data = s.recv(4096)
    if b'READY=1' in data:
        print('READY=1', flush=True)
        break
`;

test.runIf(found('systemd-notify') && found('python3'))(
  'serve tells systemd when it answers',
  async () => {
    const data = path.join(folder.path, 'data');
    done(await licet(`init --data ${data} --operator-email a@example.com --json`));
    // A secret at systemd's place is the one that is used.
    const credentials = path.join(folder.path, 'credentials');
    await mkdir(credentials);
    await writeFile(
      path.join(credentials, 'unlock'),
      await readFile(path.join(data, 'keys/unlock')),
    );
    const socket = path.join(folder.path, 'notify');
    const systemd = spawn('python3', ['-c', receiver, socket], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void systemd.kill('SIGKILL'));
    const lines = createInterface(systemd.stdout)[Symbol.asyncIterator]();
    expect(await lines.next()).toMatchObject({ value: 'bound' });
    const server = await startLicet(`serve --data ${data} --listen 127.0.0.1:0`, {
      env: { NOTIFY_SOCKET: socket, CREDENTIALS_DIRECTORY: credentials },
    });
    expect(await lines.next()).toMatchObject({ value: 'READY=1' });
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    expect(await server.stop()).toBe(0);
  },
);
