/** The terminal session for components: itself, its signals, and its status row. */
import { use, useSyncExternalStore } from 'react';
import type { Signal } from '../state/signal.ts';
import type { Tone } from '../state/theme.ts';
import { TerminalContext, type TerminalSession } from '../terminal/session.ts';

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
