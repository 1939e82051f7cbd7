/** A long list in pages: what is looked at is loaded, one request after the other. */
import type { Page } from '../../../shared/api/common.ts';
import type { Answer, Failure } from '../../client/api/failure.ts';
import { missingPage, outdated, stalePage, withPage, type Pages } from './pages.ts';

export interface PageQuery {
  readonly limit: number;
  readonly cursor?: string;
}

export type LoadPage<T> = (query: PageQuery) => Promise<Answer<Page<T>>>;

export interface PageState<T> {
  readonly pages: Pages<T>;
  /** Why the last request gave nothing. */
  readonly failure: Failure | undefined;
}

export interface PageStore<T> {
  /** Which list it is; another filter is another list. */
  readonly key: string;
  readonly get: () => PageState<T>;
  readonly subscribe: (listener: () => void) => () => void;
  /** Loads the rows that are on screen, and some behind them, where they are missing. */
  readonly look: (first: number, last: number, load: LoadPage<T>) => void;
  /** Loads everything anew, what is on screen first and the rest when it is looked at. */
  readonly reload: (load: LoadPage<T>) => Promise<void>;
  /** Nobody watches any more: no further request is made. */
  readonly close: () => void;
}

const pageSize = 500;
/** Rows behind the screen that are loaded before they are needed. */
const ahead = 100;

/** An empty list. */
export const createPageStore = <T>(key: string): PageStore<T> => {
  let state: PageState<T> = { pages: [], failure: undefined };
  let seen = { first: 0, last: 0 };
  let busy = false;
  let closed = false;
  const listeners = new Set<() => void>();

  const fetchPage = async (cursor: string | undefined, load: LoadPage<T>): Promise<boolean> => {
    const answer = await load({ limit: pageSize, ...(cursor === undefined ? {} : { cursor }) });
    state = answer.ok
      ? { pages: withPage(state.pages, cursor, answer.value), failure: undefined }
      : { ...state, failure: answer.error };
    for (const listener of listeners) listener();
    return answer.ok;
  };

  const fill = async (load: LoadPage<T>): Promise<void> => {
    if (busy) return;
    busy = true;
    for (;;) {
      const wanted =
        stalePage(state.pages, seen.first, seen.last) ??
        missingPage(state.pages, seen.last + ahead);
      if (!wanted || closed || !(await fetchPage(wanted.cursor, load))) break;
    }
    busy = false;
  };

  return {
    key,
    get: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    look(first, last, load) {
      seen = { first, last };
      // After a failure the next try comes with a reload, not with every key.
      if (state.failure === undefined) void fill(load);
    },
    async reload(load) {
      state = { ...state, pages: outdated(state.pages) };
      await fill(load);
    },
    close() {
      closed = true;
    },
  };
};
