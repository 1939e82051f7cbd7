/** Stopping as a shell knows it: Ctrl+Z and `kill -TSTP` give the terminal back, `fg` takes it again. */
import { once } from 'node:events';
import { useApp } from 'ink';
import { useCallback, useEffect, useRef } from 'react';

/** Signal 0 process: all of the foreground job, with what started this program (npm, a script). */
const wholeJob = 0;

/**
 * Gives what Ctrl+Z does; nothing where the process is not the terminal's own, or the system has no job
 * control. Raw mode keeps the terminal from sending the signal itself, so it is sent here.
 */
export const useSuspension = (ownsProcess: boolean): (() => void) => {
  const { suspendTerminal } = useApp();
  const stopped = useRef(false);
  const can = ownsProcess && process.platform !== 'win32';

  const stop = useCallback(
    async (pid: number): Promise<void> => {
      if (stopped.current) return;
      stopped.current = true;
      await suspendTerminal(async () => {
        const continued = once(process, 'SIGCONT');
        // Not SIGTSTP: that has a listener here, and stops no job that has no shell.
        process.kill(pid, 'SIGSTOP');
        await continued;
      });
      stopped.current = false;
    },
    [suspendTerminal],
  );

  useEffect(() => {
    if (!can) return undefined;
    const asked = (): void => void stop(process.pid);
    process.on('SIGTSTP', asked);
    return () => void process.off('SIGTSTP', asked);
  }, [can, stop]);

  return useCallback(() => {
    if (can) void stop(wholeJob);
  }, [can, stop]);
};
