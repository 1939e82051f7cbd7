/** What belongs to one terminal session and every component may need. */
import { createContext } from 'react';
import type { Hold } from '../state/holds.ts';
import type { KeyScopes } from '../state/key-scopes.ts';
import type { Signal } from '../state/signal.ts';
import type { Theme, Tone } from '../state/theme.ts';
import type { Traits } from './traits.ts';

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
  /** What leaving now would lose. */
  readonly holds: Signal<readonly Hold[]>;
  /** Sends a sequence that draws nothing (OSC 52) past Ink. */
  readonly send: (sequence: string) => void;
  /** Ends the session with an exit code. */
  readonly exit: (code?: number) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export const TerminalContext = createContext<TerminalSession | undefined>(undefined);
