/** Editing one line (or block) of text, as a pure reducer: what readline's users have in their fingers. */
import type { KeyPress } from './key-press.ts';
import { graphemes } from './cells.ts';

export interface EditState {
  readonly text: string;
  /** Where the next character goes: an offset into `text`, always between two graphemes. */
  readonly cursor: number;
}

/** A field's state for a text, cursor at its end. */
export const editing = (text: string): EditState => ({ text, cursor: text.length });

/** Names of the keys that `editText` uses, besides printable characters. */
export const editKeys: readonly string[] = [
  'left',
  'right',
  'home',
  'end',
  'backspace',
  'delete',
  'ctrl+a',
  'ctrl+e',
  'ctrl+b',
  'ctrl+f',
  'ctrl+h',
  'ctrl+d',
  'ctrl+w',
  'ctrl+u',
  'ctrl+k',
  'alt+b',
  'alt+f',
  'alt+d',
  'alt+left',
  'alt+right',
  'ctrl+left',
  'ctrl+right',
  'alt+backspace',
  ...Array.from({ length: 95 }, (_, index) => String.fromCodePoint(32 + index)),
];

const previousGrapheme = ({ text, cursor }: EditState): number =>
  cursor - (graphemes(text.slice(0, cursor)).at(-1)?.length ?? 0);

const nextGrapheme = ({ text, cursor }: EditState): number =>
  cursor + (graphemes(text.slice(cursor))[0]?.length ?? 0);

/** Back over blanks, then over what is no blank: where Ctrl+W and Alt+B go. */
const wordStart = ({ text, cursor }: EditState): number =>
  text.slice(0, cursor).replace(/\S+\s*$|\s+$/u, '').length;

const wordEnd = ({ text, cursor }: EditState): number =>
  cursor + (/^\s*\S+|^\s+/u.exec(text.slice(cursor))?.[0].length ?? 0);

const remove = (state: EditState, from: number, to: number): EditState => ({
  text: state.text.slice(0, from) + state.text.slice(to),
  cursor: from,
});

/** Puts text at the cursor. */
export const insertText = ({ text, cursor }: EditState, added: string): EditState => ({
  text: text.slice(0, cursor) + added + text.slice(cursor),
  cursor: cursor + added.length,
});

/** The state after a key, or undefined when the key edits nothing and belongs to somebody else. */
export const editText = (state: EditState, press: KeyPress): EditState | undefined => {
  if (press.text !== '') return insertText(state, press.text);
  switch (press.name) {
    case 'left':
    case 'ctrl+b':
      return { ...state, cursor: previousGrapheme(state) };
    case 'right':
    case 'ctrl+f':
      return { ...state, cursor: nextGrapheme(state) };
    case 'home':
    case 'ctrl+a':
      return { ...state, cursor: 0 };
    case 'end':
    case 'ctrl+e':
      return { ...state, cursor: state.text.length };
    case 'alt+b':
    case 'alt+left':
    case 'ctrl+left':
      return { ...state, cursor: wordStart(state) };
    case 'alt+f':
    case 'alt+right':
    case 'ctrl+right':
      return { ...state, cursor: wordEnd(state) };
    case 'backspace':
    case 'ctrl+h':
      return remove(state, previousGrapheme(state), state.cursor);
    case 'delete':
    case 'ctrl+d':
      return remove(state, state.cursor, nextGrapheme(state));
    case 'ctrl+w':
    case 'alt+backspace':
      return remove(state, wordStart(state), state.cursor);
    case 'alt+d':
      return remove(state, state.cursor, wordEnd(state));
    case 'ctrl+u':
      return remove(state, 0, state.cursor);
    case 'ctrl+k':
      return remove(state, state.cursor, state.text.length);
    default:
      return undefined;
  }
};

/**
 * What a paste puts into a field. Line ends of all systems become \n; a single line loses those
 * around it and gets a blank for those inside; control characters never get in.
 */
export const pastedText = (pasted: string, lines: 'one' | 'many'): string => {
  const text = pasted
    .replaceAll(/\r\n?/gu, '\n')
    // oxlint-disable-next-line no-control-regex -- that is what must not get in
    .replaceAll(/[\u{0}-\u{8}\u{B}-\u{1F}\u{7F}-\u{9F}\u{FEFF}]/gu, '');
  return lines === 'many' ? text : text.trim().replaceAll(/\s*\n\s*|\t/gu, ' ');
};
