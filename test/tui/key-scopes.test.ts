/** Who gets a key, as a model: what is shown to work is what works, and nothing else. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyEntry, keyTable, type KeyId } from '../../tui/state/keys.ts';
import { createKeyScopes, type Binding, type Scope } from '../../tui/state/key-scopes.ts';

const ids = [
  'open',
  'choose',
  'reset',
  'remove',
  'release',
  'back',
  'down',
  'nextField',
  'quit',
] as const;
const names = [...new Set(Object.values(keyTable).flatMap(({ keys }): readonly string[] => keys))];

interface Made {
  readonly layer: number;
  readonly level: number;
  readonly everywhere: boolean;
  readonly active: boolean;
  readonly bound: readonly KeyId[];
  readonly refuses: readonly KeyId[];
  readonly takes: readonly string[];
}

const made: fc.Arbitrary<Made> = fc.record({
  layer: fc.nat(2),
  level: fc.nat(3),
  everywhere: fc.boolean(),
  active: fc.boolean(),
  bound: fc.uniqueArray(fc.constantFrom(...ids)),
  refuses: fc.uniqueArray(fc.constantFrom(...ids)),
  takes: fc.uniqueArray(fc.constantFrom('x', 'r', 'down', 'q')),
});

test('a key does what is shown for it, is refused where that is shown, and else does nothing', () => {
  fc.assert(
    fc.property(fc.array(made, { maxLength: 8 }), (list) => {
      const scopes = createKeyScopes();
      let got: Binding['run'] | undefined;
      for (const { bound, refuses, takes, ...place } of list) {
        const bindings = Object.fromEntries(
          bound.map((id) => {
            const why = refuses.includes(id) ? `not ${id}` : undefined;
            const run = (): void => {
              got = run;
            };
            return [id, { why, run } satisfies Binding];
          }),
        );
        const scope: Scope = {
          ...place,
          bindings,
          takes,
          edit: ({ name }) => takes.includes(name),
        };
        scopes.add(scope);
      }
      const shown = scopes.active();
      for (const name of names) {
        got = undefined;
        let refused: string | undefined;
        scopes.press({ name, text: '' }, (why) => {
          refused = why;
        });
        const key = shown.find((one) => one.names.includes(name));
        const does = key?.why === undefined ? key?.run : undefined;
        expect({ did: got, refused }).toEqual({ did: does, refused: key?.why });
      }
    }),
    { numRuns: 500 },
  );
});

test('what covers the screen takes its keys, and gives them back when it goes', () => {
  const scopes = createKeyScopes();
  const done: string[] = [];
  const scope = (layer: number, what: string): Scope => ({
    layer,
    level: 1,
    everywhere: false,
    active: true,
    bindings: { reset: { run: () => done.push(what) } },
  });
  scopes.add(scope(0, 'screen'));
  const leave = scopes.add(scope(1, 'dialog'));
  const press = (): boolean => scopes.press({ name: 'r', text: 'r' }, () => undefined);
  press();
  leave();
  press();
  expect(done).toEqual(['dialog', 'screen']);
});

test('a key that means two things in one place is a fault where that is looked for', () => {
  const scopes = createKeyScopes(true);
  const run = (): void => undefined;
  scopes.add({
    layer: 0,
    level: 1,
    everywhere: false,
    active: true,
    bindings: { remove: { run }, release: { run } },
  });
  expect(keyEntry('remove').keys).toEqual(keyEntry('release').keys);
  expect(() => scopes.press({ name: '?', text: '?' }, () => undefined)).toThrow(
    'x means remove and release at once',
  );
});
