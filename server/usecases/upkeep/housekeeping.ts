/** What a server does by itself: it forgets what has ended. */
import { idPrefixes } from '../../../shared/ids.ts';
import { day } from '../../../shared/time.ts';
import type { ActivationDoc } from '../../domain/documents.ts';
import { usageOver } from '../../domain/usage.ts';
import type { Document, PageQuery } from '../../store/store.ts';
import type { Deps, LicetReader, LicetTransaction } from '../deps.ts';
import { lookThrough } from '../pages.ts';
import { isSpent, seatOf, spentSeats } from '../seats/seats.ts';
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

const findAllOver = async (deps: Deps) => {
  const now = deps.now();
  return {
    sessions: await findOver(
      deps,
      ({ sessions }, page) => sessions.list(page),
      (one) => isSessionOver(deps, one),
    ),
    codes: await findOver(
      deps,
      ({ codes }, page) => codes.list(page),
      ({ expiresAt }) => expiresAt <= now,
    ),
    downloadLinks: await findOver(
      deps,
      ({ downloadLinks }, page) => downloadLinks.list(page),
      ({ expiresAt }) => expiresAt <= now,
    ),
    trialLinks: await findOver(
      deps,
      ({ trialLinks }, page) => trialLinks.list(page),
      ({ expiresAt }) => expiresAt <= now,
    ),
    idempotency: await findOver(
      deps,
      ({ idempotency }, page) => idempotency.list(page),
      ({ createdAt }) => createdAt + idempotencyLifetime <= now,
    ),
    passwordRequests: await findOver(
      deps,
      ({ passwordRequests }, page) => passwordRequests.list(page),
      ({ requestedAt }) => requestedAt + passwordRequestLifetime <= now,
    ),
    activations: await findOver(
      deps,
      ({ activations }, page) => activations.by('deactivated', 'yes', page),
      (one, reader) => isLeaseOver(deps, one, reader),
    ),
    usage: usageOver(
      await findOver(
        deps,
        ({ usage }, page) => usage.list(page),
        () => true,
      ),
      now,
    ),
  };
};

type Forgettable = keyof Awaited<ReturnType<typeof findAllOver>>;

const forget = async (deps: Deps, kind: Forgettable, ids: readonly string[]): Promise<void> => {
  for (let start = 0; start < ids.length; start += pageSize) {
    const some = ids.slice(start, start + pageSize);
    await deps.store.transact(bySystem, async (tx: LicetTransaction) => {
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
        if (!license || !now || !isSpent(deps, license, seatOf(deps, license, now))) continue;
        tx.activations.put({ ...now, seat: null });
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
  const over = await findAllOver(deps);
  for (const kind of Object.keys(over) as Forgettable[]) await forget(deps, kind, over[kind]);
  const floating = await findOver(
    deps,
    ({ licenses }, page) => licenses.list(page),
    ({ policy }) => policy.floating,
  );
  for (const id of floating) await freeSpentSeats(deps, id);
  await dropMarks(deps);
};
