/** `/` filters a list: typed text narrows it at once, Enter keeps it, Esc clears it. */
import { createContext, use, useState } from 'react';
import { editing, type EditState } from '../../state/text-edit.ts';
import { typeLine } from '../type-line.ts';
import { useKeys } from '../use-keys.ts';

export interface Filter {
  /** What to look for; empty for everything. */
  readonly text: string;
  /** True while it is being typed: then the list's letters are text. */
  readonly typing: boolean;
  /** What is being typed, with its cursor. */
  readonly state: EditState;
  /** There is one, or one is begun: it has a row. */
  readonly shown: boolean;
}

/** What the lists inside of it are filtered by at first: one was taken here to look at something. */
export const SoughtContext = createContext('');

/** A filter of a list, with its keys. */
export const useFilter = (active = true): Filter => {
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
  return { text: state.text.trim(), typing, state, shown: typing || state.text !== '' };
};
