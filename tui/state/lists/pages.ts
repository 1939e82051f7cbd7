/** A long list in pages, loaded as they are looked at: pure functions over what is there. */
import type { Page } from '../../../shared/api/common.ts';

export interface LoadedPage<T> {
  /** The cursor that the page was asked for with; undefined for the first. */
  readonly cursor: string | undefined;
  readonly items: readonly T[];
  /** The cursor of the page behind it; null behind the last. */
  readonly next: string | null;
  /** The revision of the list when the page was asked for: what changed since may not be in it. */
  readonly revision: number;
}

export type Pages<T> = readonly LoadedPage<T>[];

/** Rows on screen, by their places in the list; `last` is among them. */
export interface Seen {
  readonly first: number;
  readonly last: number;
}

/** A page to ask for, by its cursor. */
export interface Wanted {
  readonly cursor: string | undefined;
}

/** Rows behind the screen that are loaded before they are needed. */
const ahead = 100;

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
  { cursor }: Wanted,
  page: Page<T>,
  revision: number,
): Pages<T> => {
  const loaded = { cursor, items: page.items, next: page.nextCursor, revision };
  const at = pages.findIndex((old) => old.cursor === cursor);
  if (at === -1) return [...pages, loaded];
  const kept = pages[at + 1]?.cursor === (page.nextCursor ?? undefined) ? pages.slice(at + 1) : [];
  return [...pages.slice(0, at), loaded, ...kept];
};

/** The page to ask for next: one on screen that is older than the revision, then what is missing. */
export const wantedPage = (
  pages: Pages<unknown>,
  seen: Seen,
  revision: number,
): Wanted | undefined => stalePage(pages, seen, revision) ?? missingPage(pages, seen.last + ahead);

/** The end of the list counts as shown: what is new comes there, and says how long the list is. */
const stalePage = (pages: Pages<unknown>, { first, last }: Seen, revision: number) => {
  let offset = 0;
  return pages.find((page) => {
    const begin = offset;
    offset += page.items.length;
    return page.revision < revision && ((begin <= last && offset > first) || page.next === null);
  });
};

/** What is to be loaded so that the row at `index` comes nearer. */
const missingPage = (pages: Pages<unknown>, index: number): Wanted | undefined => {
  const last = pages.at(-1);
  if (!last) return { cursor: undefined };
  return last.next !== null && index >= loadedCount(pages) ? { cursor: last.next } : undefined;
};
