import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createTokenizer } from '../../tui/terminal/tokenize.ts';

const tokens = (...chunks: readonly string[]): string[] => {
  const tokenizer = createTokenizer();
  return [...chunks.flatMap((chunk) => tokenizer.push(chunk)), ...tokenizer.flush()];
};

describe('what a terminal sends, split into what a person did', () => {
  test('keys typed ahead in one chunk are keys of their own', () => {
    expect(tokens('ana\tx\r')).toEqual(['a', 'n', 'a', '\t', 'x', '\r']);
  });

  test('an emoji of several code points and a letter with its accent are one each', () => {
    expect(tokens('👨‍👩‍👧e\u0301')).toEqual(['👨‍👩‍👧', 'e\u0301']);
  });

  test('an arrow that arrives in three chunks is one key', () => {
    expect(tokens('\u001B', '[', 'A', 'j')).toEqual(['\u001B[A', 'j']);
  });

  test('a bracketed paste stays whole, line ends and escapes included', () => {
    const paste = '\u001B[200~one\r\ntwo \u001B[31m\u001B[201~';
    expect(tokens('a', paste.slice(0, 9), paste.slice(9, 20), `${paste.slice(20)}\r`)).toEqual([
      'a',
      paste,
      '\r',
    ]);
  });

  test.each([
    ['a color (OSC 11)', '\u001B]11;rgb:0000/0000/0000\u001B\\'],
    ['a clipboard (OSC 52) ended by BEL', '\u001B]52;c;aGVsbG8=\u0007'],
    ['primary device attributes', '\u001B[?62;22c'],
    ['secondary device attributes', '\u001B[>1;10;0c'],
    ['a cursor position', '\u001B[12;40R'],
    ['focus gained', '\u001B[I'],
    ['a mode report', '\u001B[?2026;2$y'],
    ['a version (DCS)', '\u001BP>|xterm(390)\u001B\\'],
    ['a mouse press', '\u001B[<0;10;5M'],
    ['a mouse press of the oldest kind', '\u001B[M !!'],
  ])('the reply of the terminal is dropped: %s', (_, reply) => {
    expect(tokens(`a${reply}b`)).toEqual(['a', 'b']);
    expect(tokens('a', ...reply.split(''), 'b')).toEqual(['a', 'b']);
  });

  test('a lone Esc is the Esc key once nothing follows, and two are two', () => {
    expect(tokens('\u001B')).toEqual(['\u001B']);
    expect(tokens('\u001B\u001B')).toEqual(['\u001B', '\u001B']);
  });

  test('a letter with Alt stays one key', () => {
    expect(tokens('\u001Bb\u001Bf')).toEqual(['\u001Bb', '\u001Bf']);
  });

  test('a control string without an end does not swallow the input for ever', () => {
    expect(tokens(`\u001B]${'x'.repeat(5000)}`, 'a')).toEqual(['a']);
  });

  test('printable text is never lost or changed, wherever the chunks end', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme-ascii' })), (chunks) => {
        expect(tokens(...chunks).join('')).toBe(chunks.join(''));
      }),
    );
  });
});
