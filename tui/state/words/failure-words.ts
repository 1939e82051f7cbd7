/** Failures in the words of the screens, where the way out is a key and not a command. */
import { failureText, type Failure } from '../../client/api/failure.ts';

/** One or two sentences: what happened and what to do. */
export const failureWords = (failure: Failure): string => {
  if (failure.kind === 'problem' && failure.problem.code === 'unauthenticated') {
    return 'Your session has ended. Sign in again.';
  }
  if (failure.kind === 'problem' && failure.problem.code === 'invalid-credentials') {
    return failure.problem.detail;
  }
  const { what, next } = failureText(failure);
  return next === '' ? what : `${what} ${next}`;
};

/** True when the server is away or busy and trying again makes sense. */
export const isPassing = (failure: Failure): boolean =>
  failure.kind === 'unreachable' ||
  (failure.kind === 'problem' && failure.problem.code === 'unavailable');

/** The same as the banner says it, where only one short line is. */
export const bannerWords = (failure: Failure): string =>
  failure.kind === 'unreachable'
    ? `The server does not answer: ${failure.cause}.`
    : failureText(failure).what;
