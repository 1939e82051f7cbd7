/** `/` filters a list: typed text narrows it at once, Enter keeps it, Esc clears it. */
import { createContext, use, useState, type ReactNode } from 'react';
import { FieldValue } from '../components/forms/field.tsx';
import { Text } from '../components/text.tsx';
import { cut, inert } from '../state/cells.ts';
import { editing } from '../state/text-edit.ts';
import { typeLine } from './type-line.ts';
import { useKeys } from './use-keys.ts';

export interface Filter {
  /** What to look for; empty for everything. */
  readonly text: string;
  /** True while it is being typed: then the list's letters are text. */
  readonly typing: boolean;
  /** The row to draw, one cell row high; null while there is no filter. */
  readonly row: ReactNode;
}

/** What the lists inside of it are filtered by at first: one was taken here to look at something. */
export const SoughtContext = createContext('');

/** A filter of a list, with its keys. `width` is that of its row. */
export const useFilter = (width: number, active = true): Filter => {
  const sought = use(SoughtContext);
  const [state, setState] = useState(() => editing(sought));
  const [typing, setTyping] = useState(false);
  const clear = (): void => {
    setState(editing(''));
    setTyping(false);
  };
  useKeys(
    {
      filter: () => setTyping(true),
      back: state.text === '' ? undefined : { run: clear, does: 'Clear the filter', hint: 'clear' },
    },
    { level: 'widget', active: active && !typing },
  );
  useKeys(
    {
      choose: { run: () => setTyping(false), does: 'Keep the filter', hint: 'keep' },
      back: { run: clear, does: 'Clear the filter', hint: 'clear' },
    },
    { ...typeLine(state, setState), active: active && typing },
  );
  const shown = typing || state.text !== '';
  return {
    text: state.text.trim(),
    typing,
    row: shown ? (
      <Text wrap="truncate-end">
        <Text tone="accent">/ </Text>
        {typing ? (
          <FieldValue width={Math.min(40, width - 3)} state={state} focused />
        ) : (
          cut(inert(state.text), width - 3)
        )}
      </Text>
    ) : null,
  };
};
