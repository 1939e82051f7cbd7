import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { openStore } from '../../../server/store/folder/open-store.ts';
import { openDatabaseStore } from './database-store.ts';
import { makeTemporaryFolder, silentLog } from './support.ts';
import { testStore, type Place } from './port-tests.ts';
import { portSchema } from './schema.ts';

const makePlace = (sizes: { segment?: number; snapshot?: number }) => async (): Promise<Place> => {
  const directory = await makeTemporaryFolder();
  return {
    open: () =>
      openStore({
        directory,
        schema: portSchema,
        now: Date.now,
        log: silentLog,
        create: true,
        sizes,
      }),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
};

testStore('files', makePlace({}));
// So small that every test rolls segments and takes snapshots while it goes on.
testStore('files with small segments', makePlace({ segment: 700, snapshot: 1500 }));

testStore('a database', async () => {
  const directory = await makeTemporaryFolder();
  return {
    open: async () => openDatabaseStore(join(directory, 'store.sqlite'), portSchema),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
});
