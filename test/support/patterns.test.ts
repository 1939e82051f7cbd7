/** The tests of the tests: a pattern that fits nothing must fail, wherever it stands in what is expected. */
import { expect, test } from 'vitest';

test('a pattern in what is expected is one, however deep it is', () => {
  const received = { error: { message: 'Line 2 is missing' }, all: ['one'] };
  expect(received).toMatchObject({ error: { message: /Line 2/u }, all: [/o/u] });
  for (const wrong of [
    { error: { message: /Line 3/u } },
    { error: /Line/u },
    { all: [/two/u] },
    { none: /./u },
  ]) {
    expect(() => expect(received).toMatchObject(wrong)).toThrow('to match object');
  }
});
