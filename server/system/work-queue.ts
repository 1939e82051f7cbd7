/** Runs costly work a few at a time, in order of arrival, and refuses more than it can hold. */
export interface WorkQueue {
  /** Runs the work when its turn comes; undefined, at once, when too much is waiting. */
  run<T>(work: () => Promise<T>): Promise<T> | undefined;
  /** How many run or wait. */
  size(): number;
}

/** @param atOnce how many run at a time @param waiting how many may wait besides */
export const createWorkQueue = (atOnce: number, waiting: number): WorkQueue => {
  const queue: (() => void)[] = [];
  let running = 0;

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
    try {
      return await work();
    } finally {
      release();
    }
  };

  return {
    run: (work) => (running >= atOnce && queue.length >= waiting ? undefined : runInTurn(work)),
    size: () => running + queue.length,
  };
};
