/** What a store on files does with effects when the disk fails under a transaction. */
import { rm } from 'node:fs/promises';
import { expect, it, onTestFinished } from 'vitest';

import { openStore } from '../../../server/store/folder/open-store.ts';
import { breakDisk } from '../../support/server/failing-disk.ts';
import { portSchema } from './schema.ts';
import { makeTemporaryFolder, silentLog } from './support.ts';

const actor = { id: 'acc_1', from: '127.0.0.1' };

it('runs no effect of what the disk refused, and those of what ran again once', async () => {
  const directory = await makeTemporaryFolder();
  const store = await openStore({
    directory,
    schema: portSchema,
    now: Date.now,
    log: silentLog,
    create: true,
  });
  const repair = await breakDisk();
  onTestFinished(async () => {
    repair();
    await store.close();
    await rm(directory, { recursive: true, force: true });
  });
  const ran: string[] = [];
  const seen: number[] = [];
  const refused = store.transact(actor, async (transaction) => {
    transaction.seats.put({ id: 'act_1', licenseId: 'lic_1', hostname: 'a' });
    transaction.record({ action: 'test.put', target: 'act_1', outcome: 'ok' });
    transaction.afterCommit(() => ran.push('refused'));
  });
  // It sees the seat before that is undone, so it runs again.
  const looked = store.transact(actor, async (transaction) => {
    const count = await transaction.seats.count();
    seen.push(count);
    transaction.afterCommit(() => ran.push(`saw ${count}`));
  });
  await expect(refused).rejects.toMatchObject({ code: 'read-only' });
  await looked;
  expect(seen).toEqual([1, 0]);
  expect(ran).toEqual(['saw 0']);
});
