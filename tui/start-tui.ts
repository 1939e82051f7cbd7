/**
 * Starts the terminal UI on the streams that it is given, and loads it only then. It reads no global
 * terminal, so that one process can serve it to many.
 */
import { chooseServer, type ServerChoice } from './client/api/chosen-server.ts';
import { isTerminal, sayNoTerminal } from './terminal/is-terminal.ts';
import { localFiles, type LocalFiles } from './terminal/local-files.ts';
import type { TerminalStreams } from './terminal/streams.ts';
import type { Environment } from './terminal/traits.ts';

export interface TuiOptions extends TerminalStreams, ServerChoice {
  readonly env: Environment;
  /** The process ends with this terminal: its signals and crashes restore it. True by default. */
  readonly ownsProcess?: boolean;
  /** A key that means two things at once ends the session: for tests. */
  readonly oneMeaning?: boolean;
  /** The person's own files; null where they are not here (over SSH). */
  readonly files?: LocalFiles | null;
}

/** Runs the UI to its exit code: 0 quit, 1 crashed, 2 no terminal or no address, 5 not the right server. */
export const startTui = async (options: TuiOptions): Promise<number> => {
  const { stderr, env } = options;
  if (!isTerminal(options)) return sayNoTerminal(stderr);
  // At once, before anything is loaded: what is typed ahead must not be echoed, passwords least of all.
  options.stdin.setRawMode?.(true);
  const chosen = await chooseServer(options);
  if (!chosen.ok) {
    options.stdin.setRawMode?.(false);
    stderr.write(`licet: ${chosen.error}\n`);
    return 2;
  }
  const { runApp } = await loadApp();
  return runApp(
    options,
    {
      ...chosen.value,
      env,
      files: options.files === undefined ? localFiles : (options.files ?? undefined),
    },
    { ownsProcess: options.ownsProcess ?? true, oneMeaning: options.oneMeaning ?? false },
  );
};

/**
 * Loads Ink. Its layout engine fetches its code from a `data:` URL, for which Node would load its
 * whole HTTP client (46 ms); without a global fetch it decodes it itself.
 */
const loadApp = async () => {
  const { fetch } = globalThis;
  Reflect.deleteProperty(globalThis, 'fetch');
  try {
    return await import('./screens/app.tsx');
  } finally {
    globalThis.fetch = fetch;
  }
};
