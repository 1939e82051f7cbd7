/** A list that is short enough to be held whole, filtered here. */
import { ok } from '../../shared/result.ts';
import { allPages } from '../actions/find.ts';
import { useAnswer } from './use-answer.ts';
import type { LoadPage } from '../state/page-store.ts';
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

/** Every list of people, keys and requests: more than so many are not held. */
const most = 10_000;

/** The rows that have all words of the filter, small and capital letters alike. */
export const useRows = <T>(options: RowsOptions<T>): Rows<T> => {
  const { key, revision, load, words, filter, sort, asleep = false } = options;
  const asked = useAnswer(asleep ? '' : key, revision, async () =>
    asleep ? ok([]) : allPages((query) => load(query), most),
  );
  const wanted = filter.toLowerCase().split(/\s+/u);
  const fitting = (asked.value ?? []).filter((row) => {
    const text = words(row).toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
  const rows = sort ? fitting.sort(sort) : fitting;
  return {
    count: rows.length,
    rowAt: (index) => rows[index],
    look: () => undefined,
    loading: asked.loading && asked.value === undefined,
    failure: asked.failure,
    refresh: asked.refresh,
  };
};
