/** The owner's list of offline keys: by the next visit, renewed in place, printed, shown again. */
import { mkdtemp, readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createRequest } from '../../../shared/sdk/index.ts';
import { must } from '../../support/server/live-server.ts';
import { anaEmail, openPortalServer, signInTui, type Portal } from '../../support/terminal/tui.ts';

const issue = async (server: Portal, hostname: string, days: number) => {
  const stateDir = await mkdtemp(path.join(os.tmpdir(), 'licet-machine-'));
  const fingerprint = Buffer.from(hostname.padEnd(32, '.')).toString('hex');
  const made = await createRequest({ stateDir, hostname, fingerprint });
  if (!made.ok) throw new Error(made.error.message);
  const client = await server.client(anaEmail);
  return must(client.issueOfflineKey(server.prod, { request: made.value.file, days }));
};

/** Whether the list shows these machines, in this order. */
const lists =
  (...wanted: readonly string[]) =>
  (screen: string): boolean =>
    machines(screen).join() === wanted.join();

const machines = (screen: string): string[] =>
  [...screen.matchAll(/^ [▌ ] (?<name>plant-\d) +(?<status>\w+)/gmu)].map(
    ({ groups }) => `${groups?.['name']} ${groups?.['status']}`,
  );

test('stands in the order of the next visits; a renewal moves the machine down and needs no request', async () => {
  const server = await openPortalServer();
  await issue(server, 'plant-1', 170);
  await issue(server, 'plant-2', 20);
  const cwd = await mkdtemp(path.join(os.tmpdir(), 'licet-saved-'));
  const terminal = await signInTui(server, anaEmail, { columns: 100, rows: 40, cwd });
  terminal.press('4');
  await terminal.waitFor(lists('plant-2 active', 'plant-1 active'));
  await terminal.waitFor(/▌ plant-2 +active +in 1[45] d/u);

  terminal.press('w');
  await terminal.waitFor('Make the next key from the stored request');
  terminal.press('enter');
  await terminal.waitFor(/The renewed key for plant-2 works until \d{4}-\d\d-\d\d/u);
  await terminal.waitFor(/^ *1\. [0-9A-Z ]+$/mu);
  terminal.press('esc');
  await terminal.waitFor('superseded');
  await terminal.waitFor(lists('plant-1 active', 'plant-2 active', 'plant-2 superseded'));

  const client = await server.client(anaEmail);
  const { items } = await must(client.offlineKeys(server.prod));
  const renewed = items.find(
    ({ hostname, status }) => hostname === 'plant-2' && status === 'active',
  );
  terminal.press('home', 't');
  await terminal.waitFor('NEXT VISIT DUE');
  terminal.press('s');
  await terminal.waitFor('Save to a file');
  terminal.press('enter');
  await terminal.waitFor('Saved to');
  const sheet = await readFile(path.join(cwd, 'plant-1.sheet.txt'), 'utf8');
  expect(sheet).toMatch(/^[ -~\n]+$/u);
  expect(sheet.split('\n').length).toBeLessThanOrEqual(60);
  terminal.press('esc');
  await terminal.waitFor('superseded');
  terminal.press('down', 'enter');
  await terminal.waitFor('The offline key for plant-2.');
  const shown = await must(client.offlineKey(server.prod, renewed?.id ?? ''));
  await terminal.waitFor(shown.shortKey?.split('\n')[0] ?? 'nothing');
});
