import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, type Json } from '../../shared/statements/canonical-json.ts';
import { parseStrictJson } from '../../shared/statements/strict-json.ts';

describe('strict JSON', () => {
  it('reads what JSON.parse reads, and the same', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        // The only texts that one reads and the other does not have the name that is refused.
        fc.pre(!text.includes('__proto__'));
        expect(parseStrictJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
      }),
    );
  });

  it('says the same of a text as programs write it and of one with a space before it', () => {
    const texts = [
      '{"a":1,"a":1}',
      '{"__proto__":1}',
      '{"\\u005f_proto__":1}',
      '{"2":1,"1":1}',
      '-0',
      '1.0',
      '1e400',
      '12345678901234567890',
      '["\\ud800"]',
      '["\ud800"]',
      ...[31, 32, 33, 34].map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
      ...[31, 32, 33].map((depth) => `${'['.repeat(depth)}0${']'.repeat(depth)}`),
    ];
    const said = (text: string) => {
      const read = parseStrictJson(text, { maxValues: 1000 });
      return read.ok ? read : read.error.replace(/\d+$/u, '');
    };
    expect(texts.map(said)).toEqual(texts.map((text) => said(` ${text}`)));
    fc.assert(
      fc.property(fc.json({ maxDepth: 6, stringUnit: 'binary' }), (text) => {
        expect(said(text)).toEqual(said(` ${text}`));
      }),
    );
  });

  it('refuses what JSON.parse refuses', () => {
    const texts = [
      '',
      ' ',
      '{',
      '[1,]',
      '{"a":1,}',
      '01',
      '1.',
      '+1',
      'NaN',
      "'a'",
      '"\n"',
      '"\\x"',
      '[1 2]',
      '{"a" 1}',
      '{a:1}',
      'tru',
      '"',
      '\ufeff{}',
      '[,1]',
      '1e',
      '-',
      '"\\u12g4"',
    ];
    for (const text of texts) {
      expect(() => JSON.parse(text)).toThrow(SyntaxError);
      expect(parseStrictJson(text)).toMatchObject({ ok: false });
    }
  });

  it.each([
    ['{"a":1,"a":2}', /"a" is there twice, at character 11/],
    ['{"a":1,"\\u0061":2}', /is there twice/],
    ['[{"b":{"c":1,"c":1}}]', /is there twice/],
    ['{"__proto__":{}}', /"__proto__" is not allowed/],
    ['{"\\u005f_proto__":{}}', /"__proto__" is not allowed/],
    ['{} x', /something after its end, at character 4/],
    ['1 2', /something after its end/],
    ['[[[[1]]]]', /nested deeper than 3/],
  ])('refuses %s', (text, message) => {
    expect(parseStrictJson(text, { maxDepth: 3 })).toMatchObject({ ok: false, error: message });
  });

  it('refuses 60,000 levels without running out of stack', () => {
    expect(parseStrictJson('['.repeat(60_000))).toMatchObject({ error: /nested/ });
  });

  it('takes names that objects have by nature as plain members', () => {
    expect(parseStrictJson('{"constructor":1,"toString":2}')).toEqual({
      ok: true,
      value: { constructor: 1, toString: 2 },
    });
  });
});

describe('canonical JSON', () => {
  it('has one text for one value, whatever the order of its members', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(turned as Json)).toBe(canonicalJson(value as Json));
        expect(JSON.parse(canonicalJson(value as Json))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('writes the example of RFC 8785', () => {
    const value = {
      numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\\"/',
      literals: [null, true, false],
    };
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });
});
