/** A data folder as `licet init` makes it: made once, since that is slow on purpose, and copied. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '../../../server/system/logger.ts';
import { initData } from '../../../server/system/maintenance/init.ts';

export const operatorEmail = 'olga@example.com';
export const operatorPassword = 'three green kites over the bay';
export const rootPassphrase = 'a quiet harbour at noon';
export const quietLog = createLogger('error', () => undefined);

export interface DataFolders {
  /** A fresh data folder. */
  make(): Promise<string>;
  /** Removes them all. */
  remove(): Promise<void>;
}

export const createDataFolders = async (): Promise<DataFolders> => {
  const parent = await mkdtemp(join(tmpdir(), 'licet-data-'));
  const template = join(parent, 'template');
  await initData({
    directory: template,
    operatorEmail,
    operatorPassword,
    rootPassphrase,
    environment: {},
    log: quietLog,
  });
  let count = 0;
  return {
    make: async () => {
      count += 1;
      const directory = join(parent, `data-${count}`);
      await cp(template, directory, { recursive: true });
      return directory;
    },
    remove: () => rm(parent, { recursive: true, force: true }),
  };
};
