/** When to try again: the one rule for the event stream and for the sign-in that waits for its server. */

const firstDelay = 500;
const longestDelay = 15_000;

/** Milliseconds until the n-th try (from 0): doubled each time, spread so that clients don't come at once. */
export const delayOf = (attempt: number, random: number): number =>
  Math.round(Math.min(longestDelay, firstDelay * 2 ** attempt) * (0.75 + random / 2));
