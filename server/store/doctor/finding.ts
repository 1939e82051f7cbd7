/** What the doctor says of a data folder. */
import type { TornTail } from '../journal/recover-journal.ts';

/** What `repair` can do about a finding without losing anything; what it removes it keeps. */
export type Remedy =
  | { readonly kind: 'permissions'; readonly path: string; readonly mode: number }
  | { readonly kind: 'set-aside'; readonly path: string }
  | { readonly kind: 'cut-tail'; readonly torn: TornTail }
  | { readonly kind: 'rebuild-snapshot' };

/** A byte of one of the journal's files. It may be kept (see seal.ts), and the folder copied meanwhile. */
export interface JournalPlace {
  /** The name of the file in the journal's folder. */
  readonly segment: string;
  readonly offset: number;
}

/** How a folder goes on without some records. */
export type GiveUpPlan =
  /** The journal begins behind `through`, at a place in the old one if there is anything behind it. */
  | {
      readonly kind: 'begin';
      readonly through: number;
      /** The hash of the record `through`. */
      readonly hash: string;
      readonly from: JournalPlace | undefined;
    }
  /** The journal ends with `seq`; the snapshot fits that, or is made anew from the journal. */
  | {
      readonly kind: 'end';
      readonly seq: number;
      readonly end: JournalPlace;
      readonly rebuilds: boolean;
    };

/** Records that may be given up, by somebody who names them: never done by itself. */
export interface GiveUp {
  readonly first: number;
  readonly last: number;
  /** False where only the journal of who did what loses something, and no document. */
  readonly losesChanges: boolean;
  readonly plan: GiveUpPlan;
}

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
  readonly giveUp?: GiveUp | undefined;
}

export interface DoctorOptions {
  readonly directory: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The schema version of this program; 1 by default. */
  readonly schemaVersion?: number | undefined;
}
