/**
 * A sorted list in pieces of bounded length: adding, removing and finding cost the same whether it has a
 * hundred items or a million, and a page after any key is found by two binary searches. Ids sort by
 * creation, so nearly all additions are at its end.
 */
const pieceLength = 512;

export interface Sorted<T> {
  readonly keyOf: (item: T) => string;
  readonly pieces: T[][];
  size: number;
}

/** An empty list, ordered by `keyOf`. */
export const createSorted = <T>(keyOf: (item: T) => string): Sorted<T> => ({
  keyOf,
  pieces: [],
  size: 0,
});

/** How many items of a piece come before the key. */
const placeIn = <T>({ keyOf }: Sorted<T>, piece: readonly T[], key: string): number => {
  let low = 0;
  let high = piece.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = piece[middle];
    if (item !== undefined && keyOf(item) < key) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** The piece in which the key is or would be: the last that does not begin after it. */
const pieceOf = <T>({ keyOf, pieces }: Sorted<T>, key: string): number => {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const first = pieces[middle]?.[0];
    if (first !== undefined && keyOf(first) <= key) low = middle + 1;
    else high = middle;
  }
  return Math.max(low - 1, 0);
};

const isAfterAll = <T>(
  { keyOf }: Sorted<T>,
  last: readonly T[] | undefined,
  key: string,
): boolean => {
  const item = last?.at(-1);
  return item === undefined || key > keyOf(item);
};

/** Puts an item in its place; returns the one with the same key that it took the place of. */
export const putSorted = <T>(list: Sorted<T>, item: T, key = list.keyOf(item)): T | undefined => {
  const last = list.pieces.at(-1);
  if (isAfterAll(list, last, key)) {
    if (last !== undefined && last.length < pieceLength) last.push(item);
    else list.pieces.push([item]);
    list.size += 1;
    return undefined;
  }
  const index = pieceOf(list, key);
  const piece = list.pieces[index] ?? [];
  const place = placeIn(list, piece, key);
  const there = piece[place];
  if (there !== undefined && list.keyOf(there) === key) {
    piece[place] = item;
    return there;
  }
  piece.splice(place, 0, item);
  list.size += 1;
  if (piece.length > pieceLength) list.pieces.splice(index + 1, 0, piece.splice(pieceLength / 2));
  return undefined;
};

/** Takes the item with the key out; returns it. */
export const removeSorted = <T>(list: Sorted<T>, key: string): T | undefined => {
  const index = pieceOf(list, key);
  const piece = list.pieces[index] ?? [];
  const place = placeIn(list, piece, key);
  const there = piece[place];
  if (there === undefined || list.keyOf(there) !== key) return undefined;
  piece.splice(place, 1);
  list.size -= 1;
  if (piece.length === 0) list.pieces.splice(index, 1);
  return there;
};

/** The item with the key, if there is one. */
export const getSorted = <T>(list: Sorted<T>, key: string): T | undefined => {
  const piece = list.pieces[pieceOf(list, key)] ?? [];
  const there = piece[placeIn(list, piece, key)];
  return there !== undefined && list.keyOf(there) === key ? there : undefined;
};

/** At most `limit` items after the key `after` (default: from the first), in order. */
export const pageSorted = <T>(list: Sorted<T>, after = '', limit = list.size): T[] => {
  const page: T[] = [];
  let index = pieceOf(list, after);
  const first = list.pieces[index] ?? [];
  let place = placeIn(list, first, after);
  const there = first[place];
  if (there !== undefined && list.keyOf(there) === after) place += 1;
  for (; index < list.pieces.length && page.length < limit; index += 1, place = 0) {
    const piece = list.pieces[index] ?? [];
    for (const item of piece.slice(place, place + limit - page.length)) page.push(item);
  }
  return page;
};
