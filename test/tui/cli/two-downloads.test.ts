/** Downloads into one folder: real processes at once, killed ones, and files that others write into. */
import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openSlowProxy, type SlowProxy } from '../../support/server/slow-proxy.ts';
import { addOwner, done, openPortal, ownerPassword, type Portal } from '../../support/licet.ts';

const content = randomBytes(8_000_000);
const download = 'release download acme.bin';

let portal: Portal;
let line: SlowProxy;
beforeAll(async () => {
  portal = await openPortal();
  await addOwner(portal);
  line = await openSlowProxy(portal.url, 0);
  done(await portal.signIn('ana', 'ana@example.com', ownerPassword));
  const login = `login --server ${line.url} --email ana@example.com`;
  done(await portal.as('slow', login, { input: ownerPassword }));
  const file = path.join(portal.folder, 'acme.bin');
  await writeFile(file, content);
  done(await portal.as('ops', `release publish ${file} --product acme-server --version 1.0.0`));
}, 60_000);
afterAll(async () => {
  await line.close();
  await portal.close();
});

/** A download into an empty folder that has begun, and goes on slowly until `line.pace` is 0. */
const begin = async (name: string) => {
  const folder = path.join(portal.folder, name);
  await mkdir(folder);
  line.pace = 300;
  const first = portal.as('slow', download, { cwd: folder });
  const part = path.join(folder, 'acme.bin.part');
  await vi.waitFor(async () => expect((await stat(part)).size).toBeGreaterThan(0), 30_000);
  return { folder, first, part };
};

test('a second download into the same folder doesn’t write into the file of the first', async () => {
  const { folder, first } = await begin('both');
  const second = await portal.as('ana', download, { cwd: folder });
  line.pace = 0;
  expect(second.code).toBe(1);
  expect(second.stderr).toContain('Another download is already writing');
  done(await first);
  expect(await readdir(folder)).toEqual(['acme.bin']);
  expect(content.equals(await readFile(path.join(folder, 'acme.bin')))).toBe(true);
}, 60_000);

test('a download that was killed keeps nobody out, and the next one resumes it', async () => {
  const { folder, first, part } = await begin('killed');
  const { pid } = JSON.parse(await readFile(`${part}.lock`, 'utf8')) as { pid: number };
  process.kill(pid, 'SIGKILL');
  expect((await first).code).not.toBe(0);
  line.pace = 0;
  done(await portal.as('ana', download, { cwd: folder }));
  expect(await readdir(folder)).toEqual(['acme.bin']);
  expect(content.equals(await readFile(path.join(folder, 'acme.bin')))).toBe(true);
}, 60_000);

test('a file that another program wrote into doesn’t pass as whole', async () => {
  const { folder, first, part } = await begin('spoiled');
  await appendFile(part, 'written by another program');
  line.pace = 0;
  const ran = await first;
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain('its checksum differs. It was deleted.');
  expect(await readdir(folder)).toEqual([]);
}, 60_000);
