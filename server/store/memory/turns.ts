/**
 * Who may touch the documents in memory: any number of readers, or one transaction, first come first
 * served. So a reader sees one state however often it awaits.
 */
export interface Turns {
  shared<T>(work: () => Promise<T>): Promise<T>;
  exclusive<T>(work: () => Promise<T>): Promise<T>;
  /** As `exclusive`, before all that wait: for undoing. */
  urgent<T>(work: () => Promise<T>): Promise<T>;
}

interface Waiting {
  readonly shared: boolean;
  readonly start: () => void;
}

/** Nobody has a turn yet. */
export const createTurns = (): Turns => {
  const waiting: Waiting[] = [];
  let readers = 0;
  let writing = false;

  const next = (): void => {
    for (;;) {
      const first = waiting[0];
      if (first === undefined || writing || (!first.shared && readers > 0)) return;
      waiting.shift();
      if (first.shared) readers += 1;
      else writing = true;
      first.start();
    }
  };

  const run = async <T>(shared: boolean, isUrgent: boolean, work: () => Promise<T>): Promise<T> => {
    if (waiting.length === 0 && !writing && (shared || readers === 0)) {
      if (shared) readers += 1;
      else writing = true;
    } else
      await new Promise<void>((start) => {
        if (isUrgent) waiting.unshift({ shared, start });
        else waiting.push({ shared, start });
        next();
      });
    try {
      return await work();
    } finally {
      if (shared) readers -= 1;
      else writing = false;
      next();
    }
  };

  return {
    shared: (work) => run(true, false, work),
    exclusive: (work) => run(false, false, work),
    urgent: (work) => run(false, true, work),
  };
};
