/** Lists page by cursor: the id of the last item. */
import type { Page, PageQuery } from '../../shared/api/common.ts';
import type { Document, PageQuery as StoreQuery } from '../store/store.ts';
import type { LicetReader } from './deps.ts';

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

/** Documents of a collection that are looked at in one go: others wait meanwhile. */
const atOnce = 500;

/** What reads: the store, or a transaction that wants to see its own changes. */
interface Reads {
  read<T>(work: (reader: LicetReader) => Promise<T>): Promise<T>;
}

/**
 * Goes through all documents that `list` gives, by id, each page in a read of its own so that nobody waits
 * for long; gives what `look` makes of each page.
 */
export async function* lookThrough<D extends Document, T>(
  store: Reads,
  list: (reader: LicetReader, page: StoreQuery) => Promise<readonly D[]>,
  look: (documents: readonly D[], reader: LicetReader) => T | Promise<T>,
  limit = atOnce,
): AsyncGenerator<T> {
  let after: string | undefined;
  do {
    const { seen, last } = await store.read(async (reader) => {
      const documents = await list(reader, { after, limit });
      return {
        seen: await look(documents, reader),
        last: documents.length < limit ? undefined : documents.at(-1)?.id,
      };
    });
    yield seen;
    after = last;
  } while (after !== undefined);
}
