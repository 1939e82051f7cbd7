/** A long list in pages: what is looked at is loaded, one request after the other. */
import type { Page } from '../../../shared/api/common.ts';
import type { Answer, Failure } from '../../client/api/failure.ts';
import { createOneAtATime } from '../one-at-a-time.ts';
import { wantedPage, withPage, type Pages, type Seen } from './pages.ts';

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
  /** Says which rows are on screen: where they are missing they are loaded, and some behind them. */
  readonly look: (seen: Seen) => void;
  /** Something changed: all is loaded again, what is on screen first and the rest when it is looked at. */
  readonly reload: (load: LoadPage<T>) => void;
  /** Nobody watches any more: no further request is made. */
  readonly close: () => void;
}

const limit = 500;

/** An empty list. Nothing is asked before the first `reload`. */
export const createPageStore = <T>(key: string): PageStore<T> => {
  let state: PageState<T> = { pages: [], failure: undefined };
  let seen: Seen = { first: 0, last: 0 };
  let revision = 0;
  let load: LoadPage<T> | undefined;
  const listeners = new Set<() => void>();

  const filling = createOneAtATime(async (closed) => {
    for (;;) {
      const wanted = wantedPage(state.pages, seen, revision);
      if (!wanted || !load) return;
      const { cursor } = wanted;
      const asked = revision;
      const answer = await load({ limit, ...(cursor === undefined ? {} : { cursor }) });
      if (closed()) return;
      state = answer.ok
        ? { pages: withPage(state.pages, wanted, answer.value, asked), failure: undefined }
        : { ...state, failure: answer.error };
      for (const listener of listeners) listener();
      if (!answer.ok) return;
    }
  });

  return {
    key,
    get: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    look(rows) {
      seen = rows;
      // After a failure the next try comes with a reload, not with every key.
      if (state.failure === undefined) filling.want();
    },
    reload(by) {
      load = by;
      revision += 1;
      filling.want();
    },
    close: () => filling.close(),
  };
};
