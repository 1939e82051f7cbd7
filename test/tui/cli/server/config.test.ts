/** `licet config check`: where each setting is from, and what is wrong with one. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { settingsTable } from '../../../../server/system/settings/settings-table.ts';
import { otherVariables } from '../../../../server/system/settings/variables.ts';
import { createDataFolders } from '../../../support/server/data-folder.ts';
import { done, licet, makeFolder, startLicet, type TestFolder } from '../../../support/licet.ts';
import { root } from '../../../support/terminal/pages.ts';

let folder: TestFolder;
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(() => folder.remove());

test('a flag goes before a variable, that before the file, and the file before what is usual', async () => {
  await folder.file(
    'licet.json',
    '{"name":"From the file","listen":"[::1]:8417","tls":true,"connections":10}',
  );
  const ran = await licet(
    `config check --data ${folder.path} --connections 30 --tls false --trust-proxy --json`,
    { env: { LICET_NAME: 'From a variable', LICET_CONNECTIONS: '20' } },
  );
  expect(done(ran).json()).toMatchObject({
    name: { value: 'From a variable', from: 'LICET_NAME' },
    listen: { value: '[::1]:8417', from: `${folder.path}/licet.json` },
    logLevel: { value: 'info', from: null },
    connections: { value: '30', from: '--connections' },
    tls: { value: 'false', from: '--tls' },
    trustProxy: { value: 'true', from: '--trust-proxy' },
  });
});

test('a bad setting is named, with its value, where it is from and what is allowed', async () => {
  const file = await folder.file('other.json', '{"connections":3}');
  const ran = await licet(`config check --data ${folder.path} --config ${file}`);
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  for (const part of ['connections', '"3"', file, '10 to 100000'])
    expect(ran.stderr).toContain(part);
});

test.each(Object.entries(settingsTable))(
  'a value that can’t be is refused with what may be: %s',
  async (name, { allowed, variable, flag }) => {
    const file = await folder.file('other.json', JSON.stringify({ [name]: { wrong: 1 } }));
    const ran = await licet(`config check --data ${folder.path} --config ${file}`);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain(
      `The setting "${name}" is "{"wrong":1}" (from ${file}), and must be ${allowed}.`,
    );
    // Its other names are these, and mean the same.
    expect(variable).toMatch(/^LICET_[A-Z_]+$/u);
    expect(flag).toBe(`--${name.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`)}`);
  },
);

test.each([
  ['--listen 0.0.0.0:8417', 'Plain HTTP on 0.0.0.0:8417'],
  ['--tls-cert /nowhere.pem --tls-key /nowhere.pem', 'The setting "tlsCert" names /nowhere.pem'],
  ['--tls-cert /nowhere.pem', '"tlsCert" and "tlsKey" go together'],
])('what a start would refuse of settings together is refused: %s', async (flags, text) => {
  const ran = await licet(`config check --data ${folder.path} ${flags}`);
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toContain(text);
  done(await licet(`config check --data ${folder.path} --listen 0.0.0.0:8417 --tls`));
});

test('a folder that is not there may be checked for, and is told', async () => {
  const ran = done(await licet(`config check --data ${folder.path}/dta`));
  expect(ran.stderr).toContain(`There is no folder ${folder.path}/dta yet.`);
});

const misspelled = { LICET_LISTN: '0.0.0.0:8417', LICET_COLOR: 'blue' };
/** What a container of Kubernetes has where a service is called licet. */
const fromKubernetes = {
  LICET_SERVICE_HOST: '10.0.0.7',
  LICET_SERVICE_PORT_HTTP: '8417',
  LICET_PORT: 'tcp://10.0.0.7:8417',
  LICET_PORT_8417_TCP_ADDR: '10.0.0.7',
};

test('a variable that licet does not have is refused, with the one that was probably meant', async () => {
  const check = (env: Readonly<Record<string, string>>) =>
    licet(`config check --data ${folder.path}`, { env });
  const ran = await check({ ...misspelled, ...fromKubernetes });
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toMatch(/LICET_LISTN is set, .*Did you mean LICET_LISTEN\?$/mu);
  expect(ran.stderr).toMatch(/LICET_COLOR is set, .*Its variables are: LICET_LISTEN, /mu);
  for (const name of Object.keys(fromKubernetes)) expect(ran.stderr).not.toContain(`${name} is`);
  const others = Object.fromEntries(Object.keys(otherVariables).map((name) => [name, '1']));
  done(await check({ ...others, ...fromKubernetes, LICET_NAME: 'Harbour' }));
});

test('a server names such a variable in its log, and starts', async () => {
  const folders = await createDataFolders();
  const data = await folders.make();
  const server = await startLicet(`serve --data ${data} --listen 127.0.0.1:0`, {
    env: { ...misspelled, ...fromKubernetes },
  });
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  await server.stop();
  await folders.remove();
  const warnings = server
    .stderr()
    .split('\n')
    .filter((line) => line.includes('"level":"warn"'));
  expect(warnings.map((line) => /LICET_\w+ is set/u.exec(line)?.[0])).toEqual([
    'LICET_LISTN is set',
    'LICET_COLOR is set',
  ]);
});

test('every variable that the program reads is known', async () => {
  const known = new Set([
    ...Object.values(settingsTable).map(({ variable }) => variable),
    ...Object.keys(otherVariables),
    // Put in when the program is built.
    'LICET_VERSION',
  ]);
  const read = new Set<string>();
  for (const layer of ['shared', 'server', 'tui']) {
    const files = await readdir(path.join(root, layer), { recursive: true });
    for (const name of files.filter((file) => /\.tsx?$/u.test(file))) {
      const text = await readFile(path.join(root, layer, name), 'utf8');
      // A name that goes on is the beginning of several.
      for (const [variable] of text.matchAll(/\bLICET_[A-Z][A-Z_]*[A-Z]\b/gu)) read.add(variable);
    }
  }
  expect([...read].filter((variable) => !known.has(variable))).toEqual([]);
  expect([...known].filter((variable) => !read.has(variable))).toEqual([]);
});
