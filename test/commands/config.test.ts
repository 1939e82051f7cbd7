/** `licet config check`: where each setting is from, and what is wrong with one. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { done, licet, makeFolder, type TestFolder } from '../support/licet.ts';

let folder: TestFolder;
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(() => folder.remove());

test('a variable goes before the file, and the file before what is usual', async () => {
  await folder.file('licet.json', '{"name":"From the file","listen":"[::1]:8417"}');
  const ran = await licet(`config check --data ${folder.path} --json`, {
    env: { LICET_NAME: 'From a variable' },
  });
  expect(done(ran).json()).toMatchObject({
    name: { value: 'From a variable', from: 'LICET_NAME' },
    listen: { value: '[::1]:8417', from: `${folder.path}/licet.json` },
    logLevel: { value: 'info', from: null },
  });
});

test('a bad setting is named, with its value, where it is from and what is allowed', async () => {
  const file = await folder.file('other.json', '{"connections":3}');
  const ran = await licet(`config check --data ${folder.path} --config ${file}`);
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  for (const part of ['connections', '"3"', file, '10 to 100000'])
    expect(ran.stderr).toContain(part);
});
