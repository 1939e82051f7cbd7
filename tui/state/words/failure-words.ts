/** Failures in the words of the screens, where the way out is a key and not a command. */
import { failureText, type Failure } from '../../client/api/failure.ts';
import { exactTime } from '../../client/relative-time.ts';

/** One or two sentences: what happened and what to do. */
export const failureWords = (failure: Failure): string => {
  if (failure.kind === 'problem' && failure.problem.code === 'unauthenticated') {
    return 'Your session has ended. Sign in again.';
  }
  if (failure.kind === 'problem' && failure.problem.code === 'invalid-credentials') {
    return failure.problem.detail;
  }
  const { what, next } = failureText(failure);
  return timesInWords(next === '' ? what : `${what} ${next}`);
};

/** Programs read RFC 3339, people do not. */
const timesInWords = (text: string): string =>
  text.replaceAll(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}[\d:.]*Z/gu, (at) => exactTime(Date.parse(at)));

/** True when the same may be done a moment later: it is not the server's last word. */
export const mayPass = (failure: Failure): boolean =>
  isPassing(failure) ||
  failure.kind === 'unexpected' ||
  (failure.kind === 'problem' && passing.has(failure.problem.code));

const passing: ReadonlySet<string> = new Set(['read-only', 'too-many-requests']);

/** True when the server is away or busy and trying again makes sense. */
export const isPassing = (failure: Failure): boolean =>
  failure.kind === 'unreachable' ||
  (failure.kind === 'problem' && failure.problem.code === 'unavailable');

/** The same as the banner says it, where only one short line is. */
export const bannerWords = (failure: Failure): string =>
  failure.kind === 'unreachable'
    ? `The server does not answer: ${failure.cause}.`
    : failureText(failure).what;
