/** What can go wrong for a caller, sent as `application/problem+json` (RFC 9457): a code of the problem table. */
import { z } from 'zod';
import { problemTable, type ProblemCode } from './problem-table.ts';

export { problemTable, type ProblemCode } from './problem-table.ts';

/** Why something was refused, as domain rules and use cases return it: a code, a sentence, and what helps to act. */
export interface Refusal {
  readonly code: ProblemCode;
  /** One sentence for a person: what happened and what to do. */
  readonly detail: string;
  /** Members that go into the problem document beside the standard ones (`limit`, `holders`, ...). */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Seconds after which a new try makes sense; sent as Retry-After (RFC 9110, 10.2.3). */
  readonly retryAfter?: number;
}

export const problemCodes = Object.keys(problemTable) as [ProblemCode, ...ProblemCode[]];

/** A problem document (RFC 9457) as every error answer carries it. */
export const Problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(problemCodes),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;
