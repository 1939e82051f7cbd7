/**
 * Earlier versions kept a plain SHA-256 of each request that had an Idempotency-Key, passwords included: a
 * stolen folder gave weak passwords away. Takes those hashes out of a folder, once.
 */
import type { LicetSchema } from '../collections.ts';
import type { IdempotencyDoc } from '../domain/documents.ts';
import type { FileStore } from '../store/folder/open-store.ts';
import type { Store } from '../store/store.ts';
import type { Deps } from '../usecases/deps.ts';
import { bySystem } from '../usecases/caller.ts';
import { macOfRequest } from '../usecases/idempotency.ts';
import { lookThrough } from '../usecases/pages.ts';

/** The mark of a folder without such hashes. */
const target = 'request-hashes';

/** The document as earlier versions wrote it. */
type HashedDoc = Omit<IdempotencyDoc, 'requestMac'> & { readonly requestHash: string };

const isHashed = (document: IdempotencyDoc | HashedDoc): document is HashedDoc =>
  'requestHash' in document;

/** Notes that a folder never had such hashes: this version made it. */
export const neverHashedRequests = (store: Pick<Store<LicetSchema>, 'marks'>, now: number): void =>
  store.marks.set(target, { at: now });

const mayHaveHashes = ({ store }: Deps): boolean =>
  store.marks.get(target) === undefined && store.status().state !== 'read-only';

/**
 * Replaces the hashes of kept answers, so that a request of before is still recognized. Call it before the
 * server answers.
 */
export const replaceRequestHashes = async (deps: Deps): Promise<void> => {
  if (!mayHaveHashes(deps)) return;
  const pages = lookThrough(
    deps.store,
    ({ idempotency }, page): Promise<readonly (IdempotencyDoc | HashedDoc)[]> =>
      idempotency.list(page),
    (documents) => documents.filter(isHashed),
  );
  for await (const hashed of pages) {
    if (hashed.length === 0) continue;
    await deps.store.transact(bySystem, async (tx) => {
      for (const { requestHash, ...kept } of hashed) {
        tx.idempotency.put({ ...kept, requestMac: macOfRequest(deps, requestHash) });
      }
      const details = { count: hashed.length };
      tx.record({ action: 'upgrade.request-hashes', target, outcome: 'ok', details });
    });
  }
};

/**
 * Takes the hashes out of the documents and the journal of a folder that an earlier version may have
 * written; the journal's chain still verifies. Does nothing to others, or while the store is read-only.
 */
export const eraseRequestHashes = async (
  deps: Deps,
  store: FileStore<LicetSchema>,
): Promise<void> => {
  if (!mayHaveHashes(deps)) return;
  // The first try, before the server answered, may have met a full disk.
  await replaceRequestHashes(deps);
  await store.eraseBodies(bySystem, target, (key) => key.startsWith('idempotency/'));
  store.marks.set(target, { at: deps.now() });
};
