/** Commands run as root on a data folder of another user: none leaves files there that its server can't read. */
import { chown, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  createDataFolders,
  operatorEmail,
  type DataFolders,
} from '../../../support/server/data-folder.ts';
import { done, licet } from '../../../support/licet.ts';

vi.setConfig({ testTimeout: 120_000 });

const user = 65_534;
let folders: DataFolders;
let data: string;

const giveAway = async (): Promise<void> => {
  const names = await readdir(data, { recursive: true });
  for (const name of ['', ...names]) await chown(path.join(data, name), user, user);
};

const isRoot = process.getuid?.() === 0;

beforeAll(async () => {
  folders = await createDataFolders();
  data = await folders.make();
  if (isRoot) await giveAway();
});
afterAll(() => folders.remove());

describe.runIf(isRoot)('root, on a folder of another user', () => {
  test.each([
    ['serve --listen 127.0.0.1:0'],
    [`operator recover ${operatorEmail}`],
    ['operator account erase ana@example.com'],
    ['doctor --repair'],
    ['backup --move --yes --out /nowhere/b.tar.gz'],
    ['journal archive --before 2020-01-01 --to /nowhere'],
    ['keys rotate'],
  ])('is told to become that user: %s', async (line) => {
    const ran = await licet(`${line} --data ${data}`);
    expect(ran).toMatchObject({ code: 1, stdout: '' });
    expect(ran.stderr).toContain(`sudo -u '#${user}'`);
  });

  test('may make a backup, whose note the owner can still read', async () => {
    const file = `${data}.tar.gz`;
    done(await licet(`backup ${file} --data ${data}`));
    for (const name of await readdir(data, { recursive: true }))
      expect(await stat(path.join(data, name))).toMatchObject({ uid: user, gid: user });
    const read = done(await licet(`doctor --data ${data} --json`)).json();
    expect(read).toMatchObject({ newestBackup: { file } });
  });
});
