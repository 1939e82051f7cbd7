import { StoreError } from '../store.ts';

/** Where something is damaged, and what it is: a clause without its period. */
export interface Damage {
  readonly file: string;
  /** From 1. */
  readonly line: number | undefined;
  readonly what: string;
}

/** A `StoreError` `damaged` that can be told apart into its pieces. */
export class DamageError extends StoreError {
  readonly damage: Damage;

  constructor(damage: Damage) {
    const { file, line, what } = damage;
    super(
      'damaged',
      `${file}${line === undefined ? '' : `, line ${line}`}: ${what}. Nothing was changed. Run \`licet doctor\` on the folder to see the choices, or restore the newest backup into another folder.`,
    );
    this.damage = damage;
  }
}

/** The error for a file, or one line of it (from 1); `what` is a clause without its period. */
export const damaged = (file: string, what: string, line?: number): DamageError =>
  new DamageError({ file, line, what });
