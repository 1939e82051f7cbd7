/**
 * Text as cells of a terminal: widths, cutting and padding that keep columns aligned, and the drawing
 * of text that others chose (hostnames, names, notes) as one inert row.
 */
import stringWidth from 'string-width';

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const ellipsis = '…';

/** The graphemes of a text: what a person calls a character. */
export const graphemes = (text: string): string[] =>
  Array.from(segmenter.segment(text), ({ segment }) => segment);

/** How many cells a text takes. */
export const width = (text: string): number => (isAscii(text) ? text.length : stringWidth(text));

/** The cells of the widest of some texts. */
export const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(width));

const isAscii = (text: string): boolean => /^[ -~]*$/u.test(text);

/** Cuts a text to at most so many cells; what is missing is marked by an ellipsis. */
export const cut = (text: string, cells: number): string => {
  if (cells <= 0) return '';
  if (width(text) <= cells) return text;
  let result = '';
  let used = 0;
  for (const grapheme of graphemes(text)) {
    const next = width(grapheme);
    if (used + next > cells - 1) break;
    result += grapheme;
    used += next;
  }
  return result + ellipsis;
};

/** Cuts in the middle: a file's name begins with the product and ends with what tells it from the others. */
export const cutMiddle = (text: string, cells: number): string => {
  if (width(text) <= cells) return text;
  const tail = cells < 5 ? '' : endOf(text, Math.floor(((cells - 1) * 3) / 5));
  return cut(text, cells - width(tail)) + tail;
};

/** The last graphemes that fit so many cells. */
const endOf = (text: string, cells: number): string => {
  let result = '';
  for (const grapheme of graphemes(text).reverse()) {
    if (width(grapheme) + width(result) > cells) break;
    result = grapheme + result;
  }
  return result;
};

/** Exactly so many cells: cut or padded on the right (`start`) or the left (`end`). */
export const fit = (text: string, cells: number, align: 'start' | 'end' = 'start'): string =>
  pad(cut(text, cells), cells, align);

/** Padded to so many cells; longer texts stay as they are. */
export const pad = (short: string, cells: number, align: 'start' | 'end' = 'start'): string => {
  const blanks = ' '.repeat(Math.max(0, cells - width(short)));
  return align === 'end' ? blanks + short : short + blanks;
};

/** Breaks a text into lines of at most so many cells, between words where it can. */
export const wrapWords = (text: string, cells: number): string[] => {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      const joined = line === '' ? word : `${line} ${word}`;
      if (width(joined) <= cells) {
        line = joined;
        continue;
      }
      if (line !== '') lines.push(line);
      const parts = splitCells(word, cells);
      line = parts.pop() ?? '';
      lines.push(...parts);
    }
    lines.push(line);
  }
  return lines;
};

/** Breaks a text that must stay whole, blanks and all, wherever a line is full. */
export const splitCells = (text: string, cells: number): string[] => {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const grapheme of graphemes(text)) {
    const next = width(grapheme);
    if (line !== '' && used + next > cells) {
      lines.push(line);
      line = '';
      used = 0;
    }
    line += grapheme;
    used += next;
  }
  return [...lines, line];
};

/**
 * What another person or a machine chose, made harmless and exact: one row, no control characters
 * (shown as their Unicode pictures), no marks that reorder or hide text, no joined emoji, which
 * terminals draw in different widths. At most `longest` characters.
 */
export const inert = (text: string, longest = 512): string => {
  if (isAscii(text) && text.length <= longest) return text;
  let result = '';
  for (const character of text.slice(0, longest)) result += harmless(character);
  return text.length > longest ? result + ellipsis : result;
};

const harmless = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x24_00 + code);
  if (code === 0x7f) return '␡';
  if (code >= 0x80 && code < 0xa0) return '\u{FFFD}';
  if (hidden.test(character)) return dropped.test(character) ? '' : '\u{FFFD}';
  return character;
};

// Format characters (bidirectional controls, zero-width, tags), separators of lines, lone surrogates,
// private use and unassigned code points: nothing of them has a picture of known width.
const hidden =
  /\p{Cf}|\p{Zl}|\p{Zp}|\p{Cs}|\p{Co}|\p{Cn}|\p{Variation_Selector}|\p{Emoji_Modifier}/u;
// Parts of joined emoji: without them the parts stand side by side, in widths that all agree on.
const dropped = /\u{200D}|\u{AD}|\p{Variation_Selector}|\p{Emoji_Modifier}/u;

// Controls but tabs and line ends, and the marks that reorder a line. A carriage return alone goes back over it.
const commanding =
  // oxlint-disable-next-line no-control-regex -- they are what it is about
  /\r(?!\n)|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

const picture = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x20 ? String.fromCodePoint(0x24_00 + code) : code === 0x7f ? '␡' : '\u{FFFD}';
};

/** Lines of text without anything that a terminal would carry out; all else stays, so that data stay exact. */
export const inertLines = (text: string): string => text.replaceAll(commanding, picture);

/** A value as a line of JSON in which nothing is left that a terminal would carry out: it is escaped. */
export const jsonLine = (value: unknown): string =>
  `${JSON.stringify(value).replaceAll(
    commanding,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )}\n`;
