/** Takes credentials that are over out of the journal: nobody needs them, and a thief might. */
import type { LicetSchema } from '../collections.ts';
import type { FileStore } from '../store/open-store.ts';

/**
 * Collections whose former versions hold what a password, code, session or link was known by. What
 * they have now stays.
 */
const collections: readonly (keyof LicetSchema)[] = [
  'accounts',
  'codes',
  'downloadLinks',
  'idempotency',
  'sessions',
  'trialLinks',
];

/**
 * Makes work for once a day: it erases what was spent since, and rests while nothing was stored or the
 * store is read-only. The journal's chain still verifies.
 */
export const createSpentEraser = (store: FileStore<LicetSchema>): (() => Promise<void>) => {
  let erasedTo = 0;
  return async () => {
    if (store.seq() === erasedTo || store.status().state === 'read-only') return;
    await store.eraseBodies({ id: 'system', from: 'local' }, 'spent-credentials', (key) =>
      collections.some((collection) => key.startsWith(`${collection}/`)),
    );
    erasedTo = store.seq();
  };
};
