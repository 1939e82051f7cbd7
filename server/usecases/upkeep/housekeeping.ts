/** What a server does by itself: it forgets what has ended. */
import { idPrefixes } from '../../../shared/ids.ts';
import { day } from '../../../shared/time.ts';
import type { ActivationDoc, UsageDoc } from '../../domain/documents.ts';
import { usageOver } from '../../domain/usage.ts';
import type { CollectionWriter, Document, PageQuery } from '../../store/store.ts';
import type { Deps, LicetReader, LicetTransaction } from '../deps.ts';
import { lookThrough } from '../pages.ts';
import { isSpent, seatOf, spentSeats, withoutSeat } from '../seats/seats.ts';
import { isSessionOver } from '../accounts/sign-in.ts';
import { bySystem } from '../caller.ts';

/** Answers are kept this long for a repeated Idempotency-Key. */
const idempotencyLifetime = day;
/** Requests for a forgotten password are listed this long; who asked may come to the operator until then. */
export const passwordRequestLifetime = 7 * day;
/** Documents deleted in one go: others wait meanwhile. */
const pageSize = 500;

/** The ids of documents that are over, page by page so that nobody waits. */
const findOver = async <D extends Document>(
  deps: Deps,
  list: (reader: LicetReader, page: PageQuery) => Promise<readonly D[]>,
  isOver: (document: D, reader: LicetReader) => boolean | Promise<boolean>,
): Promise<readonly string[]> => {
  const over: string[] = [];
  const pages = lookThrough(deps.store, list, async (documents, reader) => {
    const ended: string[] = [];
    for (const one of documents) if (await isOver(one, reader)) ended.push(one.id);
    return ended;
  });
  for await (const ended of pages) over.push(...ended);
  return over;
};

/** Whether a lease of the machine still runs: then releases of its license count it. */
const isLeaseOver = async (
  deps: Deps,
  activation: ActivationDoc,
  reader: LicetReader,
): Promise<boolean> => {
  const license = await reader.licenses.get(activation.licenseId);
  return !license || seatOf(deps, license, activation).leaseUntil <= deps.now();
};

/** One kind of documents that end: where they are, and when one is over. */
interface Ending<D extends Document> {
  readonly kind: string;
  readonly list: (reader: LicetReader, page: PageQuery) => Promise<readonly D[]>;
  readonly of: (tx: LicetTransaction) => CollectionWriter<D, string>;
  readonly isOver: (document: D, reader: LicetReader) => boolean | Promise<boolean>;
}

/** Deletes some documents that were found to be over, those that still are: one may be in use again by now. */
const forget = <D extends Document>(
  deps: Deps,
  { kind, of, isOver }: Omit<Ending<D>, 'list'>,
  ids: readonly string[],
): Promise<void> =>
  deps.store.transact(bySystem, async (tx) => {
    const gone: string[] = [];
    for (const id of ids) {
      const document = await of(tx).get(id);
      if (document && (await isOver(document, tx))) gone.push(id);
    }
    if (gone.length === 0) return;
    for (const id of gone) of(tx).delete(id);
    tx.afterCommit(() => {
      for (const id of gone) deps.store.marks.delete(id);
    });
    const act = { action: 'housekeeping.forget', target: kind, outcome: 'ok' };
    tx.record({ ...act, details: { count: gone.length } });
  });

const forgetAll = async <D extends Document>(
  deps: Deps,
  ending: Omit<Ending<D>, 'list'>,
  ids: readonly string[],
): Promise<void> => {
  for (let start = 0; start < ids.length; start += pageSize)
    await forget(deps, ending, ids.slice(start, start + pageSize));
};

const forgetOver = async <D extends Document>(deps: Deps, ending: Ending<D>): Promise<void> =>
  forgetAll(deps, ending, await findOver(deps, ending.list, ending.isOver));

