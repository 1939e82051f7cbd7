/** What a call gives: the answer, or why there is none, as a value that screens and commands can show. */
import { passes, problemTable } from '../../../shared/problem-table.ts';
import { groupedFingerprint } from '../../../shared/sdk/certificate.ts';
import type { Problem } from '../../../shared/problems.ts';
import type { Result } from '../../../shared/result.ts';

/** Why a call gave no answer. Only `problem` comes from the server. */
export type Failure =
  | {
      readonly kind: 'problem';
      readonly problem: Problem;
      /** Seconds after which a new try makes sense (Retry-After), where the server says so. */
      readonly retryAfter: number | null;
    }
  /** No answer arrived: no such host, refused, cut off, too slow. */
  | { readonly kind: 'unreachable'; readonly server: string; readonly cause: string }
  /** The server's certificate is not known yet (`expected` is null) or not the one that was. Nothing was sent. */
  | {
      readonly kind: 'untrusted';
      readonly server: string;
      /** SHA-256 of the certificate it showed, 64 hex digits. */
      readonly fingerprint: string;
      readonly expected: string | null;
    }
  /** Something answered that does not speak this contract: another service, or another version. */
  | { readonly kind: 'unexpected'; readonly server: string; readonly cause: string }
  /** The client itself found out that it can't be done: what was named does not exist, ... */
  | { readonly kind: 'refused'; readonly what: string; readonly next: string }
  /** What was typed does not fit; nothing was sent. Sentences by field. */
  | { readonly kind: 'invalid'; readonly fields: Readonly<Record<string, string>> };

export type Answer<T> = Result<T, Failure>;

/** A failure as two sentences for a person: what happened, and what to do next. */
export interface FailureText {
  readonly what: string;
  readonly next: string;
}

const waitText = (retryAfter: number | null): string =>
  retryAfter === null
    ? 'Wait a little, then try again.'
    : `Wait ${retryAfter} seconds, then try again.`;

/** Who can free a seat and how, as the server says it. Read by hand: the first frame does without zod. */
const resolveText = (resolve: unknown): string =>
  typeof resolve === 'object' &&
  resolve !== null &&
  'text' in resolve &&
  typeof resolve.text === 'string'
    ? resolve.text
    : '';

/** What to do next; empty where the detail says it already. */
const nextForProblem = (problem: Problem, retryAfter: number | null): string => {
  const { next } = problemTable[problem.code];
  if (next === 'detail') return '';
  if (next === 'wait') return waitText(retryAfter);
  return next === 'resolve' ? resolveText(problem['resolve']) : next;
};

/** Whether trying the same again can help: what the server refuses for a reason stays refused. */
export const mayPass = (failure: Failure): boolean =>
  failure.kind === 'problem'
    ? passes(failure.problem.code)
    : failure.kind === 'unreachable' || failure.kind === 'unexpected';

type FailureOf<K extends Failure['kind']> = Extract<Failure, { kind: K }>;

const texts: { readonly [K in Failure['kind']]: (failure: FailureOf<K>) => FailureText } = {
  problem: ({ problem, retryAfter }) => ({
    what: problem.detail,
    next: nextForProblem(problem, retryAfter),
  }),
  unreachable: ({ server, cause }) => ({
    what: `The server ${server} could not be reached: ${cause}.`,
    next: 'Check that it runs and that the address is right, then try again.',
  }),
  untrusted: ({ server, fingerprint, expected }) =>
    expected === null
      ? {
          what: `The server ${server} is not known yet. Its certificate has the fingerprint ${groupedFingerprint(fingerprint)}.`,
          next: 'Compare it with the one on your card, then connect with --pin and that fingerprint.',
        }
      : fingerprint === expected
        ? {
            what: `The certificate of ${server} comes from the authority that you trust, but isn't valid for a server at this address. Nothing was sent.`,
            next: 'Use an address that the certificate names, or ask the operator to add this one (--tls-names).',
          }
        : {
            what: `The certificate of ${server} has changed: its fingerprint is ${groupedFingerprint(fingerprint)}, not ${groupedFingerprint(expected)}. Nothing was sent.`,
            next: 'Ask the operator whether the certificate was replaced. If so, connect with --pin and the new fingerprint.',
          },
  unexpected: ({ server, cause }) => ({
    what: `The answer of ${server} is not what a licet server gives: ${cause}.`,
    next: 'Check the address, and that client and server have the same version.',
  }),
  refused: ({ what, next }) => ({ what, next }),
  invalid: ({ fields }) => ({
    what: Object.values(fields).join(' '),
    next: 'Correct it and try again.',
  }),
};

/** Says a failure in words. The detail of a problem is the server's own sentence. */
export const failureText = (failure: Failure): FailureText =>
  // The table has for each kind a function of that kind; TypeScript can't follow the pairing.
  (texts[failure.kind] as (failure: Failure) => FailureText)(failure);
