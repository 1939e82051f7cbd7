/** What an operator does for offline machines: sees who gives back how often, and writes off what is lost. */
import { expect, test } from 'vitest';
import { generateKey } from '../../../shared/statements/keys.ts';
import { makeProof } from '../../../shared/statements/typed/deactivation.ts';
import { makeRequest } from '../../../shared/statements/typed/offline-request.ts';
import { random } from '../../../server/system/create-deps.ts';
import { must, operatorEmail } from '../../support/server/live-server.ts';
import { anaEmail, openPortalServer, signInTui, type Portal } from '../../support/terminal/tui.ts';

const fingerprint = 'ab'.repeat(32);

const issue = async (server: Portal, hostname: string, print = fingerprint) => {
  const client = await server.client(anaEmail);
  const key = generateKey(random);
  const { typed } = makeRequest({ key, fingerprint: print, hostname, now: Date.now(), random });
  const { id } = await must(client.issueOfflineKey(server.prod, { request: typed }));
  const proof = () =>
    makeProof(key, { id, licenseId: server.prod, fingerprint: print }, Date.now()).file;
  return { id, giveBack: () => must(client.returnOfflineKey(server.prod, id, { proof: proof() })) };
};

test('give-backs are counted where an operator looks, and a lost machine is written off there', async () => {
  const server = await openPortalServer();
  for (let round = 0; round < 2; round += 1) await (await issue(server, 'plant-7')).giveBack();
  const { id } = await issue(server, 'plant-8', 'cd'.repeat(32));
  const terminal = await signInTui(server, operatorEmail, { columns: 110, rows: 30 });
  await terminal.waitFor('Prod');
  terminal.type('/Prod');
  await terminal.waitForGone('Dev');
  terminal.press('enter');
  await terminal.waitFor('Enter open');
  terminal.press('enter');
  await terminal.waitFor(/Given back +2 by offline machines/u);
  terminal.press('4');
  await terminal.waitFor(/plant-8 +active +in 166 d/u);
  await terminal.waitFor(/plant-7 +returned.+2 times/u);

  terminal.press('l');
  await terminal.waitFor('Report a lost machine');
  terminal.type('It was flooded\r');
  await terminal.waitFor(/plant-8 +lost/u);
  await terminal.waitFor('l write off');
  terminal.press('l');
  await terminal.waitFor('The seat of plant-8 becomes free.');
  await terminal.waitFor(/If that machine still exists it runs until \d{4}-\d\d-\d\d/u);
  terminal.press('enter');
  await terminal.waitForGone('The seat of plant-8 becomes free.');
  const client = await server.client(operatorEmail);
  expect((await must(client.license(server.prod))).offline).toBe(1);
  terminal.press('l');
  await terminal.waitFor('Write it off');
  terminal.press('down', 'enter');
  await terminal.waitFor(/plant-8 +written off/u);
  expect((await must(client.license(server.prod))).offline).toBe(0);
  expect((await must(client.offlineKey(server.prod, id))).status).toBe('written-off');
});
