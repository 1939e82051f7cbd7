/** What an operator does on the server's own machine: backup, restore, doctor, the journal's files. */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  addOwner,
  done,
  licet,
  openPortal,
  ownerPassword,
  passphrase,
  startLicet,
  type Portal,
} from '../support/licet.ts';

let portal: Portal;
let secret: string;
beforeAll(async () => {
  portal = await openPortal();
  await addOwner(portal);
  secret = await portal.file('root-passphrase', passphrase);
});
afterAll(() => portal.close());

const local = (line: string) => licet(`${line} --data ${portal.data}`);

test('the journal is verified and exported while the server runs, and a change in it is found', async () => {
  expect(done(await local('journal verify --json')).json()).toMatchObject({ ok: true });
  const exported = done(await local('journal export'));
  const records = exported.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(records[0]).toMatchObject({ seq: 1, action: 'server.init' });
  expect(exported.stdout).not.toMatch(/"hash"|argon2/u);

  const data = path.join(portal.folder, 'edited');
  done(await licet(`init --data ${data} --operator-email a@example.com`));
  const file = path.join(data, 'journal', '000000000001.jsonl');
  await writeFile(file, (await readFile(file, 'utf8')).replace('"local"', '"nobody"'));
  const ran = await licet(`journal verify --data ${data}`);
  expect(ran.code).toBe(4);
  expect(ran.stderr).toContain('000000000001.jsonl, line 1');
});

test('a backup of a running server is restored by the passphrase, and people sign in there', async () => {
  const backups = path.join(portal.folder, 'licet.tar.gz');
  const made = done(await local(`backup ${backups} --json`)).json();
  expect(made['file']).toBe(backups);
  const copy = path.join(portal.folder, 'copy');
  const noPassphrase = await licet(`restore ${backups} --data ${copy}`);
  expect(noPassphrase.code).toBe(2);
  expect(await readdir(portal.folder)).not.toContain('copy');
  const restored = done(
    await licet(`restore ${backups} --data ${copy} --root-passphrase-file ${secret} --json`),
  );
  expect(restored.json()).toMatchObject({ era: 2, signingKey: expect.any(String) });
  const again = await licet(`restore ${backups} --data ${copy} --root-passphrase-file ${secret}`);
  expect(again.code).toBe(1);
  const server = await startLicet(`serve --data ${copy} --listen 127.0.0.1:0`);
  const signedIn = await portal.as(
    'ana-there',
    `login --server ${server.url} --email ana@example.com`,
    { input: ownerPassword },
  );
  expect(await server.stop()).toBe(0);
  done(signedIn);
  expect(done(await licet(`journal verify --data ${copy} --json`)).json()).toMatchObject({
    ok: true,
  });
});

test('doctor finds nothing in a sound folder, and names file and choices in a damaged one', async () => {
  expect(done(await local('doctor --json')).json()).toHaveProperty('findings');
  const data = path.join(portal.folder, 'damaged');
  done(await licet(`init --data ${data} --operator-email a@example.com`));
  await writeFile(path.join(data, 'db.json'), 'null');
  const ran = await licet(`doctor --data ${data}`);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toMatch(/damage: .*db\.json/u);
  expect(ran.stderr).toContain('doctor --repair');
  expect((await licet(`serve --data ${data} --listen 127.0.0.1:0`)).code).toBe(1);
});

test('a folder that was moved away starts no server any more', async () => {
  const data = path.join(portal.folder, 'moved');
  done(await licet(`init --data ${data} --operator-email a@example.com`));
  done(await licet(`backup --move ${path.join(portal.folder, 'moved.tar.gz')} --data ${data}`));
  const ran = await licet(`serve --data ${data} --listen 127.0.0.1:0`);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain('moved.tar.gz');
});
