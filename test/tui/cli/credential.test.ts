/** The unlock secret as systemd hands it to a service: what is wrong with it is said of it, not of another place. */
import { chmod, cp, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDataFolders, type DataFolders } from '../../support/server/data-folder.ts';
import { licet, makeFolder, type RunOptions, type TestFolder } from '../../support/licet.ts';

let folders: DataFolders;
let data: string;
let credentials: TestFolder;
beforeAll(async () => {
  folders = await createDataFolders();
});
beforeEach(async () => {
  data = await folders.make();
  credentials = await makeFolder();
  return () => credentials.remove();
});
afterAll(() => folders.remove());

const file = () => path.join(credentials.path, 'unlock');
const serve = (options: RunOptions = {}) =>
  licet(`serve --data ${data} --listen 127.0.0.1:0`, {
    ...options,
    env: { CREDENTIALS_DIRECTORY: credentials.path },
  });

test('an empty one is said to be empty, though the data folder has a secret', async () => {
  await writeFile(file(), '\n');
  const ran = await serve();
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain(`The credential “unlock” of systemd is at ${file()}, and is empty.`);
  expect(ran.stderr).toContain('LoadCredential=');
});

test('one that can’t be read is said to be so, by every command that needs it', async () => {
  await mkdir(file());
  const said = `The credential “unlock” of systemd is at ${file()}, and can't be read (EISDIR)`;
  expect(await serve()).toMatchObject({ code: 1, stderr: expect.stringContaining(said) });
  const env = { CREDENTIALS_DIRECTORY: credentials.path };
  const doctor = await licet(`doctor --data ${data}`, { env });
  expect(doctor).toMatchObject({ code: 1, stdout: expect.stringContaining(said) });
  const passphrase = await credentials.file('passphrase', 'a quiet harbour at noon');
  const rotate = `keys rotate --data ${data} --root-passphrase-file ${passphrase}`;
  const rotated = await licet(rotate, { env });
  expect(rotated).toMatchObject({ code: 1, stderr: expect.stringContaining(said) });
});

// Without its power to open everything, root is a user like others.
const asUser =
  process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : [];

test('one that is closed to the user who runs it', async () => {
  await cp(path.join(data, 'keys/unlock'), file());
  await chmod(file(), 0o000);
  const ran = await serve({ under: asUser });
  expect(ran.stderr).toContain(
    `The credential “unlock” of systemd is at ${file()}, and can't be read (EACCES)`,
  );
  await chmod(credentials.path, 0o000);
  const closed = await serve({ under: asUser });
  await chmod(credentials.path, 0o700);
  expect(closed.stderr).toContain(`is at ${file()}, and can't be read (EACCES)`);
});

test('where there is none, the message of the missing secret says that systemd gave none', async () => {
  await rm(path.join(data, 'keys/unlock'));
  const ran = await serve();
  expect(ran.stderr).toContain(
    `The unlock secret is not at ${path.join(data, 'keys/unlock')}, and systemd gave no credential “unlock”.`,
  );
});
