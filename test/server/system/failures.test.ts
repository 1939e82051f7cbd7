import { expect, test } from 'vitest';
import { StoreError } from '../../../server/store/store.ts';
import { createFailures } from '../../../server/usecases/accounts/failures.ts';
import { openServer } from '../../support/server/server.ts';

test('failed sign-ins that find no room on the disk are journaled once there is some', async () => {
  const { deps } = await openServer();
  const { store } = deps;
  const disk = { room: 1 };
  const failures = createFailures({
    status: () => store.status(),
    transact: async (actor, work) => {
      if (disk.room === 0) throw new StoreError('insufficient-storage', 'The disk is full.');
      disk.room -= 1;
      return store.transact(actor, work);
    },
  });
  failures.add('session.start', '192.0.2.1', 'invalid-credentials');
  for (let n = 0; n < 3; n += 1) failures.add('session.start', '192.0.2.2', 'invalid-credentials');
  await expect(failures.flush()).rejects.toThrow('The disk is full.');
  failures.add('session.start', '192.0.2.2', 'invalid-credentials');
  disk.room = 10;
  await failures.flush();
  await failures.flush();
  const journaled: unknown[] = [];
  for await (const { action, actor, details } of store.entries()) {
    if (action === 'session.start' && details) journaled.push([actor.from, details['count']]);
  }
  expect(journaled).toEqual([
    ['192.0.2.1', 1],
    ['192.0.2.2', 4],
  ]);
});
