/** Downloads by command: real processes, a real server, real files. */
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openSlowProxy } from '../../support/server/slow-proxy.ts';
import { makeServerKeys } from '../../support/statements.ts';
import {
  addOwner,
  done,
  licet,
  openPortal,
  operatorEmail,
  operatorPassword,
  ownerPassword,
  type Portal,
} from '../../support/licet.ts';

let portal: Portal;
beforeAll(async () => {
  portal = await openPortal();
  await addOwner(portal);
  done(await portal.signIn('ana', 'ana@example.com', ownerPassword));
});
afterAll(() => portal.close());

const ops = async (line: string) => done(await portal.as('ops', line));
const ana = (line: string, cwd?: string) =>
  portal.as('ana', line, cwd === undefined ? {} : { cwd });
const content = randomBytes(900_000);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const folder = async (name: string): Promise<string> => {
  const made = path.join(portal.folder, name);
  await mkdir(made);
  return made;
};

/** How often a file was sent from its beginning. */
const downloads = async (): Promise<number> => {
  const { items } = (await ops('journal tail --json')).json() as { items: { action: string }[] };
  return items.filter(({ action }) => action === 'release.download').length;
};

test('an operator publishes, an owner lists and downloads for another machine', async () => {
  const file = path.join(portal.folder, 'acme-1.4.0.zip');
  await writeFile(file, content);
  const published = await ops(
    `release publish ${file} --product acme-server --version 1.4.0 --platform windows-x64 --notes "Faster start" --json`,
  );
  expect(published.json()).toMatchObject({
    status: 'published',
    fileName: 'acme-1.4.0.zip',
    sha256: sha256(content),
    notes: 'Faster start',
  });
  const again = await ops(
    `release publish ${file} --product acme-server --version 1.4.0 --platform windows-x64 --json`,
  );
  expect(again.json()).toMatchObject({ id: published.json()['id'] });
  const listed = done(await ana('release list'));
  expect(listed.stdout).toMatch(/Acme Server +1\.4\.0 +windows-x64 +product +acme-1\.4\.0\.zip/u);

  const target = await folder('to');
  const got = done(await ana('release download acme-server --platform windows-x64 --json', target));
  expect(got.json()).toMatchObject({ file: path.join(target, 'acme-1.4.0.zip') });
  expect(await readFile(path.join(target, 'acme-1.4.0.zip'))).toEqual(content);

  const none = await ana('release download acme-server --platform macos-arm64', target);
  expect(none.code).toBe(1);
  expect(none.stderr).toContain('acme-1.4.0.zip (acme-server 1.4.0, windows-x64)');
});

test('with the vendor’s roots the signature of a release is verified too', async () => {
  const target = await folder('trusted');
  const trust = done(await licet(`keys export-trust --data ${portal.data}`)).stdout;
  const roots = await portal.file('trust.json', trust);
  done(await ana(`release download acme-1.4.0.zip --root ${roots}`, target));
  const foreign = await portal.file('foreign.pem', makeServerKeys().root.x);
  const refused = await ana(`release download acme-1.4.0.zip --root ${foreign}`, target);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('which is not among the trusted ones');
});

test('a download that broke off goes on where it stopped', async () => {
  const target = await folder('resumed');
  await writeFile(path.join(target, 'acme-1.4.0.zip.part'), content.subarray(0, 500_000));
  const before = await downloads();
  done(await ana('release download acme-1.4.0.zip', target));
  expect(await readFile(path.join(target, 'acme-1.4.0.zip'))).toEqual(content);
  await expect(stat(path.join(target, 'acme-1.4.0.zip.part'))).rejects.toThrow('ENOENT');
  expect(await downloads()).toBe(before);
});

test('a file of which the last bytes found no room is not taken for whole', async () => {
  const target = await folder('narrow');
  // The kernel takes what fits of the last piece, and says so, as it does on a disk that becomes full.
  const under = ['bash', '-c', `ulimit -f ${Math.floor(content.length / 1024)}; exec "$@"`, 'bash'];
  const ran = await portal.as('ana', 'release download acme-1.4.0.zip', { cwd: target, under });
  expect(ran.code).not.toBe(0);
  expect(await readdir(target)).toEqual(['acme-1.4.0.zip.part']);
  done(await ana('release download acme-1.4.0.zip', target));
  expect(await readFile(path.join(target, 'acme-1.4.0.zip'))).toEqual(content);
});

