/** marks.json: a damaged mark is left out, and none promises more than a lease can. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { makeTemporaryFolder, openPort } from './support.ts';

const day = 86_400_000;
const at = Date.UTC(2026, 10, 24);

let directory: string;

beforeEach(async () => {
  directory = await makeTemporaryFolder();
  const store = await openPort(directory);
  store.marks.set('act_1', { at, until: at + day, version: '1.2.3' });
  store.marks.set('act_2', { at, until: at + day });
  await store.close();
});

afterEach(() => rm(directory, { recursive: true, force: true }));

/** Opens a folder whose marks.json was changed; gives out its marks. */
const read = async (change: (text: string) => string) => {
  const path = join(directory, 'marks.json');
  await writeFile(path, change(await readFile(path, 'utf8')));
  const store = await openPort(directory);
  const marks = [store.marks.get('act_1'), store.marks.get('act_2')];
  await store.close();
  return marks;
};

it.each([
  ['until when', (text: string) => text.replace(`"until":${at + day}`, `"until":${at + 9 * day}`)],
  ['when', (text: string) => text.replace(`"at":${at}`, `"at":${at - day}`)],
  ['a version', (text: string) => text.replace('1.2.3', '1.2.7')],
  ['the name of the checksum', (text: string) => text.replace('"check"', '"chuck"')],
  ['of which machine', (text: string) => text.replace('act_1', 'act_9')],
])('a mark that was changed (%s) counts as none, and the others stay', async (_, change) => {
  expect(await read(change)).toEqual([undefined, { at, until: at + day }]);
});

it('a mark of an earlier version, without a checksum, counts, but not beyond the longest lease', async () => {
  const old = `{\n"act_1":{"at":${at},"until":${at + 9000 * day}},\n"act_2":{"at":${at}}\n}\n`;
  expect(await read(() => old)).toEqual([{ at, until: at + 400 * day }, { at }]);
});
