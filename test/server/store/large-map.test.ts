/** A large map behaves as a map does, before and after it is parted. */
import { assert, oneof, property, string, uniqueArray } from 'fast-check';
import { expect, test } from 'vitest';
import { createLargeMap } from '../../../server/store/memory/large-map.ts';

/** Beyond what is kept in one. */
const many = 80_000;
const keyOf = (n: number): string => `act_${n.toString(36).padStart(8, '0')}`;

const filled = () => {
  const map = createLargeMap<number>();
  const model = new Map<string, number>();
  for (let n = 0; n < many; n += 1) {
    map.set(keyOf(n), n);
    model.set(keyOf(n), n);
  }
  return { map, model };
};

test('has everything that was put, once, and nothing that was deleted', () => {
  const { map, model } = filled();
  for (let n = 0; n < many; n += 3) {
    expect(map.delete(keyOf(n))).toBe(true);
    model.delete(keyOf(n));
  }
  for (let n = 1; n < many; n += 3) {
    map.set(keyOf(n), -n);
    model.set(keyOf(n), -n);
  }
  expect(map.delete(keyOf(0))).toBe(false);
  expect(map.get(keyOf(0))).toBeUndefined();
  expect([...model.keys()].map((key) => map.get(key))).toEqual([...model.values()]);
  const all = map.parts().flatMap((part) => Array.from(part));
  expect(all.length).toBe(model.size);
  expect(new Map(all)).toEqual(model);
});

test('takes any keys: short, long, alike but for their beginning', () => {
  const { map } = filled();
  const key = oneof(
    string(),
    string({ maxLength: 3 }).map((start) => `${start}${'0'.repeat(40)}`),
  );
  assert(
    property(uniqueArray(key, { maxLength: 40 }), (keys) => {
      for (const [at, one] of keys.entries()) map.set(one, at);
      expect(keys.map((one) => map.get(one))).toEqual(keys.map((_, at) => at));
      for (const one of keys) expect(map.delete(one)).toBe(true);
      expect(keys.map((one) => map.get(one))).toEqual(keys.map(() => undefined));
    }),
  );
});
