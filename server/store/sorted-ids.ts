/**
 * A sorted set of ids in pieces of bounded length: adding and removing cost the same whether it has a
 * hundred ids or a million, and a page after any id is found by two binary searches.
 */
const pieceLength = 512;

export interface SortedIds {
  pieces: string[][];
  size: number;
}

export const createSortedIds = (): SortedIds => ({ pieces: [], size: 0 });

/** How many entries of `length` come before the first for which `isAfter` says true. */
const search = (length: number, isAfter: (index: number) => boolean): number => {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isAfter(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
};

/** The piece in which the id is or would be. */
const pieceOf = (ids: SortedIds, id: string): number =>
  Math.max(search(ids.pieces.length, (index) => (ids.pieces[index]?.[0] ?? '') > id) - 1, 0);

const placeIn = (piece: readonly string[], id: string): number =>
  search(piece.length, (index) => (piece[index] ?? '') >= id);

export const addId = (ids: SortedIds, id: string): void => {
  const index = pieceOf(ids, id);
  const piece = ids.pieces[index];
  if (piece === undefined) {
    ids.pieces.push([id]);
    ids.size += 1;
    return;
  }
  const isLast = index === ids.pieces.length - 1;
  if (isLast && id > (piece.at(-1) ?? '')) {
    // Ids sort by creation, so nearly all of them come here: full pieces, no shifting.
    if (piece.length < pieceLength) piece.push(id);
    else ids.pieces.push([id]);
    ids.size += 1;
    return;
  }
  const place = placeIn(piece, id);
  if (piece[place] === id) return;
  piece.splice(place, 0, id);
  ids.size += 1;
  if (piece.length > pieceLength) ids.pieces.splice(index + 1, 0, piece.splice(pieceLength / 2));
};

export const removeId = (ids: SortedIds, id: string): void => {
  const index = pieceOf(ids, id);
  const piece = ids.pieces[index];
  if (piece === undefined) return;
  const place = placeIn(piece, id);
  if (piece[place] !== id) return;
  piece.splice(place, 1);
  ids.size -= 1;
  if (piece.length === 0) ids.pieces.splice(index, 1);
};

/** At most `limit` ids after `after` (default: from the first), in order. */
export const pageOfIds = (ids: SortedIds, after = '', limit = ids.size): string[] => {
  const page: string[] = [];
  let index = pieceOf(ids, after);
  let place = search(
    ids.pieces[index]?.length ?? 0,
    (at) => (ids.pieces[index]?.[at] ?? '') > after,
  );
  for (; index < ids.pieces.length && page.length < limit; index += 1, place = 0) {
    const piece = ids.pieces[index] ?? [];
    for (const id of piece.slice(place, place + limit - page.length)) page.push(id);
  }
  return page;
};