/** Forgets all that ends by itself. */
const forgetEnded = async (deps: Deps): Promise<void> => {
  const ends = ({ expiresAt }: { readonly expiresAt: number }): boolean => expiresAt <= deps.now();
  await forgetOver(deps, {
    kind: 'sessions',
    list: ({ sessions }, page) => sessions.list(page),
    of: (tx) => tx.sessions,
    isOver: (session) => isSessionOver(deps, session),
  });
  await forgetOver(deps, {
    kind: 'codes',
    list: ({ codes }, page) => codes.list(page),
    of: (tx) => tx.codes,
    isOver: (one) => ends(one),
  });
  await forgetOver(deps, {
    kind: 'downloadLinks',
    list: ({ downloadLinks }, page) => downloadLinks.list(page),
    of: (tx) => tx.downloadLinks,
    isOver: (one) => ends(one),
  });
  await forgetOver(deps, {
    kind: 'trialLinks',
    list: ({ trialLinks }, page) => trialLinks.list(page),
    of: (tx) => tx.trialLinks,
    isOver: (one) => ends(one),
  });
  await forgetOver(deps, {
    kind: 'idempotency',
    list: ({ idempotency }, page) => idempotency.list(page),
    of: (tx) => tx.idempotency,
    isOver: ({ createdAt }) => createdAt + idempotencyLifetime <= deps.now(),
  });
  await forgetOver(deps, {
    kind: 'passwordRequests',
    list: ({ passwordRequests }, page) => passwordRequests.list(page),
    of: (tx) => tx.passwordRequests,
    isOver: ({ requestedAt }) => requestedAt + passwordRequestLifetime <= deps.now(),
  });
  await forgetOver(deps, {
    kind: 'activations',
    list: ({ activations }, page) => activations.by('deactivated', 'yes', page),
    of: (tx) => tx.activations,
    isOver: (machine, reader) => machine.tokenHash === null && isLeaseOver(deps, machine, reader),
  });
};

/** Forgets old months of usage, but for the last one of each license before those that are kept. */
const forgetUsage = async (deps: Deps): Promise<void> => {
  const list: Ending<UsageDoc>['list'] = ({ usage }, page) => usage.list(page);
  const all = await findOver(deps, list, () => true);
  const old = usageOver(all, deps.now());
  await forgetAll(deps, { kind: 'usage', of: (tx) => tx.usage, isOver: () => true }, old);
};

/**
 * Floating seats end by the clock, and stay written down: what counts seats would go through all that ever
 * were. So they are written off, the machine's seat being gone already.
 */
const freeSpentSeats = async (deps: Deps, licenseId: string): Promise<void> => {
  const spent = await deps.store.read(async (reader) => {
    const license = await reader.licenses.get(licenseId);
    return license?.policy.floating === true ? spentSeats(deps, reader, license) : [];
  });
  for (let start = 0; start < spent.length; start += pageSize) {
    await deps.store.transact(bySystem, async (tx) => {
      const license = await tx.licenses.get(licenseId);
      let count = 0;
      for (const { activation } of spent.slice(start, start + pageSize)) {
        const now = await tx.activations.get(activation.id);
        // It may have checked in meanwhile.
        const seat = license && now && seatOf(deps, license, now);
        if (!seat || !isSpent(deps, license, seat)) continue;
        tx.activations.put(withoutSeat(seat));
        count += 1;
      }
      if (count === 0) return;
      const act = { action: 'housekeeping.free', target: licenseId, outcome: 'ok' };
      tx.record({ ...act, details: { count } });
    });
  }
};

/** Drops the marks of sessions that are gone: those that people ended themselves left theirs. */
const dropMarks = async ({ store }: Deps): Promise<void> => {
  const marked = await store.marks.idsOf(idPrefixes.session);
  for (let start = 0; start < marked.length; start += pageSize) {
    const some = marked.slice(start, start + pageSize);
    const known = await store.read((reader) =>
      Promise.all(some.map((id) => reader.sessions.get(id))),
    );
    for (const [at, id] of some.entries()) if (!known[at]) store.marks.delete(id);
  }
};

/**
 * Deletes sessions, codes, links and kept answers that are over, machines that gave their seat up for
 * good, old password requests and old usage, and writes floating seats off that have ended. Call it hourly;
 * it does nothing while the store is read-only.
 */
export const housekeeping = async (deps: Deps): Promise<void> => {
  if (deps.store.status().state === 'read-only') return;
  await forgetEnded(deps);
  await forgetUsage(deps);
  const floating = await findOver(
    deps,
    ({ licenses }, page) => licenses.list(page),
    ({ policy }) => policy.floating,
  );
  for (const id of floating) await freeSpentSeats(deps, id);
  await dropMarks(deps);
};
