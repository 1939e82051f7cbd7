/**
 * Puts a tree of components on a terminal and takes it off again, whatever ends it. All streams are
 * passed in; the process itself is only touched when told that it belongs to this terminal.
 */
import chalk from 'chalk';
import { render } from 'ink';
import type { ReactNode } from 'react';
import type { Hold } from '../state/holds.ts';
import { createKeyScopes, type KeyScopes } from '../state/key-scopes.ts';
import { createSignal } from '../state/signal.ts';
import { themeFor } from '../state/theme.ts';
import { isTerminal, sayNoTerminal } from './is-terminal.ts';
import { InputStream } from './input-stream.ts';
import { asciiOutput } from './ascii.ts';
import { Root } from './root.tsx';
import type { Notice, TerminalSession } from './session.ts';
import { createShutdown } from './shutdown.ts';
import type { TerminalStreams } from './streams.ts';
import { readTraits, type Traits } from './traits.ts';

export interface MountOptions {
  /** The process ends with this terminal: its signals and crashes restore it. */
  readonly ownsProcess?: boolean;
  readonly now?: () => number;
  /** A key that means two things at once ends the session: for the tests of all screens. */
  readonly oneMeaning?: boolean;
}

const resizeListeners = 200;

/**
 * Draws `tree` until it is ended; resolves with the exit code. A terminal that is none (a pipe) is
 * refused by a sentence and code 2.
 */
export const mount = async (
  tree: ReactNode,
  given: TerminalStreams,
  options: MountOptions = {},
): Promise<number> => {
  if (!isTerminal(given)) return sayNoTerminal(given.stderr);
  const traits = readTraits(given.env);
  const streams = traits.unicode ? given : { ...given, stdout: asciiOutput(given.stdout) };
  const { stdin, stdout, stderr } = streams;
  const { ownsProcess = false } = options;
  // Level 1 is the 16 named colors. Which of them appear is the theme's choice, for each session:
  // chalk would decide once a process, from the process's own terminal.
  chalk.level = 1;
  // Every component that follows the size listens; beyond ten Node would write a warning over the screen.
  stdout.setMaxListeners(resizeListeners);
  const scopes = createKeyScopes(options.oneMeaning);
  const input = new InputStream(stdin, scopes.takesText);
  // Before the first frame, not with Ink's effects after it: until then the terminal would echo.
  input.setRawMode(true);
  const shutdown = createShutdown(streams, input);
  const session = createSession(streams, traits, options, scopes, shutdown.end);
  const instance = render(
    <Root session={session} ownsProcess={ownsProcess}>
      {tree}
    </Root>,
    {
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
    },
  );
  return shutdown.run(instance, ownsProcess);
};

const createSession = (
  { stdout }: TerminalStreams,
  traits: Traits,
  options: MountOptions,
  scopes: KeyScopes,
  exit: (code: number) => void,
): TerminalSession => ({
  traits,
  theme: themeFor(traits.color),
  scopes,
  notice: createSignal<Notice | undefined>(undefined),
  holds: createSignal<readonly Hold[]>([]),
  send: (sequence) => void stdout.write(sequence),
  exit: (code = 0) => exit(code),
  now: options.now ?? Date.now,
});
