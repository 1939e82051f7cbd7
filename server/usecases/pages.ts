/** Lists page by cursor: the id of the last item. */
import type { Page, PageQuery } from '../../shared/api/common.ts';
import type { PageQuery as StoreQuery } from '../store/store.ts';

/** Asks for one more than the page holds, so that the page knows whether another follows. */
export const storeQuery = (query: PageQuery): StoreQuery => ({
  after: query.cursor,
  limit: query.limit + 1,
});

/** Makes a page of what `storeQuery` brought. */
export const pageFrom = <D extends { readonly id: string }>(
  documents: readonly D[],
  query: PageQuery,
): Page<D> => {
  const items = documents.slice(0, query.limit);
  return {
    items,
    nextCursor: documents.length > query.limit ? (items.at(-1)?.id ?? null) : null,
  };
};

/** A page of something else, made of each item. */
export const mapPage = async <A, B>(
  page: Page<A>,
  map: (item: A) => B | Promise<B>,
): Promise<Page<B>> => ({
  items: await Promise.all(page.items.map(map)),
  nextCursor: page.nextCursor,
});
