/** An operator is told 30 days before that the signing key needs a successor; nobody else is. */
import { expect, test } from 'vitest';
import { rotateSigningKey } from '../../../server/system/keys/manage-keys.ts';
import { signingKeyNotice } from '../../../tui/state/words/signing-key-words.ts';
import { operatorEmail } from '../../support/server/live-server.ts';
import { anaEmail, openPortalServer, signInTui, type Portal } from '../../support/terminal/tui.ts';

const day = 86_400_000;

/** Certifies a new signing key as if it were `ago` days ago: a certificate holds for 365. */
const rotate = async (server: Portal, ago: number): Promise<void> => {
  await server.stop();
  await rotateSigningKey({
    directory: server.directory,
    environment: {},
    passphrase: 'a passphrase for the root',
    now: Date.now() - ago * day,
  });
  await server.start();
};

test('the screens tell an operator from 30 days before, with the command, until it is done', async () => {
  const server = await openPortalServer();
  await rotate(server, 345);
  const terminal = await signInTui(server, operatorEmail, { columns: 120 });
  await terminal.waitFor(
    /The signing key ends in 20 days, on \d+ \w+ \d{4}\. Run “licet keys rotate” on the server\./u,
  );
  const narrow = await signInTui(server, operatorEmail, { columns: 40, rows: 10 });
  await narrow.waitFor('Key ends in 20 d: licet keys rotate');
  const owner = await signInTui(server, anaEmail, { columns: 120 });
  await owner.waitFor('Prod (Acme Server)');
  expect(owner.screen()).not.toContain('signing key');
  await rotate(server, 1);
  await terminal.waitForGone('The signing key ends');
});

test('the words fit the row, and begin with the thirtieth day', () => {
  const now = Date.UTC(2027, 0, 31, 12);
  expect(signingKeyNotice(now + 31 * day, now, 100)).toBeUndefined();
  expect(signingKeyNotice(now + 30 * day, now, 100)).toContain('in 30 days, on 2 Mar 2027');
  expect(signingKeyNotice(now + day, now, 60)).toBe(
    'The signing key ends in 1 day: run “licet keys rotate”.',
  );
  expect(signingKeyNotice(now - day, now, 100)).toContain('nothing can be signed');
  for (const width of [36, 56, 76, 116])
    for (const left of [-1, 0, 1, 30])
      expect(signingKeyNotice(now + left * day, now, width)?.length).toBeLessThanOrEqual(width);
});
