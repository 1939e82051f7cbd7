/** A long list in pages, loaded as they are looked at: pure functions over what is there. */
import type { Page } from '../../../shared/api/common.ts';

export interface LoadedPage<T> {
  /** The cursor that the page was asked for with; undefined for the first. */
  readonly cursor: string | undefined;
  readonly items: readonly T[];
  /** The cursor of the page behind it; null behind the last. */
  readonly next: string | null;
  /** Something changed since it was loaded. */
  readonly stale: boolean;
}

export type Pages<T> = readonly LoadedPage<T>[];

/** How many rows are loaded. */
export const loadedCount = (pages: Pages<unknown>): number =>
  pages.reduce((sum, { items }) => sum + items.length, 0);

/** The row at an index, if its page is loaded. */
export const rowAt = <T>(pages: Pages<T>, index: number): T | undefined => {
  let rest = index;
  for (const { items } of pages) {
    if (rest < items.length) return items[rest];
    rest -= items.length;
  }
  return undefined;
};

/** Puts a page where it belongs. Pages behind one that now ends elsewhere are forgotten. */
export const withPage = <T>(
  pages: Pages<T>,
  cursor: string | undefined,
  page: Page<T>,
): Pages<T> => {
  const loaded = { cursor, items: page.items, next: page.nextCursor, stale: false };
  const at = pages.findIndex((old) => old.cursor === cursor);
  if (at === -1) return [...pages, loaded];
  const kept = pages[at + 1]?.cursor === (page.nextCursor ?? undefined) ? pages.slice(at + 1) : [];
  return [...pages.slice(0, at), loaded, ...kept];
};

/** The cursor to ask for next, so that the row at `index` gets loaded; undefined when nothing is missing. */
export const missingPage = (
  pages: Pages<unknown>,
  index: number,
): { readonly cursor: string | undefined } | undefined => {
  const last = pages.at(-1);
  if (!last) return { cursor: undefined };
  return last.next !== null && index >= loadedCount(pages) ? { cursor: last.next } : undefined;
};

/** All pages, to be loaded again when they are looked at. */
export const outdated = <T>(pages: Pages<T>): Pages<T> =>
  pages.map(({ cursor, items, next }) => ({ cursor, items, next, stale: true }));

/**
 * The first stale page that shows rows from `first` to `last`. The end of the list counts as shown:
 * what is new comes there, and says how long the list is.
 */
export const stalePage = (
  pages: Pages<unknown>,
  first: number,
  last: number,
): { readonly cursor: string | undefined } | undefined => {
  let offset = 0;
  return pages.find(({ items, next, stale }) => {
    const begin = offset;
    offset += items.length;
    return stale && ((begin <= last && offset > first) || next === null);
  });
};
