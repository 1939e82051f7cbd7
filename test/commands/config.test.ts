/** `licet config check`: where each setting is from, and what is wrong with one. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { settingsTable } from '../../server/system/settings-table.ts';
import { done, licet, makeFolder, type TestFolder } from '../support/licet.ts';

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
