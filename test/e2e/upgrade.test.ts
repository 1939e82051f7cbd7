/** Data that goes to a newer version of licet, and back: two programs, and real data of the first. */
import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { bundle } from '../support/bundle.ts';
import {
  addOwner,
  done,
  licet,
  openPortal,
  operatorEmail,
  operatorPassword,
  passphrase,
  startLicet,
  type Portal,
} from '../support/licet.ts';

// Many processes one after the other, on machines that have other work too.
vi.setConfig({ testTimeout: 120_000 });

let portal: Portal;
let newer: string;
beforeAll(async () => {
  portal = await openPortal();
  await addOwner(portal);
  await portal.server.stop();
  newer = await bundle('next');
}, 120_000);
afterAll(() => portal.close());

/** Every file with its bytes, times and mode. */
const fingerprint = async (folder: string): Promise<string> => {
  const hash = createHash('sha256');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const file of entries.map((entry) => path.join(entry.parentPath, entry.name)).toSorted()) {
    const { mode, mtimeMs } = await stat(file);
    hash.update(`${file} ${mode} ${mtimeMs}\n`);
    if ((await stat(file)).isFile()) hash.update(await readFile(file));
  }
  return hash.digest('hex');
};

const serve = (data: string, program?: string) =>
  startLicet(`serve --data ${data} --listen 127.0.0.1:${new URL(portal.url).port}`, {
    ...(program !== undefined && { program }),
  });

const licenseNames = async (): Promise<string[]> => {
  const { items } = done(await portal.as('ops', 'license list --json')).json() as {
    items: { name: string }[];
  };
  return items.map(({ name }) => name).toSorted();
};

test('a newer version makes a backup and migrates at its start, and says so', async () => {
  const server = await serve(portal.data, newer);
  expect(server.stderr()).toMatch(/before-schema-2-.*A backup was made first/u);
  expect(await licenseNames()).toEqual(['Named by the migration', 'Named by the migration']);
  expect(await server.stop()).toBe(0);
  const again = await serve(portal.data, newer);
  expect(again.stderr()).not.toContain('A backup was made first');
  expect(await again.stop()).toBe(0);
  expect(await readdir(path.join(portal.data, 'backups'))).toHaveLength(1);
  const verified = await licet(`journal verify --data ${portal.data}`, { program: newer });
  expect(verified).toMatchObject({ code: 0 });
  const journal = await licet(`journal export --data ${portal.data}`, { program: newer });
  expect(done(journal).stdout).toContain('store.migrate');
});

/** A folder as its program set it up, whose snapshot is lost. */
const lostSnapshot = async (program?: string): Promise<string> => {
  const data = path.join(portal.folder, program === undefined ? 'lost' : 'newer-lost');
  const by = program === undefined ? {} : { program };
  done(await licet(`init --data ${data} --operator-email ops@example.com`, by));
  await rm(path.join(data, 'db.json'));
  return data;
};

test('a snapshot that is made anew is of the version of its journal, and migrated at the next start', async () => {
  const data = await lostSnapshot();
  done(await licet(`doctor --repair --data ${data}`, { program: newer }));
  const server = await startLicet(`serve --data ${data} --listen 127.0.0.1:0`, { program: newer });
  expect(server.stderr()).toMatch(/before-schema-2-.*A backup was made first/u);
  expect(await server.stop()).toBe(0);
});

test('a newer version’s journal is not migrated again, and an older one makes no snapshot of it', async () => {
  const data = await lostSnapshot(newer);
  const before = await fingerprint(path.join(data, 'journal'));
  const older = await licet(`doctor --repair --data ${data}`);
  expect(older.code).toBe(1);
  expect(older.stdout).toContain('Install the newer version of licet that wrote this journal.');
  expect(await fingerprint(path.join(data, 'journal'))).toBe(before);
  expect(await readdir(data)).not.toContain('db.json');
  done(await licet(`doctor --repair --data ${data}`, { program: newer }));
  const server = await startLicet(`serve --data ${data} --listen 127.0.0.1:0`, { program: newer });
  expect(server.stderr()).not.toContain('A backup was made first');
  expect(await server.stop()).toBe(0);
});

test.each([
  'serve --listen 127.0.0.1:0',
  'operator recover ops@example.com',
  'operator account erase ana@example.com --yes',
  'backup BACKUP',
  'doctor',
  'doctor --repair',
  `keys rotate --root-passphrase-file PASSPHRASE`,
  'journal archive --before 2099-01-01 --to ARCHIVE',
])('an older version refuses without a change: %s', async (line) => {
  const before = await fingerprint(portal.data);
  const command = line
    .replace('BACKUP', path.join(portal.folder, 'refused.backup'))
    .replace('ARCHIVE', path.join(portal.folder, 'archive'))
    .replace('PASSPHRASE', await portal.file('passphrase', passphrase));
  const ran = await licet(`${command} --data ${portal.data}`);
  expect(ran.code).toBe(1);
  expect(`${ran.stdout}${ran.stderr}`).toMatch(/newer version/u);
  expect(await fingerprint(portal.data)).toBe(before);
});

test('the way back: the older version restores the backup that was made', async () => {
  const [name = ''] = await readdir(path.join(portal.data, 'backups'));
  const back = path.join(portal.folder, 'back');
  const file = path.join(portal.data, 'backups', name);
  done(
    await licet(
      `restore ${file} --data ${back} --root-passphrase-file ${await portal.file('passphrase', passphrase)}`,
    ),
  );
  const server = await serve(back);
  // A restore ends the sessions that the backup holds.
  done(await portal.signIn('ops', operatorEmail, operatorPassword));
  expect(await licenseNames()).toEqual(['Dev', 'Prod']);
  expect(await server.stop()).toBe(0);
});
