import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { EntitlementList } from '../../tui/client/actions/licenses/terms.ts';
import { barCells, seatTone, seatWords } from '../../tui/components/seat-bar.tsx';
import { cut, cutMiddle, fit, inert, width, wrapWords } from '../../tui/state/cells.ts';
import { emptyList, moveList, type ListMove } from '../../tui/state/lists/list-window.ts';
import { daysLeft, relativeTime, shortAge, urgency } from '../../tui/client/relative-time.ts';
import { editing, editText, insertText, pastedText } from '../../tui/state/text-edit.ts';

const press = (name: string) => ({ name, text: name.length === 1 ? name : '' });
const after = (text: string, ...keys: readonly string[]) =>
  keys.reduce((state, key) => editText(state, press(key)) ?? state, editing(text));

describe('editing a line', () => {
  test.each([
    ['Ctrl+A goes to the start', 'one two', ['ctrl+a', 'x'], 'xone two'],
    ['Ctrl+E goes to the end', 'one', ['ctrl+a', 'ctrl+e', 'x'], 'onex'],
    ['Home and End too', 'one', ['home', 'x', 'end', 'y'], 'xoney'],
    ['Ctrl+W takes the word before the cursor', 'one two', ['ctrl+w'], 'one '],
    ['Ctrl+U takes everything before the cursor', 'one two', ['alt+b', 'ctrl+u'], 'two'],
    ['Ctrl+K takes everything behind it', 'one two', ['alt+b', 'ctrl+k'], 'one '],
    ['Alt+F goes over a word', 'one two', ['home', 'alt+f', 'x'], 'onex two'],
    ['Delete takes what is behind the cursor', 'abc', ['home', 'delete'], 'bc'],
    ['Backspace takes a whole emoji', 'a👨‍👩‍👧', ['backspace'], 'a'],
    ['the arrows step over a whole emoji', 'a👨‍👩‍👧', ['left', 'x'], 'ax👨‍👩‍👧'],
    ['letters are inserted, q too', '', ['q'], 'q'],
  ])('%s', (_, text, keys, expected) => {
    expect(after(text, ...keys).text).toBe(expected);
  });

  test('keys that edit nothing are left to others', () => {
    for (const key of ['enter', 'esc', 'tab', 'up', 'ctrl+c', 'ctrl+r']) {
      expect(editText(editing('a'), press(key))).toBeUndefined();
    }
  });

  test('a paste into one line loses its line ends, into a block keeps them as \\n', () => {
    expect(pastedText(' ana@x.example\r\n', 'one')).toBe('ana@x.example');
    expect(pastedText('a\r\nb\rc', 'many')).toBe('a\nb\nc');
    expect(pastedText('a\u001B[31mb\u0000', 'one')).toBe('a[31mb');
  });

  test('the cursor stays between graphemes, whatever is typed', () => {
    const keys = [
      'left',
      'right',
      'home',
      'end',
      'backspace',
      'delete',
      'ctrl+w',
      'alt+b',
      'alt+f',
    ];
    const steps = fc.array(fc.oneof(fc.constantFrom(...keys), fc.string({ unit: 'grapheme' })));
    fc.assert(
      fc.property(steps, (names) => {
        let state = editing('');
        for (const name of names) {
          state = keys.includes(name)
            ? (editText(state, { name, text: '' }) ?? state)
            : insertText(state, name);
          expect(state.cursor).toBeGreaterThanOrEqual(0);
          expect(state.cursor).toBeLessThanOrEqual(state.text.length);
        }
      }),
    );
  });
});

describe('a window over a list', () => {
  const moves: fc.Arbitrary<ListMove> = fc.oneof(
    fc.integer({ min: -3, max: 3 }).map((rows) => ({ type: 'by' as const, rows })),
    fc.constantFrom(-1, 1).map((pages) => ({ type: 'page' as const, pages })),
    fc.constant({ type: 'first' as const }),
    fc.constant({ type: 'last' as const }),
    fc.nat(50).map((index) => ({ type: 'to' as const, index })),
    fc.record({
      type: fc.constant('resize' as const),
      count: fc.nat(40),
      height: fc.nat(12),
    }),
  );

  test('the marked row exists and is on screen after any moves', () => {
    fc.assert(
      fc.property(fc.array(moves), (list) => {
        let state = moveList(emptyList, { type: 'resize', count: 30, height: 10 });
        for (const move of list) {
          state = moveList(state, move);
          expect(state.index).toBeLessThan(Math.max(1, state.count));
          expect(state.index).toBeGreaterThanOrEqual(state.top);
          expect(state.index).toBeLessThan(state.top + state.height);
          expect(state.top).toBeLessThanOrEqual(Math.max(0, state.count - state.height));
        }
      }),
    );
  });

  test('a page moves the mark and the window together', () => {
    const start = moveList(emptyList, { type: 'resize', count: 100, height: 10 });
    const paged = moveList(start, { type: 'page', pages: 1 });
    expect(paged).toMatchObject({ index: 10, top: 10 });
    expect(moveList(paged, { type: 'last' })).toMatchObject({ index: 99, top: 90 });
  });
});