test('what is not what was published is deleted, and what is there already is left alone', async () => {
  const target = await folder('damaged');
  const part = path.join(target, 'acme-1.4.0.zip.part');
  await writeFile(part, Buffer.alloc(500_000));
  const ran = await ana('release download acme-1.4.0.zip', target);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain('its checksum differs. It was deleted.');
  await expect(stat(part)).rejects.toThrow('ENOENT');

  const other = path.join(target, 'acme-1.4.0.zip');
  await writeFile(other, 'mine');
  const refused = await ana('release download acme-1.4.0.zip', target);
  expect(refused.stderr).toContain('is there already, and is another file');
  expect(await readFile(other, 'utf8')).toBe('mine');
});

test('a link fetches it on another machine, without signing in', async () => {
  const ran = done(await ana('release link acme-server --platform windows-x64'));
  const url = /http:\S+/u.exec(ran.stdout)?.[0] ?? '';
  const response = await fetch(url);
  expect(Buffer.from(await response.arrayBuffer())).toEqual(content);
  const there = await folder('by-curl');
  const line = /curl .*/u.exec(ran.stderr)?.[0] ?? '';
  expect(line).toContain(url);
  await promisify(execFile)('sh', ['-c', line], { cwd: there });
  expect(await readFile(path.join(there, 'acme-1.4.0.zip'))).toEqual(content);
});

test('withdrawing asks what it does, and then nobody gets it', async () => {
  const file = path.join(portal.folder, 'beta.bin');
  await writeFile(file, 'beta');
  const line = `release publish ${file} --product acme-server --version 2.0.0-beta.1 --json`;
  const { id } = (await ops(line)).json();
  const dry = await ops(`release withdraw ${String(id)} --dry-run`);
  expect(dry.stdout).toContain("can't be downloaded any more");
  await ops(`release withdraw ${String(id)} --yes`);
  expect((await ana('release download beta.bin')).code).toBe(1);
});

/** The most memory that a process has had at once, in MB. */
const peakOf = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/u.exec(status)?.[1]) / 1000;
};

test.runIf(process.platform === 'linux')(
  'a file of 200 MB goes in and out in constant memory',
  async () => {
    const size = 200_000_000;
    const file = path.join(portal.folder, 'big.iso');
    // Sparse: it costs no disk here, and is as long to send as any.
    const handle = await open(file, 'w');
    await handle.truncate(size);
    await handle.close();
    const before = await peakOf(portal.server.pid);
    await ops(`release publish ${file} --product acme-server --version 3.0.0`);
    const target = await folder('big');
    done(await ana('release download big.iso', target));
    expect((await stat(path.join(target, 'big.iso'))).size).toBe(size);
    expect((await peakOf(portal.server.pid)) - before).toBeLessThan(120);
  },
  120_000,
);

test('a publication that broke off goes on where it stopped', async () => {
  const line = await openSlowProxy(portal.url, 0);
  const file = path.join(portal.folder, 'long.iso');
  const handle = await open(file, 'w');
  await handle.truncate(300_000_000);
  await handle.close();
  const login = `login --server ${line.url} --email ${operatorEmail}`;
  done(await portal.as('far', login, { input: operatorPassword }));
  const publish = `release publish ${file} --product acme-server --version 6.0.0`;
  const broken = portal.as('far', publish);
  const releases = path.join(portal.data, 'releases');
  const arrived = async () => {
    const part = (await readdir(releases)).find((name) => name.endsWith('.part')) ?? 'none';
    return (await stat(path.join(releases, part))).size;
  };
  await vi.waitFor(async () => expect(await arrived()).toBeGreaterThan(1_000_000), 60_000);
  await line.close();
  expect((await broken).code).not.toBe(0);
  expect((await ops(publish)).stderr).toMatch(/is published .* It went on after [\d.]+ MB/u);
  const target = await folder('long');
  done(await ana('release download long.iso', target));
  expect((await stat(path.join(target, 'long.iso'))).size).toBe(300_000_000);
}, 120_000);

test('a download says how far it is, its rate and the time left', async () => {
  const line = await openSlowProxy(portal.url, 15);
  try {
    const file = await portal.file('slow.bin', 'x'.repeat(8_000_000));
    await ops(`release publish ${file} --product acme-server --version 4.0.0`);
    const login = `login --server ${line.url} --email ana@example.com`;
    done(await portal.as('slow', login, { input: ownerPassword }));
    const ran = done(
      await portal.as('slow', `release download slow.bin --out ${portal.folder}/slow.out`),
    );
    expect(ran.stderr).toMatch(/50% of 8\.00 MB, [\d.]+ [kM]B\/s, \d+ s left/u);
    expect(ran.stderr).toContain('slow.bin has arrived whole');
  } finally {
    await line.close();
  }
});

test('without a session nothing is listed', async () => {
  const ran = await licet(`release list --server ${portal.url}`, {
    env: { LICET_CONFIG_DIR: path.join(portal.folder, 'nobody') },
  });
  expect(ran.code).toBe(3);
});
