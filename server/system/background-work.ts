/** What a running server does by the clock, and once more at its end. */
import { day, hour } from '../../shared/time.ts';
import type { LicetSchema } from '../collections.ts';
import type { FileStore } from '../store/folder/open-store.ts';
import type { Deps } from '../usecases/deps.ts';
import { housekeeping } from '../usecases/upkeep/housekeeping.ts';
import { createArchiver, type ArchiveSettings } from './archive-journal.ts';
import { eraseRequestHashes } from './erase-request-hashes.ts';
import { createSpentEraser } from './erase-spent.ts';
import type { CountedFailures } from '../usecases/accounts/failures.ts';
import { every, type Periodic } from './periodic.ts';

const minute = 60_000;
const quarter = 15 * minute;
const certificateWarning = 30 * day;

/** Tells an operator who reads the log that the signing key needs a new one, a month before. */
const warnOfEnd = ({ signer, log, now }: Deps): void => {
  const days = Math.floor((signer.certificateEndsAt - now()) / day);
  if (signer.certificateEndsAt - now() > certificateWarning) return;
  log.warn(
    { days },
    days < 0
      ? 'The certificate of the signing key has ended: nothing can be signed. Run "licet keys rotate".'
      : 'The certificate of the signing key ends soon. Run "licet keys rotate" before.',
  );
};

/**
 * Starts the work. Its end waits for what runs, and keeps what is only in memory: failed sign-ins and
 * usage. `renewTls` looks after the certificate for HTTPS.
 */
export const startBackgroundWork = (
  deps: Deps & { readonly failures: CountedFailures },
  store: FileStore<LicetSchema>,
  renewTls: () => Promise<void>,
  settings: () => ArchiveSettings,
): Periodic => {
  const { log } = deps;
  const work = [
    every(minute, 'failed sign-ins', log, () => deps.failures.flush()),
    every(hour, 'housekeeping', log, async () => {
      warnOfEnd(deps);
      await housekeeping(deps);
    }),
    // Often, since it knows itself when a day is over: servers may be restarted daily.
    every(quarter, 'erasing of spent credentials', log, createSpentEraser(store, deps.now)),
    every(quarter, 'erasing of request hashes', log, () => eraseRequestHashes(deps, store), 'now'),
    every(hour, 'usage', log, () => deps.usage.flush()),
    every(hour, 'certificates', log, renewTls),
    every(hour, 'archiving of the journal', log, createArchiver(deps, store, settings)),
  ];
  warnOfEnd(deps);
  return {
    stop: async () => {
      for (const one of work) await one.stop();
      await deps.failures.flush().catch((error: unknown) => {
        log.warn({ err: error }, 'Counts of failed sign-ins could not be journaled.');
      });
      await deps.usage.flush().catch((error: unknown) => {
        log.warn({ err: error }, 'The usage of the last hour could not be kept.');
      });
      deps.usage.stop();
      deps.refusals.stop();
    },
  };
};
