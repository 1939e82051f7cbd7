/**
 * Nobody attacks: a server burned down, and the unlock secret with it. The root's passphrase brings everything
 * back, and brought back everything but the authority that all clients had pinned: `serve --tls` refused to
 * start, or every client was asked to compare fingerprints. The authority is under the seal key now.
 */
import { chmod, cp, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  done,
  licet,
  makeFolder,
  passphrase,
  startLicet,
  type TestFolder,
} from '../support/licet.ts';

const fixture = path.join(import.meta.dirname, '../server/store/fixtures/portal-2');

let folder: TestFolder;
let data = '';
let rootFile = '';
beforeEach(async () => {
  folder = await makeFolder();
  data = path.join(folder.path, 'data');
  rootFile = await folder.file('passphrase', passphrase);
});
afterEach(() => folder.remove());

/** Serves by HTTPS once; gives what clients pin. */
const pinOf = async (directory: string): Promise<unknown> => {
  const server = await startLicet(`serve --data ${directory} --listen 127.0.0.1:0 --tls`);
  try {
    return server.first['fingerprint'];
  } finally {
    await server.stop();
  }
};

/** The folder of the earlier version, whose root has the same passphrase. */
const earlierFolder = async (): Promise<void> => {
  await cp(fixture, data, { recursive: true });
  await rm(path.join(data, 'expected.json'));
  for (const entry of await readdir(data, { recursive: true, withFileTypes: true })) {
    await chmod(path.join(entry.parentPath, entry.name), entry.isFile() ? 0o600 : 0o700);
  }
  await chmod(data, 0o700);
};

const backUp = async (): Promise<string> => {
  const file = path.join(folder.path, 'backup.tar.gz');
  done(await licet(`backup ${file} --data ${data}`));
  return file;
};

const restore = async (file: string) => {
  const restored = path.join(folder.path, 'restored');
  const ran = done(
    await licet(`restore ${file} --data ${restored} --root-passphrase-file ${rootFile}`),
  );
  return { restored, said: ran.stderr };
};

test('a restore by the root brings back the authority that clients pinned', async () => {
  const operator = await folder.file('operator', 'the operator of the test');
  done(
    await licet(
      `init --data ${data} --operator-email ops@example.com --operator-password-file ${operator} --root-passphrase-file ${rootFile}`,
    ),
  );
  const pin = await pinOf(data);
  expect(pin).toMatch(/^[0-9a-f]{64}$/u);
  const { restored, said } = await restore(await backUp());
  expect(said).not.toContain('tls-authority.json');
  const { code, stdout } = await licet(`doctor --data ${restored}`);
  expect([code, stdout]).toMatchObject([0, expect.not.stringContaining('tls-authority.json')]);
  expect(await pinOf(restored)).toBe(pin);
});

test('the authority of an earlier version goes on, and survives the unlock secret from then on', async () => {
  await earlierFolder();
  const read = () => readFile(path.join(data, 'keys', 'tls-authority.json'), 'utf8');
  expect(JSON.parse(await read())).toMatchObject({ version: 1 });
  const pin = await pinOf(data);
  expect(JSON.parse(await read())).toMatchObject({ version: 2 });
  const { restored } = await restore(await backUp());
  expect(await pinOf(restored)).toBe(pin);
});

test('one that no longer opens is told by the restore and the doctor, not by the first start', async () => {
  await earlierFolder();
  const { restored, said } = await restore(await backUp());
  expect(said).toContain('tls-authority.json');
  expect(said).toContain('every client is asked to compare its fingerprint');
  const { code, stdout } = await licet(`doctor --data ${restored}`);
  expect([code === 0, stdout]).toEqual([false, expect.stringContaining('tls-authority.json')]);
});
