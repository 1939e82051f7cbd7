/** Every error leaves as a problem document (RFC 9457). */
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { problemTable, type Problem, type Refusal } from '../../shared/problems.ts';
import type { Result } from '../../shared/result.ts';

/** Carries a refusal from a route to the one place that answers with it. */
export class RefusalError extends Error {
  override readonly name = 'RefusalError';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.detail);
    this.refusal = refusal;
  }
}

/** The value of a use case's result. @throws RefusalError */
export const orRefuse = <T>(result: Result<T, Refusal>): T => {
  if (!result.ok) throw new RefusalError(result.error);
  return result.value;
};

/** The problem document of a refusal, with the code's status where HTTP has none of its own for it (408, 416, 431). */
export const problemOf = (refusal: Refusal, status?: number): Problem => {
  const { title, ...usual } = problemTable[refusal.code];
  return {
    type: `urn:licet:problem:${refusal.code}`,
    title,
    status: status ?? usual.status,
    detail: refusal.detail,
    code: refusal.code,
    ...refusal.extra,
    ...(refusal.retryAfter === undefined ? {} : { retryAfter: refusal.retryAfter }),
  };
};

/** Seconds that clients wait after a 503 for which nothing better is known. */
const laterSeconds = 5;

/** Answers with a refusal, with Retry-After where a later try makes sense. */
export const answerRefusal = (c: Context, refusal: Refusal): Response => {
  const { status } = problemTable[refusal.code];
  const after = refusal.retryAfter ?? (status === 503 ? laterSeconds : undefined);
  if (after !== undefined) c.header('Retry-After', String(after));
  if (status === 401) {
    // RFC 6750, 3: a token that is not good any more is told from none.
    const isBad = refusal.code === 'unauthenticated' && c.req.header('authorization') !== undefined;
    c.header('WWW-Authenticate', isBad ? 'Bearer error="invalid_token"' : 'Bearer');
  }
  // The table holds only statuses that have content.
  return c.json(problemOf(refusal), status satisfies ContentfulStatusCode, {
    'content-type': 'application/problem+json',
  });
};
