/** `licet journal verify | export | archive | tail`: on a folder, and by the server that has it open. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addOwner, done, licet, openPortal, type Portal } from '../support/licet.ts';

let portal: Portal;
beforeAll(async () => {
  portal = await openPortal();
  await addOwner(portal);
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
