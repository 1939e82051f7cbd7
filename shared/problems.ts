/**
 * The closed table of errors: code, HTTP status and title in one place. Everything that can go wrong
 * for a caller is one of these, sent as `application/problem+json` (RFC 9457).
 */
import { z } from 'zod';

export const problemTable = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'offline-request-invalid': { status: 400, title: 'The request code is not valid' },
  'proof-invalid': { status: 400, title: 'The deactivation proof is not valid' },
  unauthenticated: { status: 401, title: 'Sign in first' },
  'invalid-credentials': { status: 401, title: 'These credentials are not valid' },
  forbidden: { status: 403, title: 'This is not allowed' },
  'license-expired': { status: 403, title: 'The license has expired' },
  'license-suspended': { status: 403, title: 'The license is suspended' },
  'license-revoked': { status: 403, title: 'The license is revoked' },
  'not-found': { status: 404, title: 'Not found' },
  conflict: { status: 409, title: 'This conflicts with what is there' },
  'activation-limit-exceeded': { status: 409, title: 'The license has exceeded its user limit' },
  'wrong-product': { status: 409, title: 'The license is for another product' },
  'license-choice-required': { status: 409, title: 'Several licenses fit: name one' },
  'reset-limit-exceeded': { status: 409, title: 'Too many machines still run on a lease' },
  'changed-meanwhile': { status: 412, title: 'Somebody else changed this meanwhile' },
  'payload-too-large': { status: 413, title: 'The request is too large' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'read-only': { status: 503, title: 'The server is read-only' },
  unavailable: { status: 503, title: 'The server cannot answer now' },
  'insufficient-storage': { status: 507, title: 'The disk is full' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problemTable;

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
