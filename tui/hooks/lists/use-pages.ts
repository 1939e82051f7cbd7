/** A list of the server, page by page: what is looked at is loaded, and loaded again when it changed. */
import { useEffect, useEffectEvent, useMemo, useState, useSyncExternalStore } from 'react';
import type { Failure } from '../../client/api/failure.ts';
import { createPageStore, type LoadPage } from '../../state/lists/page-store.ts';
import { loadedCount, rowAt } from '../../state/lists/pages.ts';

export interface Rows<T> {
  /** Rows that there are, as far as is known. */
  readonly count: number;
  readonly rowAt: (index: number) => T | undefined;
  /** Rows that have come so far, where they come in pages. */
  readonly loaded?: number;
  /** Says which rows are on screen, so that they and those behind them get loaded. */
  readonly look: (first: number, last: number) => void;
  /** True until the first answer. */
  readonly loading: boolean;
  readonly failure: Failure | undefined;
  readonly refresh: () => void;
  /** The server has more rows than these, which are not held here. */
  readonly more?: boolean;
}

/** Pages of a list. Another `key` is another list; `total` is how long it is, where that is known. */
export const usePages = <T>(
  key: string,
  revision: number,
  load: LoadPage<T>,
  total?: number,
): Rows<T> => {
  const [turn, setTurn] = useState(0);
  const store = useMemo(() => createPageStore<T>(key), [key]);
  const loadNow = useEffectEvent(load);
  const { pages, failure } = useSyncExternalStore(store.subscribe, store.get);
  const question = `${revision}.${turn}`;

  useEffect(() => () => store.close(), [store]);
  useEffect(() => {
    if (question !== '') store.reload((query) => loadNow(query));
  }, [store, question]);

  const loaded = loadedCount(pages);
  const complete = pages.at(-1)?.next === null;
  return {
    // Until the first page is there nothing is known: not that there are rows, nor that they come.
    count: complete || pages.length === 0 ? loaded : Math.max(loaded, total ?? 0),
    loaded,
    rowAt: (index) => rowAt(pages, index),
    look: (first, last) => store.look({ first, last }),
    loading: pages.length === 0 && failure === undefined,
    failure,
    refresh: () => setTurn((count) => count + 1),
  };
};
