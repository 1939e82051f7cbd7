/** How what is typed goes into a text of one line: a filter, a search, the palette, a field. */
import { editKeys, editText, insertText, pastedText, type EditState } from '../state/text-edit.ts';
import type { KeyOptions } from './use-keys.ts';

/** Options for `useKeys`: letters, editing keys and a paste change the text; `set` gets what it becomes. */
export const typeLine = (text: EditState, set: (next: EditState) => void) =>
  ({
    level: 'field',
    takes: editKeys,
    edit: (press) => {
      const next = editText(text, press);
      if (next) set(next);
      return next !== undefined;
    },
    paste: (pasted) => {
      set(insertText(text, pastedText(pasted, 'one')));
      return true;
    },
  }) satisfies KeyOptions;
