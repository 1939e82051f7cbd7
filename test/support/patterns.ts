/**
 * A regular expression in what is expected is a pattern for a text. Without this `toMatchObject` takes it for
 * an object of which nothing is asked, and so lets every text pass.
 */
import { expect } from 'vitest';

expect.addEqualityTesters([
  (received: unknown, expected: unknown): boolean | undefined =>
    expected instanceof RegExp && !(received instanceof RegExp)
      ? typeof received === 'string' && expected.test(received)
      : undefined,
]);
