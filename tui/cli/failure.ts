/** How a command ends: its exit code, and what it says when it failed. */
import { problemTable } from '../../shared/problem-table.ts';
import { failureText, type Failure } from '../client/api/failure.ts';

export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  /** Not signed in, or not allowed. */
  forbidden: 3,
  /** A license or statement that is not valid, or can't be read. */
  invalid: 4,
  unreachable: 5,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends a command. `message` is what happened, `next` what to do now. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exit: ExitCode;
  readonly next: string;
  /** For `--json`: members beside `error`. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    exit: ExitCode,
    what: string,
    next = '',
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(what);
    this.exit = exit;
    this.next = next;
    this.details = details;
  }
}

/** Ends a command with a code when all is said already, as by the terminal UI. */
export class Ended extends Error {
  override readonly name = 'Ended';
  readonly exit: number;

  constructor(exit: number) {
    super(`ended with ${exit}`);
    this.exit = exit;
  }
}

/** Ends a command with a code, silently. */
export const endWith = (exit: number): void => {
  if (exit !== 0) throw new Ended(exit);
};

const exitOfKind: Record<Exclude<Failure['kind'], 'problem'>, ExitCode> = {
  unreachable: exitCodes.unreachable,
  // Whoever answers there is not the server that was meant.
  untrusted: exitCodes.unreachable,
  unexpected: exitCodes.failed,
  refused: exitCodes.failed,
  invalid: exitCodes.usage,
};

/** The exit code for a failure of the client. */
export const exitOf = (failure: Failure): ExitCode =>
  failure.kind === 'problem'
    ? exitCodes[problemTable[failure.problem.code].exit]
    : exitOfKind[failure.kind];

/** A failure of the client as what ends a command. */
export const toCommandError = (failure: Failure): CommandError => {
  const { what, next } = failureText(failure);
  const details = failure.kind === 'problem' ? { problem: failure.problem } : { ...failure };
  return new CommandError(exitOf(failure), what, next, details);
};
