/**
 * Counts how licenses are used: from each durable change as it comes, in memory, kept as one document
 * a license and month by `flush`, which runs hourly and at the end. A crash costs at most that hour.
 */
import type { Usage, UsageQuery } from '../../../shared/api/usage.ts';
import { ok } from '../../../shared/result.ts';
import { day, isoDay } from '../../../shared/time.ts';
import type { LicenseDoc } from '../../domain/documents.ts';
import {
  daysBetween,
  fillDays,
  saysMore,
  usageId,
  usageKeptDays,
  withDay,
  type Seen,
} from '../../domain/usage.ts';
import type { Change } from '../../store/store.ts';
import { readLicense } from '../access.ts';
import { bySystem, type AccountCaller } from '../caller.ts';
import type { Deps, LicetReader, UsageMeter } from '../deps.ts';
import { countIn, licenseOf } from '../events.ts';
import { lookThrough } from '../pages.ts';
import { countSeats, type SeatDeps } from '../seats/seats.ts';

const usualDays = 30;
/** Licenses looked at, or documents written, in one go: others wait meanwhile. */
const pageSize = 500;

/** What a day has seen so far, of the licenses that changed. */
type Today = Map<string, Seen>;

const total = async (deps: SeatDeps, reader: LicetReader, license: LicenseDoc): Promise<number> => {
  const { online, offline } = await countSeats(deps, reader, license);
  return online + offline;
};

/** Whether a change may have changed who holds seats. */
const touchesSeats = ({ documents }: Change): boolean =>
  Object.keys(documents).some((key) => /^(?:activations|offlineKeys|licenses)\//u.test(key));

/** Starts counting. */
export const createUsageMeter = (deps: SeatDeps & Pick<Deps, 'log'>): UsageMeter => {
  /** By day; a day that is over stays until it is kept. */
  const days = new Map<string, Today>();
  const dirty = new Set<string>();
  let working: Promise<void> | undefined;

  const note = (licenseId: string, used: number | undefined, refused: number): void => {
    const day = isoDay(deps.now());
    const today = days.get(day) ?? new Map<string, Seen>();
    days.set(day, today);
    const before = today.get(licenseId);
    const held = used ?? before?.used ?? 0;
    today.set(licenseId, {
      used: held,
      peak: Math.max(held, before?.peak ?? 0),
      refused: refused + (before?.refused ?? 0),
    });
  };

  const count = async (licenseId: string): Promise<void> => {
    const used = await deps.store.read(async (reader) => {
      const license = await reader.licenses.get(licenseId);
      return license && total(deps, reader, license);
    });
    if (used !== undefined) note(licenseId, used, 0);
  };

  /** Counts those that changed, one after the other; what changes meanwhile is counted once more. */
  const work = async (): Promise<void> => {
    for (const licenseId of dirty) {
      dirty.delete(licenseId);
      await count(licenseId).catch((error: unknown) => {
        deps.log.warn({ err: error, licenseId }, 'Its usage could not be counted.');
      });
    }
    working = undefined;
  };

  const touch = (licenseId: string): void => {
    dirty.add(licenseId);
    working ??= work();
  };

  const end = deps.store.watch((change) => {
    const licenseId = licenseOf(change);
    if (licenseId === null) return;
    if (change.header.outcome === 'activation-limit-exceeded') {
      note(licenseId, undefined, countIn(change.header));
      touch(licenseId);
    } else if (touchesSeats(change)) touch(licenseId);
  });

  const isWorking = (): boolean => working !== undefined;
  const settled = async (): Promise<void> => {
    while (isWorking()) await working;
  };

  /** Floating seats end without a change. */
  const lookAtAll = async (): Promise<void> => {
    const pages = lookThrough(
      deps.store,
      ({ licenses }, page) => licenses.list(page),
      async (licenses, reader) => {
        const ending: string[] = [];
        for (const { id, policy } of licenses) {
          if (policy.floating || (await reader.offlineKeys.count('holding', id)) > 0)
            ending.push(id);
        }
        return ending;
      },
    );
    for await (const ending of pages) for (const id of ending) dirty.add(id);
    if (dirty.size > 0) working ??= work();
    await settled();
  };

  const keep = async (day: string, seen: readonly (readonly [string, Seen])[]): Promise<void> => {
    await deps.store.transact(bySystem, async (tx) => {
      let kept = 0;
      for (const [licenseId, figures] of seen) {
        const document = await tx.usage.get(usageId(licenseId, day));
        if (!saysMore(document?.days[day], figures)) continue;
        tx.usage.put(withDay(document, licenseId, day, figures));
        kept += 1;
      }
      if (kept > 0) {
        tx.record({
          action: 'usage.keep',
          target: day,
          outcome: 'ok',
          details: { licenses: kept },
        });
      }
    });
  };

  return {
    pending: (licenseId) =>
      [...days].flatMap(([day, today]) => {
        const seen = today.get(licenseId);
        return seen ? [[day, seen] as const] : [];
      }),
    settled,
    flush: async () => {
      if (deps.store.status().state === 'read-only') return;
      await settled();
      await lookAtAll();
      const today = isoDay(deps.now());
      for (const [day, seen] of days) {
        const entries = [...seen];
        for (let start = 0; start < entries.length; start += pageSize) {
          const some = entries.slice(start, start + pageSize);
          await keep(day, some);
          for (const [licenseId, figures] of some) forget(seen, licenseId, figures);
        }
        if (day !== today && seen.size === 0) days.delete(day);
      }
    },
    stop: end,
  };
};

/** What was kept is not counted twice: what came meanwhile stays. */
const forget = (seen: Today, licenseId: string, kept: Seen): void => {
  const now = seen.get(licenseId);
  if (now === kept) seen.delete(licenseId);
  else if (now) seen.set(licenseId, { ...now, refused: now.refused - kept.refused });
};

/** A license's usage by day. Error: `not-found`. */
export const readUsage = async (
  deps: Deps,
  caller: AccountCaller,
  licenseId: string,
  query: UsageQuery,
) => {
  await deps.usage.settled();
  return readLicense(deps, caller, licenseId, 'license.read', async (reader, { license }) => {
    const today = isoDay(deps.now());
    const to = query.to !== undefined && query.to < today ? query.to : today;
    const from = query.from ?? isoDay(Date.parse(to) - (usualDays - 1) * day);
    const days = daysBetween(from, to, usageKeptDays);
    const documents = new Map(
      (await reader.usage.by('license', license.id)).map((document) => [document.id, document]),
    );
    const used = await total(deps, reader, license);
    // Figures that are still in memory, also of before the span: it begins as they end. Today is as it is now.
    const now = [today, { used, peak: used, refused: 0 }] as const;
    for (const [day, seen] of [...deps.usage.pending(license.id), now]) {
      const id = usageId(license.id, day);
      documents.set(id, withDay(documents.get(id), license.id, day, seen));
    }
    const usage: Usage = {
      licenseId: license.id,
      name: license.name,
      maxActivations: license.maxActivations,
      days: [...fillDays(days, [...documents.values()])],
    };
    return ok(usage);
  });
};
