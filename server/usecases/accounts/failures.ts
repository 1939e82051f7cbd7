/**
 * Failed credentials, counted in memory and journaled once a minute, so that guessing does not fill the
 * journal: one record for each action, address and outcome, with how often.
 */
import type { LicetSchema } from '../../collections.ts';
import type { Store } from '../../store/store.ts';
import type { Failures } from '../deps.ts';
import { note } from '../caller.ts';

/** Different counts kept between two writes; what is beyond is counted together. */
const capacity = 500;

interface Count {
  readonly action: string;
  readonly from: string;
  readonly outcome: string;
  readonly count: number;
}

export interface CountedFailures extends Failures {
  /** Journals what was counted since the last time. */
  flush(): Promise<void>;
}

/** Starts counting. What could not be written stays counted for the next time. */
export const createFailures = (
  store: Pick<Store<LicetSchema>, 'status' | 'transact'>,
): CountedFailures => {
  const counts = new Map<string, Count>();
  const add = ({ action, from, outcome, count }: Count): void => {
    const place = counts.size < capacity || counts.has(`${action} ${from} ${outcome}`);
    const source = place ? from : 'many addresses';
    const key = `${action} ${source} ${outcome}`;
    const before = counts.get(key)?.count ?? 0;
    counts.set(key, { action, from: source, outcome, count: before + count });
  };
  return {
    add: (action, from, outcome) => add({ action, from, outcome, count: 1 }),
    flush: async () => {
      // Those of this moment: what is added meanwhile waits a minute, or a record would be written for each.
      for (const [key, counted] of Array.from(counts)) {
        if (store.status().state === 'read-only') return;
        counts.delete(key);
        const { action, from, outcome, count } = counted;
        try {
          const act = { action, target: 'none', outcome, details: { count } };
          await note(store, { id: 'anonymous', from }, act);
        } catch (error) {
          add(counted);
          throw error;
        }
      }
    },
  };
};
