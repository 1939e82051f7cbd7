/** What belongs to one terminal session and every component may need. */
import { createContext, use, useSyncExternalStore } from 'react';
import type { KeyScopes } from '../state/key-scopes.ts';
import type { Signal } from '../state/signal.ts';
import type { Theme, Tone } from '../state/theme.ts';
import type { Traits } from '../terminal/traits.ts';

/** One line for the person: said in the status row until the next key. */
export interface Notice {
  readonly text: string;
  readonly tone: Tone;
}

export interface TerminalSession {
  readonly traits: Traits;
  readonly theme: Theme;
  readonly scopes: KeyScopes;
  readonly notice: Signal<Notice | undefined>;
  /** Forms with typed input that leaving would lose. */
  readonly unsaved: Set<symbol>;
  /** Sends a sequence that draws nothing (OSC 52) past Ink. */
  readonly send: (sequence: string) => void;
  /** Ends the session with an exit code. */
  readonly exit: (code?: number) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export const TerminalContext = createContext<TerminalSession | undefined>(undefined);

/** The session that the component draws in. Throws outside of `mount`. */
export const useTerminal = (): TerminalSession => {
  const session = use(TerminalContext);
  if (!session) throw new Error('useTerminal: no terminal session; mount the tree with mount()');
  return session;
};

/** The value of a signal, kept current. */
export const useSignal = <T>(signal: Signal<T>): T =>
  useSyncExternalStore(signal.subscribe, signal.get);

/** Says one line in the status row; the next key clears it. */
export const useNotify = (): ((text: string, tone?: Tone) => void) => {
  const { notice } = useTerminal();
  return (text, tone = 'good') => notice.set({ text, tone });
};
