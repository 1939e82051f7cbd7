/** What the doctor says of a data folder. */
import type { TornTail } from './recover-journal.ts';

/** What `repair` can do about a finding without losing anything; what it removes it keeps. */
export type Remedy =
  | { readonly kind: 'permissions'; readonly path: string; readonly mode: number }
  | { readonly kind: 'set-aside'; readonly path: string }
  | { readonly kind: 'cut-tail'; readonly torn: TornTail }
  | { readonly kind: 'rebuild-snapshot' };

/** `damage`: a server refuses to start. `warning`: it starts, but see to it. `note`: good to know. */
export type Severity = 'damage' | 'warning' | 'note';

export interface Finding {
  readonly severity: Severity;
  readonly file: string;
  /** From 1. */
  readonly line?: number | undefined;
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** What one can do, a sentence each, the best first. */
  readonly choices: readonly string[];
  readonly remedy?: Remedy | undefined;
}

export interface DoctorOptions {
  readonly directory: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The schema version of this program; 1 by default. */
  readonly schemaVersion?: number | undefined;
}
