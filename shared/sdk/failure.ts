/** Why a call of the SDK gave nothing: a value, never a throw. `message` is for the person who must act. */
import { z } from 'zod';
import { ChoiceRequired, LimitExceeded } from '../api/activations.ts';
import { Support } from '../api/server.ts';
import type { Problem } from '../problems.ts';
import { fail, type Result } from '../result.ts';
import type { RejectionReason } from '../statements/statements.ts';

/** Reasons of a machine's own beside those of a statement. */
export type MachineReason =
  | RejectionReason
  | 'unreadable'
  | 'wrong-machine'
  | 'wrong-license'
  | 'no-private-key'
  | 'clock-set-back'
  | 'given-back'
  | 'superseded';

/** What helps on this machine: a step of `licet offline-key`, or of the menu _This machine_. */
export type MachineStep = 'request' | 'enter' | 'trust';

export type SdkFailure =
  | {
      /** The server says no. `problem` is its whole document (RFC 9457). */
      readonly kind: 'problem';
      readonly message: string;
      readonly code: Problem['code'];
      readonly problem: Problem;
      /** Seconds after which a new try makes sense, where the server says so. */
      readonly retryAfter: number | null;
      /** With `activation-limit-exceeded`: limit, used, holders, nextFreeAt, resolve. */
      readonly limit: LimitExceeded | null;
      /** Whom to ask, and pages that help, where the license is the reason. */
      readonly support: Support | null;
      /** With `license-choice-required`: the licenses that fit; name one by `licenseId`. */
      readonly choices: ChoiceRequired['choices'] | null;
    }
  /** No answer: keep running on the lease, and try again. */
  | { readonly kind: 'unreachable'; readonly message: string }
  /** The certificate is not the pinned one, or nobody vouches for it. Nothing was sent. */
  | {
      readonly kind: 'untrusted';
      readonly message: string;
      readonly fingerprint: string;
      readonly expected: string | null;
    }
  /** Something answered that is no licet server, or one of another version. */
  | { readonly kind: 'unexpected'; readonly message: string }
  /** A statement is not accepted on this machine, now. */
  | {
      readonly kind: 'rejected';
      readonly message: string;
      readonly reason: MachineReason;
      readonly step?: MachineStep;
    }
  /** There is no activation, offline key or request here yet. */
  | { readonly kind: 'missing'; readonly message: string; readonly step?: MachineStep }
  /** The state folder or a setting is not usable. */
  | { readonly kind: 'state'; readonly message: string };

export type SdkResult<T> = Result<T, SdkFailure>;

export const rejected = (reason: MachineReason, message: string, step?: MachineStep) =>
  fail<SdkFailure>({ kind: 'rejected', reason, message, ...(step ? { step } : {}) });
export const missing = (message: string, step?: MachineStep) =>
  fail<SdkFailure>({ kind: 'missing', message, ...(step ? { step } : {}) });
export const badState = (message: string) => fail<SdkFailure>({ kind: 'state', message });

const Extras = z.object({
  limit: LimitExceeded.nullable().catch(null),
  choices: ChoiceRequired.shape.choices.nullable().catch(null),
  support: Support.nullable().catch(null),
});

/** A problem document with what helps to act picked out of it. */
export const problemFailure = (problem: Problem, retryAfter: number | null) => {
  const extras = Extras.parse({
    limit: LimitExceeded.safeParse(problem).data ?? null,
    choices: problem['choices'] ?? null,
    support: problem['support'] ?? null,
  });
  const { code, detail } = problem;
  return fail<SdkFailure>({
    kind: 'problem',
    message: detail,
    code,
    problem,
    retryAfter,
    ...extras,
  });
};

/** Thrown inside the SDK where the state folder fails; caught at its edge. */
export class StateError extends Error {
  override readonly name = 'StateError';
}

/** Runs a call of the SDK; a state folder that fails becomes a failure like any other. */
export const guarded = async <T>(work: () => Promise<SdkResult<T>>): Promise<SdkResult<T>> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StateError) return badState(error.message);
    throw error;
  }
};
