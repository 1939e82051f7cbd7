/** Work on files that Ctrl+C or SIGTERM ends in order, so that nothing half-done stays. */
import { CommandError, exitCodes } from './failure.ts';

/** Runs the work with a signal that aborts then; `cleanUp` removes what it had made. */
export const cancelable = async <T>(
  work: (signal: AbortSignal) => Promise<T>,
  cleanUp: () => Promise<unknown> = async () => undefined,
): Promise<T> => {
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    return await work(abort.signal);
  } catch (error) {
    if (error !== abort.signal.reason) throw error;
    await cleanUp();
    throw new CommandError(exitCodes.failed, 'Stopped: nothing was left behind.');
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
};
