/**
 * Splits what a terminal sends into what a person did: one grapheme, one escape sequence or one
 * whole paste at a time. A read from a terminal ends anywhere: `ana<Enter>` typed ahead is one chunk,
 * an arrow key over a slow line is three. Replies of the terminal to questions (colors, device
 * attributes, cursor position, focus, mouse) are nobody's typing and are dropped.
 */

const escape = '\u{1B}';
const pasteStart = `${escape}[200~`;
const pasteEnd = `${escape}[201~`;
const bell = '\u{7}';

/** Introducers of control strings (ECMA-48, 5.6): OSC, DCS, APC, PM, SOS. They end with ST, OSC also with BEL. */
const stringIntroducers = new Set([']', 'P', '_', '^', 'X']);

/** A control string longer than this is no reply of a terminal: given up, so that it can't swallow all input. */
const longestReply = 4096;

const reply =
  // oxlint-disable-next-line no-control-regex -- replies begin with the escape character
  /^\u{1B}\[(?:[?>=][\d;]*[cnuR]|\??[\d;]*\$y|\d+;\d+R|[IO]|<[\d;]+[Mm]|\d+;\d+;\d+t)$/u;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

type Parsed = { readonly end: number; readonly token: string } | 'incomplete';

/** Reads the control sequence (ECMA-48, 5.4) that starts at `at`; parameters, intermediates, one final byte. */
const parseCsi = (input: string, at: number): Parsed => {
  let end = at + 2;
  // The Linux console's function keys: ESC [ [ A.
  if (input[end] === '[') end += 1;
  while (end < input.length && /[\u{20}-\u{3F}]/u.test(input.charAt(end))) end += 1;
  if (end >= input.length) return 'incomplete';
  const token = input.slice(at, end + 1);
  // Mouse reports of the oldest kind carry three bytes after the final M.
  if (token === `${escape}[M`) {
    return end + 3 < input.length ? { end: end + 4, token: '' } : 'incomplete';
  }
  return { end: end + 1, token };
};

const parseString = (input: string, at: number): Parsed => {
  for (let end = at + 2; end < input.length; end += 1) {
    if (input[end] === bell) return { end: end + 1, token: '' };
    if (input[end] === escape && end + 1 < input.length) {
      return { end: input[end + 1] === '\\' ? end + 2 : end, token: '' };
    }
  }
  return input.length - at > longestReply ? { end: input.length, token: '' } : 'incomplete';
};

const parsePaste = (input: string, at: number): Parsed => {
  const end = input.indexOf(pasteEnd, at);
  if (end === -1) return 'incomplete';
  return { end: end + pasteEnd.length, token: input.slice(at, end + pasteEnd.length) };
};

const parseEscape = (input: string, at: number): Parsed => {
  if (at + 1 >= input.length) return 'incomplete';
  const next = input.charAt(at + 1);
  if (input.startsWith(pasteStart, at)) return parsePaste(input, at);
  if (next === '[') return parseCsi(input, at);
  if (next === 'O') {
    return at + 2 < input.length ? { end: at + 3, token: input.slice(at, at + 3) } : 'incomplete';
  }
  if (stringIntroducers.has(next)) return parseString(input, at);
  // Two Esc in a row are two presses; everything else is a letter with Alt.
  if (next === escape) return { end: at + 1, token: escape };
  const point = String.fromCodePoint(input.codePointAt(at + 1) ?? 0);
  return { end: at + 1 + point.length, token: escape + point };
};

export interface Tokenizer {
  /** Adds a chunk; returns what is complete. */
  push(chunk: string): string[];
  /** True while an escape sequence has begun that the next chunk may complete. */
  pending(): boolean;
  /** Gives up waiting: what began as an escape sequence was the Esc key (or nothing of use). */
  flush(): string[];
}

/** Makes a tokenizer. Tokens are strings: a grapheme, an escape sequence, or a paste with its markers. */
export const createTokenizer = (): Tokenizer => {
  let rest = '';

  const take = (): string[] => {
    const tokens: string[] = [];
    let at = 0;
    while (at < rest.length) {
      if (rest[at] === escape) {
        const parsed = parseEscape(rest, at);
        if (parsed === 'incomplete') break;
        if (parsed.token !== '' && !reply.test(parsed.token)) tokens.push(parsed.token);
        at = parsed.end;
        continue;
      }
      const next = rest.indexOf(escape, at);
      const text = rest.slice(at, next === -1 ? undefined : next);
      for (const { segment } of segmenter.segment(text)) {
        // CR LF is one grapheme by Unicode, and one Enter.
        tokens.push(segment === '\r\n' ? '\r' : segment);
      }
      at += text.length;
    }
    rest = rest.slice(at);
    return tokens;
  };

  return {
    push(chunk) {
      rest += chunk;
      return take();
    },
    pending: () => rest !== '' && !rest.startsWith(pasteStart),
    flush() {
      if (rest === '' || rest.startsWith(pasteStart)) return [];
      const given = rest;
      rest = '';
      // A started control string that never ended is dropped; Alt with such a letter is not worth a guess.
      return given === escape ? [escape] : given.length === 2 ? [escape, given.charAt(1)] : [];
    },
  };
};
