/** What changed, told live to whoever may see it. */
import type { ChangeEvent } from '../../shared/api/server.ts';
import { iso } from '../../shared/time.ts';
import type { Change } from '../store/store.ts';
import { peopleOf, roleMay } from '../domain/permissions.ts';
import type { AccountCaller } from './caller.ts';
import type { Deps } from './deps.ts';

/** The license that a change is about: the one it put, or the one that what it put belongs to. */
export const licenseOf = (change: Change): string | null => {
  if (change.header.target.startsWith('lic_')) return change.header.target;
  for (const [key, document] of Object.entries(change.documents)) {
    if (document && 'licenseId' in document) return String(document.licenseId);
    if (key.startsWith('licenses/')) return key.slice('licenses/'.length);
  }
  const license = change.header.details?.['license'];
  return typeof license === 'string' ? license : null;
};

/** How many refusals a record tells of: those that repeat are journaled once a minute, with their number. */
export const countIn = ({ outcome, details }: Change['header']): number => {
  const count = details?.['count'];
  return outcome !== 'ok' && typeof count === 'number' ? count : 1;
};

/** Ids that a change names: whoever is among them may see it. */
const named = ({ header }: Change): readonly unknown[] => [
  header.actor.id,
  header.target,
  header.details?.['account'],
];

/** The accounts, operators aside, that may see what is about a license and names these ids. */
const audienceOf = (
  deps: Pick<Deps, 'store'>,
  licenseId: string | null,
  ids: readonly unknown[],
): Promise<ReadonlySet<unknown>> =>
  deps.store.read(async (reader) => {
    const license = licenseId === null ? undefined : await reader.licenses.get(licenseId);
    if (!license) return new Set(ids);
    const members = await reader.memberships.by('license', license.id);
    return new Set([...ids, ...peopleOf(license, members)]);
  });

interface Watcher {
  readonly caller: AccountCaller;
  readonly listener: (event: ChangeEvent) => void;
}

export interface ChangeFeed {
  /** Calls back with each change that the caller may see, in order; returns what ends it. */
  watch(caller: AccountCaller, listener: (event: ChangeEvent) => void): () => void;
}

/** A feed, which costs nothing while nobody watches. Who may see a change is asked once, however many do. */
export const createChangeFeed = (
  deps: Pick<Deps, 'store' | 'live' | 'now' | 'log'>,
): ChangeFeed => {
  const watchers = new Set<Watcher>();
  let last: Promise<void> = Promise.resolve();

  const deliver = async (event: ChangeEvent, ids: readonly unknown[]): Promise<void> => {
    const audience = await audienceOf(deps, event.licenseId, ids);
    for (const { caller, listener } of watchers) {
      const { id, role } = caller.account;
      if (roleMay(role, 'event.see-all') || audience.has(id)) listener(event);
    }
  };

  const tell = (event: ChangeEvent, ids: readonly unknown[]): void => {
    last = last
      .then(() => deliver(event, ids))
      .catch((error: unknown) => {
        deps.log.error(
          { err: error, seq: event.seq },
          'A change could not be told to who watches.',
        );
      });
  };

  const begin = (): (() => void) => {
    const endStore = deps.store.watch((change) => {
      const { seq, at, action, outcome, actor } = change.header;
      const licenseId = licenseOf(change);
      tell({ seq, at, action, outcome, by: actor.id, licenseId }, named(change));
    });
    const endLive = deps.live.watch((licenseId, activationId) => {
      const seen = { seq: deps.store.seq(), action: 'activation.seen', outcome: 'ok' };
      tell({ ...seen, at: iso(deps.now()), by: activationId, licenseId }, []);
    });
    return () => {
      endStore();
      endLive();
    };
  };

  let end: (() => void) | undefined;
  return {
    watch: (caller, listener) => {
      const watcher = { caller, listener };
      watchers.add(watcher);
      end ??= begin();
      return () => {
        if (!watchers.delete(watcher) || watchers.size > 0) return;
        end?.();
        end = undefined;
      };
    },
  };
};
