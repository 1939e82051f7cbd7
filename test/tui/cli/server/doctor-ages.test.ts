/** `licet doctor` on what time and use wear down: disk space, clock, certificates, age of keys and backups. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { makeServerIdentity, makeAuthority } from '../../../../server/system/tls/issue.ts';
import { initData } from '../../../../server/system/maintenance/init.ts';
import { readSettings } from '../../../../server/system/settings/settings.ts';
import { ownIdentity } from '../../../../server/system/tls/own-identity.ts';
import { canMount, withSmallDisk } from '../../../faults/mounts.ts';
import {
  createDataFolders,
  operatorEmail,
  quietLog,
  rootPassphrase,
  type DataFolders,
} from '../../../support/server/data-folder.ts';
import { done, licet, startLicet, type Ran } from '../../../support/licet.ts';

// Many processes one after the other, on machines that have other work too.
vi.setConfig({ testTimeout: 120_000 });

const day = 86_400_000;
let folders: DataFolders;
let data: string;
beforeAll(async () => {
  folders = await createDataFolders();
});
beforeEach(async () => {
  data = await folders.make();
});
afterAll(() => folders.remove());

const doctor = (line = '', directory = data): Promise<Ran> =>
  licet(`doctor --data ${directory} ${line}`);
const settings = (values: object): Promise<void> =>
  writeFile(path.join(data, 'licet.json'), JSON.stringify(values), { mode: 0o600 });

/** Sets a folder up at another time. */
const makeAt = async (name: string, at: number): Promise<string> => {
  const directory = `${data}-${name}`;
  const init = { directory, operatorEmail, rootPassphrase, environment: {}, log: quietLog };
  await initData({ ...init, now: () => at });
  return directory;
};

test.runIf(canMount)('a disk that is nearly full', async () => {
  const place = `${data}-small`;
  await withSmallDisk(place, '24m', async () => {
    const small = path.join(place, 'data');
    const init = { directory: small, operatorEmail, rootPassphrase, environment: {} };
    await initData({ ...init, log: quietLog });
    const ran = await doctor('', small);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toMatch(/warning: .*Only \d+ MB are free on its disk; .*\n {2}- Make room/u);
  });
  expect((await doctor()).stdout).not.toContain('are free on its disk');
});

test('a clock that was set back, also after a clean stop', async () => {
  const ahead = await makeAt('ahead', Date.now() + 2 * day);
  const ran = await doctor('', ahead);
  expect(ran.code).toBe(1);
  expect(ran.stdout).toMatch(
    /warning: .*The last change was made on .*, but this machine's clock says .*\n {2}- Set the clock/u,
  );
});

test('a certificate for HTTPS from a file that ends soon, or has ended', async () => {
  const certificate = path.join(data, 'own.pem');
  await settings({ tlsCert: certificate, tlsKey: certificate });
  const from = async (days: number): Promise<Ran> => {
    const at = Date.now() - days * day;
    const { cert } = await makeServerIdentity(await makeAuthority('a', at), ['localhost'], at);
    await writeFile(certificate, cert, { mode: 0o600 });
    return doctor();
  };
  done(await from(0));
  expect((await from(80)).stdout).toMatch(/warning: .*certificate for HTTPS ends on 20/u);
  const ended = await from(100);
  expect(ended.code).toBe(1);
  expect(ended.stdout).toMatch(/certificate for HTTPS ended on .*\n {2}- Put a new certificate/u);
});

test('a certificate of --tls that a running server has not renewed, and its authority', async () => {
  await settings({ tls: true });
  const issueAt = async (at: number): Promise<void> => {
    await rm(path.join(data, 'keys/tls-server.json'), { force: true });
    await ownIdentity({ directory: data }, await readSettings({ directory: data }), at);
  };
  await issueAt(Date.now() - 88 * day);
  // Stopped, it needs no note: the next start renews it.
  done(await doctor());
  const server = await startLicet(`serve --data ${data} --listen 127.0.0.1:0`);
  onTestFinished(async () => {
    await server.stop();
  });
  done(await doctor());
  await issueAt(Date.now() - 88 * day);
  expect((await doctor()).stdout).toMatch(
    /warning: .*tls-server\.json: The certificate for HTTPS ends on .*has not renewed it/u,
  );
  await rm(path.join(data, 'keys/tls-authority.json'));
  await issueAt(Date.now() - 19.5 * 365 * day);
  expect((await doctor()).stdout).toMatch(/warning: .*tls-authority\.json: The authority .*ends/u);
});

test('how old the signing key is, and until when it is certified', async () => {
  const old = await makeAt('old', Date.now() - 100 * day);
  const ran = done(await doctor('', old));
  expect(ran.stdout).toMatch(/Signing key +made 100 days ago\nCertified until +20/u);
  expect((await doctor('--json', old)).json()).toMatchObject({
    signingKey: { madeAt: expect.any(String), certifiedUntil: expect.any(String) },
  });
  const soon = await makeAt('soon', Date.now() - 340 * day);
  expect((await doctor('', soon)).stdout).toMatch(/certificate of the signing key ends on/u);
});

test('how old the newest backup is: a note after a week', async () => {
  expect((await doctor()).stdout).toContain('No backup of this folder is known.');
  done(await licet(`backup ${data}.backup --data ${data}`));
  expect(done(await doctor()).stdout).toMatch(/Newest backup +.*\.backup, today/u);
  const notes = path.join(data, 'backups.jsonl');
  const note = JSON.parse(await readFile(notes, 'utf8')) as object;
  const at = new Date(Date.now() - 8 * day).toISOString();
  await writeFile(notes, `${JSON.stringify({ ...note, at })}\n`, { mode: 0o600 });
  const late = done(await doctor());
  expect(late.stdout).toMatch(/note: .*\.backup, is 8 days old.*\n {2}- Make one/u);
  expect(late.stdout).toMatch(/Newest backup +.*\.backup, 8 days ago/u);
});
