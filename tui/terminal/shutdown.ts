/** The ways a session ends, each of which leaves the terminal as it was found. */
import type { Instance } from 'ink';
import type { InputStream } from './input-stream.ts';
import type { TerminalStreams } from './streams.ts';

const pasteOff = '\u{1B}[?2004l';
const cursorOn = '\u{1B}[?25h';

/** Exit codes of a process that a signal ended (128 + its number). */
const signalCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** Everything that can end a session comes here once; whatever it was, the terminal is restored. */
export const createShutdown = ({ stdout, stderr }: TerminalStreams, input: InputStream) => {
  let instance: Instance | undefined;
  let code = 0;
  let restored = false;
  let fault: unknown;

  const restore = (): void => {
    if (restored) return;
    restored = true;
    try {
      instance?.unmount();
    } catch (error) {
      fault ??= error;
    }
    input.setRawMode(false);
    input.release();
    // Ink does both when all goes well; when a component throws on the way out, it may not.
    if (stdout.writable) stdout.write(pasteOff + cursorOn);
  };

  const end = (exitCode: number): void => {
    code = exitCode;
    restore();
  };

  const crash = (error: unknown): void => {
    fault = error;
    end(1);
  };

  const run = async (running: Instance, ownsProcess: boolean): Promise<number> => {
    instance = running;
    const hangup = (): void => end(signalCodes.SIGHUP);
    const listeners = Object.entries(signalCodes).map(
      ([signal, signalCode]) => [signal, () => end(signalCode)] as const,
    );
    input.on('hangup', hangup);
    stdout.on('error', hangup);
    if (ownsProcess) {
      for (const [signal, listener] of listeners) process.once(signal, listener);
      process.on('uncaughtException', crash);
      process.on('exit', restore);
    }
    try {
      await running.waitUntilExit();
    } catch (error) {
      fault ??= error;
      code = 1;
    }
    restore();
    if (ownsProcess) {
      for (const [signal, listener] of listeners) process.off(signal, listener);
      process.off('uncaughtException', crash);
      process.off('exit', restore);
    }
    if (fault !== undefined) reportFault(stderr, fault);
    return code;
  };

  return { end, run };
};

const reportFault = (stderr: NodeJS.WritableStream, fault: unknown): void => {
  const what = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
  stderr.write(
    'licet stopped because of a fault in its own screens; nothing on the server was changed by it.\n' +
      `Start it again. If it comes back, report this:\n${what}\n`,
  );
};
