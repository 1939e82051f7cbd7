/** Takes credentials that are over out of the journal: nobody needs them, and a thief might. */
import { day } from '../../shared/time.ts';
import { credentials, type LicetSchema } from '../collections.ts';
import type { FileStore } from '../store/folder/open-store.ts';
import { bySystem } from '../usecases/caller.ts';

/**
 * Collections whose former versions hold what a password, code, session or link was known by. What
 * they have now stays.
 */
const collections: readonly (keyof LicetSchema)[] = ['accounts', ...credentials];

const target = 'spent-credentials';

/**
 * Makes work to be called every hour or so. Once a day, by when it was last done rather than by how long
 * the server runs, it erases what was spent since; it rests while nothing was stored or the store is
 * read-only. The journal's chain still verifies. `now` in milliseconds since the epoch.
 */
export const createSpentEraser = (
  store: FileStore<LicetSchema>,
  now: () => number,
): (() => Promise<void>) => {
  let erasedTo = 0;
  return async () => {
    if (store.seq() === erasedTo || store.status().state === 'read-only') return;
    const last = store.marks.get(target)?.at;
    // A mark of the future is one of a clock that was wrong.
    if (last !== undefined && last <= now() && now() - last < day) return;
    await store.eraseBodies(bySystem, target, (key) =>
      collections.some((collection) => key.startsWith(`${collection}/`)),
    );
    erasedTo = store.seq();
    store.marks.set(target, { at: now() });
  };
};
