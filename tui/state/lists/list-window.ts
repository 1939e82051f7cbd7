/** Which row of a long list is marked and which rows are on screen: a pure reducer over numbers. */
export interface ListWindow {
  /** How many rows there are. */
  readonly count: number;
  /** The marked row, 0 when there are none. */
  readonly index: number;
  /** The first row on screen. */
  readonly top: number;
  /** How many rows fit on screen, at least 1. */
  readonly height: number;
}

export type ListMove =
  | { readonly type: 'by'; readonly rows: number }
  | { readonly type: 'page'; readonly pages: number }
  | { readonly type: 'first' }
  | { readonly type: 'last' }
  | { readonly type: 'to'; readonly index: number }
  | { readonly type: 'resize'; readonly count: number; readonly height: number };

export const emptyList: ListWindow = { count: 0, index: 0, top: 0, height: 1 };

const between = (low: number, value: number, high: number): number =>
  Math.max(low, Math.min(value, high));

/** Marks a row and scrolls as little as shows it. */
const settle = (list: ListWindow, index: number): ListWindow => {
  const height = Math.max(1, list.height);
  const marked = between(0, index, Math.max(0, list.count - 1));
  const lowestTop = Math.max(0, list.count - height);
  const top = between(0, between(marked - height + 1, list.top, marked), lowestTop);
  return { ...list, height, index: marked, top };
};

/** The list after a move. The marked row is always there and on screen. */
export const moveList = (list: ListWindow, move: ListMove): ListWindow => {
  switch (move.type) {
    case 'by':
      return settle(list, list.index + move.rows);
    case 'page':
      return settle(
        { ...list, top: Math.max(0, list.top + move.pages * list.height) },
        list.index + move.pages * list.height,
      );
    case 'first':
      return settle(list, 0);
    case 'last':
      return settle(list, list.count - 1);
    case 'to':
      return settle(list, move.index);
    case 'resize':
      return settle({ ...list, count: move.count, height: move.height }, list.index);
  }
};
