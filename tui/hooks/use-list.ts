/** Moving in a list: the window's reducer with the keys of the table. */
import { useLayoutEffect, useReducer } from 'react';
import { emptyList, moveList, type ListMove, type ListWindow } from '../state/list-window.ts';
import { useKeys } from './use-keys.ts';

export interface ListHandle {
  readonly list: ListWindow;
  readonly move: (move: ListMove) => void;
}

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
      up: () => move({ type: 'by', rows: -1 }),
      down: () => move({ type: 'by', rows: 1 }),
      pageUp: () => move({ type: 'page', pages: -1 }),
      pageDown: () => move({ type: 'page', pages: 1 }),
      first: () => move({ type: 'first' }),
      last: () => move({ type: 'last' }),
    },
    { level: 'widget', active: active && count > 0 },
  );
  return { list, move };
};
