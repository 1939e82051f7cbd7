/** What a server does by itself: it forgets what has ended. */
import { usageOver } from '../domain/usage.ts';
import type { CollectionReader, Document } from '../store/store.ts';
import type { Deps, LicetReader, LicetTransaction } from './deps.ts';
import { isSessionOver } from './sign-in.ts';

const day = 86_400_000;
/** Answers are kept this long for a repeated Idempotency-Key. */
const idempotencyLifetime = day;
/** Requests for a forgotten password are listed this long. */
const passwordRequestLifetime = 7 * day;
/** Documents looked at, or deleted, in one go: others wait meanwhile. */
const pageSize = 500;

type Forgettable =
  | 'sessions'
  | 'codes'
  | 'idempotency'
  | 'passwordRequests'
  | 'downloadLinks'
  | 'trialLinks'
  | 'usage';

/** The ids of documents that are over, page by page so that nobody waits. */
const findOver = async <D extends Document>(
  deps: Deps,
  collection: (reader: LicetReader) => CollectionReader<D, string>,
  isOver: (document: D) => boolean,
): Promise<readonly string[]> => {
  const over: string[] = [];
  let after: string | undefined;
  do {
    const page = await deps.store.read((reader) =>
      collection(reader).list({ after, limit: pageSize }),
    );
    over.push(...page.filter(isOver).map(({ id }) => id));
    after = page.length < pageSize ? undefined : page.at(-1)?.id;
  } while (after !== undefined);
  return over;
};

/** The ids of a whole collection, in their order. */
const allIds = async <D extends Document>(
  deps: Deps,
  collection: (reader: LicetReader) => CollectionReader<D, string>,
): Promise<readonly string[]> => findOver(deps, collection, () => true);

const forget = async (deps: Deps, kind: Forgettable, ids: readonly string[]): Promise<void> => {
  for (let start = 0; start < ids.length; start += pageSize) {
    const some = ids.slice(start, start + pageSize);
    await deps.store.transact({ id: 'system', from: 'local' }, async (tx: LicetTransaction) => {
      for (const id of some) tx[kind].delete(id);
      tx.record({
        action: 'housekeeping.forget',
        target: kind,
        outcome: 'ok',
        details: { count: some.length },
      });
    });
    for (const id of some) deps.store.marks.delete(id);
  }
};

/**
 * Deletes sessions, codes, links and kept answers that are over, old password requests and old usage. Call it hourly;
 * it does nothing while the store is read-only.
 */
export const housekeeping = async (deps: Deps): Promise<void> => {
  if (deps.store.status().state === 'read-only') return;
  const now = deps.now();
  const lists: (readonly [Forgettable, readonly string[]])[] = [
    [
      'sessions',
      await findOver(
        deps,
        (r) => r.sessions,
        (one) => isSessionOver(deps, one),
      ),
    ],
    [
      'codes',
      await findOver(
        deps,
        (r) => r.codes,
        ({ expiresAt }) => expiresAt <= now,
      ),
    ],
    [
      'downloadLinks',
      await findOver(
        deps,
        (r) => r.downloadLinks,
        ({ expiresAt }) => expiresAt <= now,
      ),
    ],
    [
      'trialLinks',
      await findOver(
        deps,
        (r) => r.trialLinks,
        ({ expiresAt }) => expiresAt <= now,
      ),
    ],
    [
      'idempotency',
      await findOver(
        deps,
        (r) => r.idempotency,
        (one) => one.createdAt + idempotencyLifetime <= now,
      ),
    ],
    [
      'passwordRequests',
      await findOver(
        deps,
        (r) => r.passwordRequests,
        (one) => one.requestedAt + passwordRequestLifetime <= now,
      ),
    ],
  ];
  lists.push(['usage', usageOver(await allIds(deps, (r) => r.usage), now)]);
  for (const [kind, ids] of lists) await forget(deps, kind, ids);
};
