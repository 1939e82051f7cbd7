/** A clock that begins in the past and is set forward while the sample data is made. */

export interface DemoClock {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Sets it forward to so many milliseconds before the real time; never back. */
  moveTo(before: number): void;
}

export const createClock = (before: number): DemoClock => {
  let offset = -before;
  return {
    now: () => Date.now() + offset,
    moveTo: (before) => {
      offset = Math.max(offset, -before);
    },
  };
};
