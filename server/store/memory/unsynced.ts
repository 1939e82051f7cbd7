/**
 * Which records that are not durable yet touched what: a read waits for those alone, and others go on
 * while a disk takes its time. A later record becomes durable, or is undone, with or after an earlier one.
 */
import type { Pending } from '../journal/group-commit.ts';
import type { Document } from '../store.ts';
import type { Table } from './table.ts';

/** All of a collection, for lists and counts. */
export const touchesAll = (collection: string): string => collection;
export const touchesId = (collection: string, id: string): string => `${collection}/${id}`;
export const touchesKey = (collection: string, index: string, key: string): string =>
  `${collection} ${index} ${key}`;

const keysOf = (keys: string | readonly string[] | undefined): readonly string[] =>
  typeof keys === 'string' ? [keys] : (keys ?? []);

/** Adds all that a change of a document touches: it leaves some keys of indexes, and comes under others. */
export const touchDocument = (
  touched: Set<string>,
  collection: string,
  { indexes }: Table,
  id: string,
  versions: readonly (Document | undefined)[],
): void => {
  touched.add(touchesAll(collection)).add(touchesId(collection, id));
  for (const { name, keysOf: keysIn } of indexes) {
    for (const version of versions) {
      if (version === undefined) continue;
      for (const key of keysOf(keysIn(version))) touched.add(touchesKey(collection, name, key));
    }
  }
};

export interface Unsynced {
  /** Files a record under all that it touched, until it settles. */
  add(pending: Pending, touched: ReadonlySet<string>): void;
  /** The newest record that touched this and has not settled. */
  last(what: string): Pending | undefined;
}

/** Nothing waits yet. */
export const createUnsynced = (): Unsynced => {
  const newest = new Map<string, Pending>();
  return {
    add: (pending, touched) => {
      for (const what of touched) newest.set(what, pending);
      void pending.settled.then(() => {
        for (const what of touched) if (newest.get(what) === pending) newest.delete(what);
      });
    },
    last: (what) => newest.get(what),
  };
};

/** What a reader saw so far. */
export interface Seen {
  readonly look: (what: string) => void;
  /** The newest record that it saw and that was not durable then. */
  readonly newest: () => Pending | undefined;
}

export const createSeen = (unsynced: Unsynced): Seen => {
  let newest: Pending | undefined;
  return {
    look: (what) => {
      const last = unsynced.last(what);
      if (last === undefined) return;
      const seq = newest?.change.header.seq ?? 0;
      if (last.change.header.seq > seq) newest = last;
    },
    newest: () => newest,
  };
};
