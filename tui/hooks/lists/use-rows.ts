/** A list that is short enough to be held whole, filtered here. */
import { ok } from '../../../shared/result.ts';
import { firstPages } from '../../client/actions/find.ts';
import { useAnswer, type Asked } from '../server/use-answer.ts';
import type { LoadPage } from '../../state/lists/page-store.ts';
import type { Rows } from './use-pages.ts';

export interface RowsOptions<T> {
  /** Another key is another list. */
  readonly key: string;
  readonly revision: number;
  readonly load: LoadPage<T>;
  /** What the filter is looked for in. */
  readonly words: (row: T) => string;
  readonly filter: string;
  readonly sort?: (a: T, b: T) => number;
  /** Asks nothing as long as it is true. */
  readonly asleep?: boolean;
}

/** More rows of a list than so many are not held; the list says so. */
export const mostHeld = 10_000;

/** The rows of an answer that have all words of the filter, small and capital letters alike. */
export const heldRows = <T>(
  { value, loading, failure, refresh }: Asked<unknown>,
  all: readonly T[],
  { words, filter, sort }: Pick<RowsOptions<T>, 'words' | 'filter' | 'sort'>,
): Rows<T> => {
  const wanted = filter.toLowerCase().split(/\s+/u);
  const fitting = all.filter((row) => {
    const text = words(row).toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
  const rows = sort ? fitting.toSorted(sort) : fitting;
  return {
    count: rows.length,
    rowAt: (index) => rows[index],
    look: () => undefined,
    loading: loading && value === undefined,
    failure,
    refresh,
  };
};

const none = { items: [], more: false };

/** Rows that the filter leaves, and all those that are held. */
export interface HeldRows<T> extends Rows<T> {
  readonly held: readonly T[];
  readonly more: boolean;
}

/** The rows of a list that have all words of the filter, small and capital letters alike. */
export const useRows = <T>(options: RowsOptions<T>): HeldRows<T> => {
  const { key, revision, load, asleep = false } = options;
  const asked = useAnswer(asleep ? '' : key, revision, async () =>
    asleep ? ok(none) : firstPages((query) => load(query), mostHeld),
  );
  const { items, more } = asked.value ?? none;
  return { ...heldRows(asked, items, options), held: items, more };
};
