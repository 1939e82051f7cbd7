import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BitReader, BitsError, BitWriter } from '../../shared/statements/typed/bits.ts';
import { makeOneTimeCode, parseOneTimeCode } from '../../shared/one-time-codes.ts';
import { fromTypedLines, toTypedLines } from '../../shared/statements/typed/typed-lines.ts';
import { random } from '../support/statements.ts';

const characters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

describe('a one-time code', () => {
  it('has four groups, 100 random bits, and is read back as it was made', () => {
    const codes = Array.from({ length: 500 }, () => makeOneTimeCode(random));
    expect(new Set(codes).size).toBe(500);
    for (const code of codes) {
      expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{6}(?:-[0-9A-HJKMNP-TV-Z]{6}){3}$/);
      expect(parseOneTimeCode(code)).toEqual({ ok: true, value: code });
    }
  });

  it('is read in any case and spacing, with letters that look alike', () => {
    const code = makeOneTimeCode(() => new Uint8Array(20).fill(1));
    const typed = ` ${code.toLowerCase().replaceAll('1', 'l').replaceAll('-', ' ')}\n`;
    expect(parseOneTimeCode(typed)).toEqual({ ok: true, value: code });
    expect(parseOneTimeCode(code.replaceAll('-', ''))).toEqual({ ok: true, value: code });
  });

  it('names the group of every wrong and every swapped character', () => {
    const code = makeOneTimeCode(random);
    for (let at = 0; at < code.length; at += 1) {
      if (code[at] === '-') continue;
      const group = Math.floor(at / 7) + 1;
      for (const other of characters) {
        if (other === code[at]) continue;
        const wrong = `${code.slice(0, at)}${other}${code.slice(at + 1)}`;
        expect(parseOneTimeCode(wrong)).toMatchObject({
          ok: false,
          error: expect.stringContaining(`Group ${group} `),
        });
      }
    }
  });

  it('names swapped groups, and says how many characters it needs', () => {
    const [a = '', b = '', c = '', d = ''] = makeOneTimeCode(random).split('-');
    expect(parseOneTimeCode([b, a, c, d].join('-'))).toMatchObject({ error: /Group 1/ });
    expect(parseOneTimeCode([a, b, c].join('-'))).toMatchObject({
      error: /24 in all; this has 18/,
    });
    expect(parseOneTimeCode('')).toMatchObject({ error: /this has 0/ });
    expect(parseOneTimeCode(`${a}-${b}-${c}-U${d.slice(1)}`)).toMatchObject({ error: /Group 4/ });
  });
});

describe('typed lines', () => {
  const digits = fc.array(fc.integer({ min: 0, max: 31 }), { minLength: 1, maxLength: 300 });

  it('read back the digits that they were made of', () => {
    fc.assert(
      fc.property(digits, (all) => {
        expect(fromTypedLines(toTypedLines(all))).toEqual({ ok: true, value: all });
      }),
    );
  });

  it('name the line of any two wrong characters in it', () => {
    const text = toTypedLines(Array.from({ length: 100 }, (_, index) => (index * 7) % 32));
    const places = fc.tuple(
      fc.nat(34),
      fc.nat(34),
      fc.nat(30),
      fc.nat(30),
      fc.integer({ min: 0, max: 2 }),
    );
    fc.assert(
      fc.property(places, ([first, second, a, b, line]) => {
        const lines = text.split('\n');
        const typed = Array.from(lines[line] ?? '');
        for (const [at, by] of [
          [first, a],
          [second, b],
        ] as const) {
          const old = characters.indexOf(typed[at] ?? '');
          if (old >= 0) typed[at] = characters[(old + 1 + by) % 32] ?? '';
        }
        lines[line] = typed.join('');
        fc.pre(lines.join('\n') !== text);
        expect(fromTypedLines(lines.join('\n'))).toMatchObject({
          ok: false,
          error: expect.stringContaining(`Line ${line + 1} `),
        });
      }),
    );
  });
});

describe('bits', () => {
  it('read back what was written', () => {
    const part = fc.oneof(
      fc.record({ kind: fc.constant('text' as const), value: fc.string({ unit: 'binary' }) }),
      fc.record({
        kind: fc.constant('text' as const),
        value: fc.constantFrom('Ana García', 'ana@example.com', 'PROD', 'Two  Spaces', 'É Lan'),
      }),
      fc.record({ kind: fc.constant('varint' as const), value: fc.maxSafeNat() }),
      fc.record({ kind: fc.constant('flag' as const), value: fc.boolean() }),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const writer = new BitWriter();
        for (const one of parts) {
          if (one.kind === 'text') writer.text(one.value);
          else if (one.kind === 'varint') writer.varint(one.value);
          else writer.flag(one.value);
        }
        const reader = new BitReader(writer.toDigits());
        for (const one of parts) {
          const read =
            one.kind === 'text'
              ? reader.text()
              : one.kind === 'varint'
                ? reader.varint()
                : reader.flag();
          expect(read).toBe(one.value);
        }
        reader.end();
      }),
    );
  });

  it('end where they end, with an error that is theirs', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(31)), (digits) => {
        const reader = new BitReader(digits);
        const readOn = () => {
          for (;;) reader.text();
        };
        expect(readOn).toThrow(BitsError);
      }),
    );
  });
});
