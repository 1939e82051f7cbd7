/** `licet journal verify | export | archive | tail`: on a folder, and by the server that has it open. */
import { cp, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { collections } from '../../../server/collections.ts';
import { openStore } from '../../../server/store/folder/open-store.ts';
import { createDataFolders, quietLog, type DataFolders } from '../../support/server/data-folder.ts';
import { done, licet, openPortal, startLicet, type Portal } from '../../support/licet.ts';

// Many processes one after the other, on machines that have other work too.
vi.setConfig({ testTimeout: 120_000 });

let portal: Portal;
let folders: DataFolders;
beforeAll(async () => {
  [portal, folders] = await Promise.all([openPortal(), createDataFolders()]);
});
afterAll(async () => {
  await portal.close();
  await folders.remove();
});

const local = (line: string, data = portal.data) => licet(`journal ${line} --data ${data}`);
const segment = (data: string): string => path.join(data, 'journal', '000000000001.jsonl');

/** A folder whose journal has several files. */
const longJournal = async (): Promise<string> => {
  const directory = await folders.make();
  const store = await openStore({
    directory,
    schema: collections,
    now: Date.now,
    log: quietLog,
    sizes: { segment: 2000 },
  });
  for (let n = 0; n < 30; n += 1)
    await store.transact({ id: 'system', from: 'local' }, async (tx) =>
      tx.record({ action: 'test.note', target: `n_${n}`, outcome: 'ok' }),
    );
  await store.close();
  return directory;
};

test('verify reads the journal while the server runs', async () => {
  expect(done(await local('verify --json')).json()).toMatchObject({ ok: true, first: 1 });
  expect(done(await local('verify')).stderr).toMatch(/The journal verifies: \d+ records/u);
});

test('verify names file and line of a changed record, and of one that is gone: exit 4', async () => {
  const data = await longJournal();
  const before = await readFile(segment(data), 'utf8');
  await writeFile(segment(data), before.replace('"local"', '"nobody"'));
  const changed = await local('verify', data);
  expect(changed).toMatchObject({ code: 4, stdout: '' });
  expect(changed.stderr).toContain('000000000001.jsonl, line 1: Record 1 was changed');
  const lines = before.split('\n');
  await writeFile(segment(data), [...lines.slice(0, 2), ...lines.slice(3)].join('\n'));
  expect((await local('verify', data)).stderr).toMatch(/line 3: Record 3 is missing/u);
});

test('a checkpoint that was carried away shows that the end was cut off', async () => {
  const data = await folders.make();
  const early = `${data}-early`;
  await cp(data, early, { recursive: true });
  const server = await startLicet(`serve --data ${data} --listen 127.0.0.1:0`);
  const login = `login --server ${server.url} --email olga@example.com`;
  done(await portal.as('olga', login, { input: 'three green kites over the bay' }));
  await server.stop();
  const carried = path.join(data, 'checkpoints.jsonl');
  done(await local(`verify --checkpoint ${carried}`, data));
  done(await local('verify', early));
  const cut = await local(`verify --checkpoint ${carried}`, early);
  expect(cut.code).toBe(4);
  expect(cut.stderr).toContain('its end was cut off');
  const foreign = await local(`verify --checkpoint ${carried}`);
  expect(foreign.code).toBe(4);
  expect(foreign.stderr).toContain('not signed by a key of this server');
  const none = await local('verify --checkpoint nowhere.jsonl');
  expect(none.code).toBe(1);
  expect(none.stderr).toMatch(/nowhere\.jsonl is not there\.\nCheck/u);
});

test('export gives lines of JSON without hashes or secrets, and never overwrites', async () => {
  const { stdout } = done(await local('export'));
  const records = stdout.trimEnd().split('\n');
  expect(JSON.parse(records[0] ?? '')).toMatchObject({ seq: 1, action: 'server.init' });
  expect(stdout).toContain('"session.start"');
  expect(stdout).not.toMatch(/"hash"|"prev"|argon2/u);
  const file = path.join(portal.folder, 'journal.jsonl');
  const made = done(await local(`export --out ${file} --json`)).json();
  expect(made).toMatchObject({ file, records: expect.any(Number) });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const again = await local(`export --out ${file}`);
  expect(again.code).toBe(1);
  expect(again.stderr).toMatch(/is there already.*Name another/su);
});

test('archive moves old files behind a signed checkpoint, and what is left verifies and is served', async () => {
  const data = await longJournal();
  const to = `${data}-archive`;
  const nothing = await local(`archive --before 2020-01-01 --to ${to}`, data);
  expect(done(nothing).stdout).toContain('nothing was moved');
  const moved = done(await local(`archive --before 2099-01-01 --to ${to} --json`, data)).json();
  expect(moved).toMatchObject({ first: 1, last: expect.any(Number) });
  const last = Number(moved['last']);
  expect(last).toBeGreaterThan(10);
  expect(await readdir(to)).toContain(`checkpoint-${last}.json`);
  expect(done(await local('verify --json', data)).json()).toMatchObject({
    ok: true,
    first: last + 1,
    archivedThrough: last,
  });
  const server = await startLicet(`serve --data ${data} --listen 127.0.0.1:0`);
  const running = await local(`archive --before 2099-01-01 --to ${to}`, data);
  expect(running.code).toBe(1);
  expect(running.stderr).toContain(`process ${server.pid}`);
  expect(await server.stop()).toBe(0);
  expect((await local(`archive --before soon --to ${to}`, data)).code).toBe(2);
});

test('tail -f goes on with what comes, until it is stopped', async () => {
  const env = { LICET_CONFIG_DIR: path.join(portal.folder, 'config', 'ops') };
  const tail = await startLicet('journal tail -f --lines 1 --json', { env });
  expect(tail.first).toMatchObject({ outcome: 'ok' });
  done(await portal.as('ops', 'product create acme-server --name "Acme Server"'));
  await vi.waitUntil(() => tail.stdout().includes('"product.create"'), { timeout: 30_000 });
  expect(await tail.stop('SIGINT')).toBe(0);
});

test('help has an example', async () => {
  for (const name of ['verify', 'export', 'archive', 'tail'])
    expect(done(await licet(`journal ${name} --help`)).stdout).toMatch(
      /Examples?:\n {2}licet journal/u,
    );
});
