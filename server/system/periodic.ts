/** Work that a server does by the clock. */
import type { Logger } from '../usecases/deps.ts';

export interface Periodic {
  /** Starts no more, and waits for what runs. */
  stop(): Promise<void>;
}

/**
 * Runs the work every so many milliseconds, and at once if it is to begin `now`; a failure is logged, and the
 * next time comes.
 */
export const every = (
  milliseconds: number,
  name: string,
  log: Logger,
  work: () => Promise<void>,
  first: 'now' | 'later' = 'later',
): Periodic => {
  let running: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      log.error(
        { err: error, work: name },
        'Work that runs by the clock failed. It is tried again.',
      );
    }
  };
  const start = (): void => {
    running ??= run().finally(() => {
      running = undefined;
    });
  };
  const timer = setInterval(start, milliseconds).unref();
  if (first === 'now') start();
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
};
