/** `licet demo`: a whole portal that leaves nothing behind, however it ends. */
import { readdir } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { people } from '../../../tui/demo/story.ts';
import { bundle } from '../../support/bundle.ts';
import { closing } from '../../support/closing.ts';
import { done, licet, makeFolder, startLicet, type TestFolder } from '../../support/licet.ts';
import { openProgram } from '../../support/terminal/terminal.ts';

let folder: TestFolder;
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(() => folder.remove());

/** Waits until the folder in which the demo keeps its files is empty. */
const untilEmpty = async (): Promise<void> => {
  for (let tries = 0; (await readdir(folder.path)).length > 0; tries += 1) {
    if (tries === 200) throw new Error(`left behind: ${(await readdir(folder.path)).join(', ')}`);
    await setTimeout(50);
  }
};

const startHeadless = () => startLicet('demo --headless', { env: { TMPDIR: folder.path } });

test('without a terminal it says where it listens, gives a curl that works, and runs until stopped', async () => {
  const demo = await startHeadless();
  const curl = /curl -s (?<url>\S+) .*?-d '(?<body>.*?)'/su.exec(demo.stderr())?.groups ?? {};
  const refused = await fetch(curl['url'] ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: curl['body'] ?? '',
  });
  expect(refused.status).toBe(409);
  expect(await refused.json()).toMatchObject({ code: 'activation-limit-exceeded', used: 3 });
  const env = { LICET_CONFIG_DIR: `${folder.path}/config` };
  done(
    await licet(`login --server ${demo.url} --email ${people.owner.email}`, {
      env,
      input: people.owner.password,
    }),
  );
  done(await licet('activations reset Prod --yes', { env }));
  const { items } = done(await licet('license list --json', { env })).json() as {
    items: { name: string; offline: number }[];
  };
  expect(items.map(({ name }) => name)).toEqual(['Prod', 'Dev', 'Plant', 'Studio trial']);
  expect(items.find(({ name }) => name === 'Plant')?.offline).toBe(1);
  expect(await demo.stop()).toBe(0);
  await expect(fetch(demo.url)).rejects.toThrow('fetch failed');
  expect(await readdir(folder.path)).toEqual(['config']);
});

test('killed, it leaves no process and no file', async () => {
  const demo = await startHeadless();
  expect(await readdir(folder.path)).not.toEqual([]);
  await demo.stop('SIGKILL');
  await untilEmpty();
  await expect(fetch(demo.url)).rejects.toThrow('fetch failed');
});

test('a port in use is named', async () => {
  const demo = await startHeadless();
  const ran = await licet(`demo --headless --port ${new URL(demo.url).port}`);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain('in use');
  await demo.stop();
});

test('in a terminal it opens the portal at a sign-in that explains itself', async () => {
  const env = { TMPDIR: folder.path, LICET_CONFIG_DIR: `${folder.path}/config` };
  const terminal = closing(openProgram(await bundle('tui/main.tsx'), ['demo'], { env }));
  await terminal.waitFor('I have a code', 30_000);
  await terminal.waitFor(people.owner.password);
  expect(terminal.output()).toContain('curl -s http://127.0.0.1:');
  terminal.type(`${people.owner.email}\t${people.owner.password}\r`);
  await terminal.waitFor('Prod');
  terminal.press('q');
  expect(await terminal.exited).toMatchObject({ code: 0 });
  expect(await readdir(folder.path)).toEqual([]);
});
