/** Runs costly work a few at a time, in order of arrival, and refuses more than it can do in time. */
export interface WorkQueue {
  /**
   * Runs the work when its turn comes; undefined, at once, when too much is waiting: of all, or of whom
   * it is for, so that nobody takes all the room.
   */
  run<T>(work: () => Promise<T>, whose?: string): Promise<T> | undefined;
  /** Milliseconds that work which comes now would wait, by what the last took. */
  wait(): number;
}

export interface WorkQueueLimits {
  /** How many run at a time. */
  readonly atOnce: number;
  /** How many may wait besides. */
  readonly waiting: number;
  /** How long the last of them may wait, in milliseconds: a slow machine takes fewer. */
  readonly longestWait: number;
  /** The part of what may wait that may be one's own; all of it unless told. */
  readonly share?: number;
}

/** The share of the newest duration in the running average. */
const newest = 0.2;

/** An empty queue. */
export const createWorkQueue = ({
  atOnce,
  waiting,
  longestWait,
  share = 1,
}: WorkQueueLimits): WorkQueue => {
  const queue: (() => void)[] = [];
  /** Work that runs or waits, by whose it is. */
  const owned = new Map<string, number>();
  let running = 0;
  let average = 0;

  const release = (): void => {
    const next = queue.shift();
    if (next) next();
    else running -= 1;
  };

  const turn = async (): Promise<void> => {
    if (running < atOnce) running += 1;
    else await new Promise<void>((resolve) => void queue.push(resolve));
  };

  const runInTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    await turn();
    const started = performance.now();
    try {
      return await work();
    } finally {
      const took = performance.now() - started;
      average = average === 0 ? took : average + (took - average) * newest;
      release();
    }
  };

  const own = (whose: string, change: 1 | -1): void => {
    const count = (owned.get(whose) ?? 0) + change;
    if (count === 0) owned.delete(whose);
    else owned.set(whose, count);
  };

  const wait = (): number => (running < atOnce ? 0 : ((queue.length + 1) * average) / atOnce);
  const isFull = (): boolean =>
    running >= atOnce && (queue.length >= waiting || wait() > longestWait);

  /** How many may wait at the pace of the last. */
  const room = (): number =>
    average === 0 ? waiting : Math.min(waiting, (longestWait * atOnce) / average);
  const hasShare = (whose: string): boolean =>
    running < atOnce || (owned.get(whose) ?? 0) < Math.max(atOnce, room() * share);

  return {
    run: (work, whose) => {
      if (isFull() || (whose !== undefined && !hasShare(whose))) return undefined;
      if (whose === undefined) return runInTurn(work);
      own(whose, 1);
      return runInTurn(work).finally(() => own(whose, -1));
    },
    wait,
  };
};
