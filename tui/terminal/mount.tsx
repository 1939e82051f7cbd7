/**
 * Puts a tree of components on a terminal and takes it off again, whatever ends it. All streams are
 * passed in; the process itself is only touched when told that it belongs to this terminal.
 */
import chalk from 'chalk';
import { render, useApp, useInput, usePaste, type Instance } from 'ink';
import { useEffect, useMemo, type ReactNode } from 'react';
import { TerminalContext, type Notice, type TerminalSession } from '../hooks/use-terminal.ts';
import { createKeyScopes, type KeyScopes } from '../state/key-scopes.ts';
import { createSignal } from '../state/signal.ts';
import { themeFor } from '../state/theme.ts';
import { isTerminal, sayNoTerminal } from './is-terminal.ts';
import { InputStream } from './input-stream.ts';
import { readPress } from './key-press.ts';
import type { TerminalStreams } from './streams.ts';
import { readTraits } from './traits.ts';

export interface MountOptions {
  /** The process ends with this terminal: its signals and crashes restore it. */
  readonly ownsProcess?: boolean;
  readonly now?: () => number;
}

const resizeListeners = 200;

const pasteOff = '\u{1B}[?2004l';
const cursorOn = '\u{1B}[?25h';

/** Exit codes of a process that a signal ended (128 + its number). */
const signalCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Draws `tree` until it is ended; resolves with the exit code. A terminal that is none (a pipe) is
 * refused by a sentence and code 2.
 */
export const mount = async (
  tree: ReactNode,
  streams: TerminalStreams,
  options: MountOptions = {},
): Promise<number> => {
  const { stdin, stdout, stderr } = streams;
  if (!isTerminal(streams)) return sayNoTerminal(stderr);
  // Level 1 is the 16 named colors. Which of them appear is the theme's choice, for each session:
  // chalk would decide once a process, from the process's own terminal.
  chalk.level = 1;
  // Every component that follows the size listens; beyond ten Node would write a warning over the screen.
  stdout.setMaxListeners(resizeListeners);
  const scopes = createKeyScopes();
  const input = new InputStream(stdin, scopes.takesText);
  // Before the first frame, not with Ink's effects after it: until then the terminal would echo.
  input.setRawMode(true);
  const shutdown = createShutdown(streams, input);
  const session = createSession(streams, options, scopes, shutdown.end);
  const instance = render(<Root session={session}>{tree}</Root>, {
    stdin: input,
    stdout,
    stderr,
    interactive: true,
    patchConsole: false,
    exitOnCtrlC: false,
    alternateScreen: true,
    incrementalRendering: true,
    isScreenReaderEnabled: false,
    maxFps: 60,
  });
  return shutdown.run(instance, options.ownsProcess ?? false);
};

const createSession = (
  { stdout, env }: TerminalStreams,
  options: MountOptions,
  scopes: KeyScopes,
  exit: (code: number) => void,
): TerminalSession => {
  const traits = readTraits(env);
  return {
    traits,
    theme: themeFor(traits.color),
    scopes,
    notice: createSignal<Notice | undefined>(undefined),
    unsaved: new Set(),
    send: (sequence) => void stdout.write(sequence),
    exit: (code = 0) => exit(code),
    now: options.now ?? Date.now,
  };
};

/** Everything that can end a session comes here once; whatever it was, the terminal is restored. */
const createShutdown = ({ stdout, stderr }: TerminalStreams, input: InputStream) => {
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

/** Feeds keys and pastes to the scopes: the only place that listens to Ink's input. */
const Root = ({ session, children }: { session: TerminalSession; children: ReactNode }) => {
  const { exit } = useApp();
  const guarded = useMemo(() => guard(session, exit), [session, exit]);
  useEffect(() => () => session.notice.set(undefined), [session]);
  useInput((text, key) => {
    const press = readPress(text, key);
    if (press) {
      guarded(() => {
        session.notice.set(undefined);
        session.scopes.press(press, (why) => session.notice.set({ text: why, tone: 'soon' }));
      });
    }
  });
  usePaste((text) => guarded(() => void session.scopes.paste(text)));
  return <TerminalContext value={session}>{children}</TerminalContext>;
};

/** Runs a handler; a throw ends this session alone, with the fault reported, not the whole process. */
const guard =
  (session: TerminalSession, exit: (error: Error) => void) =>
  (work: () => void): void => {
    try {
      work();
    } catch (error) {
      session.notice.set(undefined);
      exit(error instanceof Error ? error : new Error(String(error)));
    }
  };
