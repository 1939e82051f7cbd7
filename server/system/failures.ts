/**
 * Failed credentials, counted in memory and journaled once a minute, so that guessing does not fill the
 * journal: one record for each action, address and outcome, with how often.
 */
import type { Failures, LicetTransaction } from '../usecases/deps.ts';
import type { Actor } from '../store/store.ts';

/** Different counts kept between two writes; what is beyond is counted together. */
const capacity = 500;

interface Count {
  readonly action: string;
  readonly from: string;
  readonly outcome: string;
  count: number;
}

export interface CountedFailures extends Failures {
  /** Journals what was counted since the last time. */
  flush(): Promise<void>;
}

type Transact = (
  actor: Actor,
  work: (transaction: LicetTransaction) => Promise<void>,
) => Promise<void>;

/** @param transact of the store */
export const createFailures = (transact: Transact): CountedFailures => {
  let counts = new Map<string, Count>();
  return {
    add: (action, from, outcome) => {
      const place = counts.size < capacity || counts.has(`${action} ${from} ${outcome}`);
      const source = place ? from : 'many addresses';
      const key = `${action} ${source} ${outcome}`;
      const known = counts.get(key) ?? { action, from: source, outcome, count: 0 };
      known.count += 1;
      counts.set(key, known);
    },
    flush: async () => {
      const written = counts;
      counts = new Map();
      for (const { action, from, outcome, count } of written.values()) {
        await transact({ id: 'anonymous', from }, async (tx) =>
          tx.record({ action, target: 'none', outcome, details: { count } }),
        );
      }
    },
  };
};