describe('text that others chose', () => {
  test.each([
    ['an escape sequence', 'web\u001B[2J1', 'web␛[2J1'],
    ['line ends and tabs', 'a\nb\r\tc', 'a␊b␍␉c'],
    ['a right-to-left override', 'exe\u202Egnp', 'exe\uFFFDgnp'],
    ['C1 controls', 'a\u009B31mb', 'a\uFFFD31mb'],
    ['joined emoji', '👨‍👩‍👧', '👨👩👧'],
    ['skin tones', '👍🏽', '👍'],
  ])('is one inert row: %s', (_, hostile, drawn) => {
    expect(inert(hostile)).toBe(drawn);
  });

  test('300 characters fit the column, cut by an ellipsis', () => {
    expect(fit(inert('x'.repeat(300)), 12)).toBe(`${'x'.repeat(11)}…`);
  });

  test('whatever it is, it takes exactly the cells of its column and has no control character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 40 }), (text, cells) => {
        const drawn = fit(inert(text), cells);
        expect(stringWidth(drawn)).toBe(cells);
        expect(drawn).not.toMatch(/\p{Cc}|\p{Cf}/u);
      }),
      { numRuns: 500 },
    );
  });

  test('wide characters are cut whole', () => {
    expect(cut('日本語', 4)).toBe('日…');
    expect(width(fit('日本語', 4))).toBe(4);
    expect(cutMiddle('/var/lib/licet/releases/setup.exe', 15)).toBe('/var/l…etup.exe');
    expect(cutMiddle('acme-setup-linux-x64-4.2.0.tar.gz', 24)).toBe('acme-setup…-4.2.0.tar.gz');
    expect(width(cutMiddle('日本語サーバー-設定-4.2.0.zip', 17))).toBeLessThanOrEqual(17);
  });

  test('words are kept together where they fit, and split where not', () => {
    expect(wrapWords('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrapWords('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
  });
});

describe('seats and times', () => {
  test('a seat is a square while squares fit, else a part of a bar', () => {
    expect(barCells(2, 3, 20)).toEqual(['■ ■ ', '□']);
    expect(barCells(1, 1000, 10)).toEqual(['━', '─────────']);
    expect(barCells(999, 1000, 10)).toEqual(['━━━━━━━━━', '─']);
    expect(barCells(5, 3, 20)).toEqual(['■ ■ ■ ', '']);
  });

  test('the words say used of how many, the tone how near the end is', () => {
    expect(seatWords(2, 3)).toBe('2 of 3 used');
    expect(seatWords(2, null)).toBe('2 used, unlimited');
    expect([seatTone(2, 3), seatTone(9, 10), seatTone(3, 3)]).toEqual(['good', 'soon', 'bad']);
  });

  test('ages and ends are said in their largest unit', () => {
    const now = Date.UTC(2026, 10, 24);
    expect(relativeTime(now - 90_000, now)).toBe('1 minute ago');
    expect(relativeTime(now + 12.5 * 86_400_000, now)).toBe('in 12 days');
    expect(shortAge(now - 9 * 86_400_000, now)).toBe('9d');
  });

  test('the tone changes at 30, 7 and 0 days', () => {
    const now = Date.UTC(2026, 10, 24);
    const inDays = (days: number) => now + days * 86_400_000;
    expect([31, 30, 8, 7, 0].map((days) => urgency(inDays(days), now))).toEqual([
      'good',
      'soon',
      'soon',
      'bad',
      'bad',
    ]);
    expect(daysLeft(inDays(-1), now)).toBe(0);
    expect(daysLeft(inDays(14) + 30_000, now)).toBe(14);
    expect(urgency(undefined, now)).toBe('good');
  });
});

describe('entitlements as they are typed', () => {
  test.each([
    ['tier=a=b', { tier: 'a=b' }],
    ['exports, users = 25', { exports: true, users: 25 }],
    ['trial=false', { trial: false }],
  ])('%s', (typed, read) => {
    expect(EntitlementList.parse(typed)).toEqual(read);
  });
});
