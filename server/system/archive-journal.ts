/** Moves old records of the journal away while the server runs, as its settings say. */
import { resolve } from 'node:path';
import { day } from '../../shared/time.ts';
import type { LicetSchema } from '../collections.ts';
import type { FileStore } from '../store/folder/open-store.ts';
import type { Deps } from '../usecases/deps.ts';
import type { ServerSettings } from './settings/settings-table.ts';

export type ArchiveSettings = Pick<ServerSettings, 'journalArchive' | 'journalDays'>;

/** Makes work to be called every hour or so. Without an archive folder it does nothing. */
export const createArchiver =
  (
    { signer, log, now }: Pick<Deps, 'signer' | 'log' | 'now'>,
    store: FileStore<LicetSchema>,
    settings: () => ArchiveSettings,
  ): (() => Promise<void>) =>
  async () => {
    const { journalArchive, journalDays } = settings();
    if (journalArchive === null || store.status().state !== 'ready') return;
    const report = await store.archive(
      { id: 'system', from: 'local' },
      {
        before: now() - journalDays * day,
        to: resolve(store.directory, journalArchive),
        sign: (licet) => signer.sign('checkpoint', { iat: Math.floor(now() / 1000), licet }),
      },
    );
    if (report.segments === 0) return;
    const { first, last, folder } = report;
    log.info({ first, last, folder }, 'Old records of the journal were moved to the archive.');
  };
