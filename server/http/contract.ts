/** How routes are declared: what goes in and out, and which problems are possible. */
import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { Problem } from '../../shared/problems.ts';
import type { Env } from 'hono';
import type { AccountCaller, ActivationCaller } from '../usecases/caller.ts';

export { newApi } from './api.ts';

/** What middleware puts into the context of a route. */
export interface AccountEnv extends Env {
  readonly Variables: { readonly caller: AccountCaller };
}
export interface ActivationEnv extends Env {
  readonly Variables: { readonly product: ActivationCaller };
}

/** JSON going out (or in), described for the API's documentation. */
export const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

/** A JSON body that must be there; a route whose body is optional says `required: false` over it. */
export const body = <T extends z.ZodType>(schema: T) => ({
  required: true as const,
  content: { 'application/json': { schema } },
});

/** An answer without content. */
export const nothing = (description: string) => ({ description });

type ErrorStatus = 400 | 401 | 403 | 404 | 409 | 412 | 413 | 429 | 503 | 507;

interface ProblemResponse {
  description: string;
  headers?: Record<string, { description: string; schema: { type: 'integer' } }>;
  content: { 'application/problem+json': { schema: typeof Problem } };
}

const retryAfter = {
  'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer' as const } },
};

const problemResponse = (status: number): ProblemResponse => ({
  description: STATUS_CODES[status] ?? `Problem ${status}`,
  ...(status === 429 || status === 503 ? { headers: retryAfter } : {}),
  content: { 'application/problem+json': { schema: Problem } },
});

/**
 * The problem responses of a route. 413, 429, 503 and 507 are possible anywhere, so they need no naming.
 */
export const problems = <const S extends readonly ErrorStatus[]>(
  ...statuses: S
): Record<S[number] | 413 | 429 | 503 | 507, ProblemResponse> =>
  Object.fromEntries(
    [...new Set<number>([...statuses, 413, 429, 503, 507])].map((status) => [
      status,
      problemResponse(status),
    ]),
  ) as Record<S[number] | 413 | 429 | 503 | 507, ProblemResponse>;

export const IdParam = z.object({ id: z.string().min(1).max(80) });

/** The header by which a repeated request is recognized. */
export const IdempotencyHeader = z.object({
  'idempotency-key': z.string().min(8).max(200).optional(),
});
