/** Moving in a list: the window's reducer with the keys of the table. */
import { useLayoutEffect, useReducer, useState } from 'react';
import {
  emptyList,
  moveList,
  type ListMove,
  type ListWindow,
} from '../../state/lists/list-window.ts';
import { followMark, type Mark } from '../../state/lists/marked-row.ts';
import { useKeys } from '../use-keys.ts';

export interface ListHandle {
  readonly list: ListWindow;
  readonly move: (move: ListMove) => void;
}

/** The keys that move in a list, also where letters are text. */
export const moveKeys = (move: (by: ListMove) => void) => ({
  up: () => move({ type: 'by', rows: -1 }),
  down: () => move({ type: 'by', rows: 1 }),
  pageUp: () => move({ type: 'page', pages: -1 }),
  pageDown: () => move({ type: 'page', pages: 1 }),
});

/**
 * The window over `count` rows of which `height` fit. Up, down, pages, first and last work while
 * `active`; there is nothing to move in an empty list, so then they are no keys.
 */
export const useList = (count: number, height: number, active = true): ListHandle => {
  const [stored, move] = useReducer(moveList, { ...emptyList, count, height });
  // A list that shrank or a smaller screen must never draw a row that isn't there, not even once.
  const list = moveList(stored, { type: 'resize', count, height });
  useLayoutEffect(() => move({ type: 'resize', count, height }), [count, height]);
  useKeys(
    {
      ...moveKeys(move),
      first: () => move({ type: 'first' }),
      last: () => move({ type: 'last' }),
    },
    { level: 'widget', active: active && count > 0 },
  );
  return { list, move };
};

/** The list with its mark on the row that was marked. `idAt` names a row. */
export const useMarkedRow = (
  { list, move }: ListHandle,
  idAt: (index: number) => string | undefined,
): ListWindow => {
  const [before, setBefore] = useState<Mark>();
  const shown = followMark(list, before, idAt);
  const id = idAt(shown.index);
  // While rendering, so that no frame is drawn with the mark elsewhere, and no key acts there.
  if (before?.index !== shown.index || before.id !== id) setBefore({ index: shown.index, id });
  if (shown.index !== list.index) move({ type: 'to', index: shown.index });
  return shown;
};
