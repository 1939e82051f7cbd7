/** Names for what was pressed, so that a key table can be written as text. */
import type { Key } from 'ink';
import type { KeyPress } from '../state/key-press.ts';

const named = [
  ['return', 'enter'],
  ['escape', 'esc'],
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
] as const;

/** Reads Ink's event for one token. Undefined for what names no key that is used here. */
export const readPress = (input: string, key: Key): KeyPress | undefined => {
  if (key.tab) return { name: key.shift ? 'shift+tab' : 'tab', text: '' };
  const special = named.find(([property]) => key[property]);
  if (special) {
    const modifier = key.ctrl ? 'ctrl+' : key.meta && special[1] !== 'esc' ? 'alt+' : '';
    return { name: modifier + special[1], text: '' };
  }
  if (input === '\n') return { name: 'ctrl+j', text: '' };
  if (input === '') return undefined;
  if (key.ctrl) return { name: `ctrl+${input.toLowerCase()}`, text: '' };
  if (key.meta) return { name: `alt+${input.toLowerCase()}`, text: '' };
  // Other control characters name nothing and must not land in a field.
  // oxlint-disable-next-line no-control-regex -- that is what is looked for
  if (/^[\u{0}-\u{1F}\u{7F}-\u{9F}]/u.test(input)) return undefined;
  return { name: input, text: input };
};
