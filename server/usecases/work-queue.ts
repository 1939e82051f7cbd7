/**
 * Runs costly work a few at a time. Those whom it is for take turns, so that whoever sends much waits behind
 * their own; when all the room is taken, who has most of it gives some up to who comes with less.
 */
import { fail, ok, type Result } from '../../shared/result.ts';

/** Why work was not done: too much was waiting. */
export interface QueueFull {
  /** Milliseconds until what waits now is done, by what the last took. */
  readonly wait: number;
}

export interface WorkQueue {
  /** Runs the work when its turn comes, or says that it can't be done in time: at once, or while it waits. */
  run<T>(work: () => Promise<T>, whose?: string): Promise<Result<T, QueueFull>>;
}

export interface WorkQueueLimits {
  /** How many run at a time. */
  readonly atOnce: number;
  /** How many may wait besides. */
  readonly waiting: number;
  /** How long the last of them may wait, in milliseconds: a slow machine takes fewer. */
  readonly longestWait: number;
}

/** The share of the newest duration in the running average. */
const newest = 0.2;

/** What waits is told whether its turn has come, or its place went to somebody else. */
type Waiting = (turn: 'yours' | 'lost') => void;

/** An empty queue. */
export const createWorkQueue = ({ atOnce, waiting, longestWait }: WorkQueueLimits): WorkQueue => {
  /** What waits, by whose it is; the next turn is that of the first. */
  const lines = new Map<string, Waiting[]>();
  let length = 0;
  let running = 0;
  let average = 0;

  const wait = (): number => (running < atOnce ? 0 : ((length + 1) * average) / atOnce);

  /** Takes one out of somebody's line. */
  const remove = (whose: string, line: Waiting[], from: 'front' | 'back'): Waiting | undefined => {
    const one = from === 'front' ? line.shift() : line.pop();
    if (line.length === 0) lines.delete(whose);
    if (one) length -= 1;
    return one;
  };

  const release = (): void => {
    running -= 1;
    for (const [whose, line] of lines) {
      const next = remove(whose, line, 'front');
      // Whose turn it was goes behind the others.
      if (lines.delete(whose)) lines.set(whose, line);
      running += 1;
      next?.('yours');
      return;
    }
  };

  /** Makes room by the newest of the longest line, where that is longer than one's own would be. */
  const displace = (whose: string): boolean => {
    let longest: readonly [string, Waiting[]] | undefined;
    for (const entry of lines) {
      if (entry[1].length > (longest?.[1].length ?? 0)) longest = entry;
    }
    const own = lines.get(whose)?.length ?? 0;
    if (!longest || longest[1].length <= own + 1) return false;
    remove(...longest, 'back')?.('lost');
    return true;
  };

  const turn = async (whose: string): Promise<boolean> => {
    if (running < atOnce) {
      running += 1;
      return true;
    }
    const full = length >= waiting || wait() > longestWait;
    if (full && !displace(whose)) return false;
    return new Promise((resolve) => {
      const line = lines.get(whose) ?? [];
      line.push((said) => resolve(said === 'yours'));
      lines.set(whose, line);
      length += 1;
    });
  };

  return {
    run: async (work, whose = '') => {
      if (!(await turn(whose))) return fail({ wait: wait() });
      const started = performance.now();
      try {
        return ok(await work());
      } finally {
        const took = performance.now() - started;
        average = average === 0 ? took : average + (took - average) * newest;
        release();
      }
    },
  };
};
