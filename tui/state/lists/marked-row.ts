/** The mark of a list stays with its row: rows change their places, and a key is meant for the marked one. */
import { moveList, type ListWindow } from './list-window.ts';

/** Where the mark was, and on which row; undefined for a row that was not loaded. */
export interface Mark {
  readonly index: number;
  readonly id: string | undefined;
}

/**
 * The window with its mark on the row that was marked. One that the person moved stays where it is, and
 * so does one whose row is gone. `idAt` names the row at a place.
 */
export const followMark = (
  list: ListWindow,
  before: Mark | undefined,
  idAt: (index: number) => string | undefined,
): ListWindow => {
  if (before?.id === undefined || before.index !== list.index) return list;
  if (idAt(list.index) === before.id) return list;
  for (let index = 0; index < list.count; index += 1) {
    if (idAt(index) === before.id) return moveList(list, { type: 'to', index });
  }
  return list;
};
