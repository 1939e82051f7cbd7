/** Runs costly work a few at a time, in order of arrival, and refuses more than it can do in time. */
export interface WorkQueue {
  /** Runs the work when its turn comes; undefined, at once, when too much is waiting. */
  run<T>(work: () => Promise<T>): Promise<T> | undefined;
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
}

/** The share of the newest duration in the running average. */
const newest = 0.2;

export const createWorkQueue = ({ atOnce, waiting, longestWait }: WorkQueueLimits): WorkQueue => {
  const queue: (() => void)[] = [];
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

  const wait = (): number => (running < atOnce ? 0 : ((queue.length + 1) * average) / atOnce);
  const isFull = (): boolean =>
    running >= atOnce && (queue.length >= waiting || wait() > longestWait);

  return { run: (work) => (isFull() ? undefined : runInTurn(work)), wait };
};
