/** One request and its answer, parsed: the only place that turns HTTP into an `Answer`. */
import type { ClientResponse } from 'hono/client';
import type { SuccessStatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';
import { Problem } from '../../../shared/problems.ts';
import { fail, ok } from '../../../shared/result.ts';
import type { Answer, Failure } from './failure.ts';
import { codeOf, UntrustedError } from '../../../shared/sdk/transport.ts';

const causes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name could not be looked up',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no network',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ETIMEDOUT: 'it did not answer in time',
  EPROTO: 'it does not speak TLS there',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS there',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS there',
};

/** What was thrown instead of an answer, as a failure. */
export const failureOf = (error: unknown, server: string): Failure => {
  if (error instanceof UntrustedError)
    return {
      kind: 'untrusted',
      server,
      fingerprint: error.fingerprint,
      expected: error.expected,
    };
  const code = codeOf(error) ?? '';
  const message = error instanceof Error ? error.message : String(error);
  if (code.startsWith('HPE_')) return { kind: 'unexpected', server, cause: 'it is not HTTP' };
  return { kind: 'unreachable', server, cause: causes[code] ?? (message || code) };
};

/** Seconds in Retry-After: a number, or a date (RFC 9110, 10.2.3). */
const retryAfterOf = (response: Pick<Response, 'headers'>, now: number): number | null => {
  const value = response.headers.get('retry-after');
  if (value === null) return null;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, Math.ceil(seconds));
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - now) / 1000));
};

/** What a JSON text says; undefined where it is none. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Why an answer that is no success is none. */
const refusalOf = (
  response: Pick<Response, 'status' | 'headers'>,
  text: string,
  server: string,
): Failure => {
  const problem = Problem.safeParse(parseJson(text));
  return problem.success
    ? { kind: 'problem', problem: problem.data, retryAfter: retryAfterOf(response, Date.now()) }
    : { kind: 'unexpected', server, cause: `status ${response.status} without a problem` };
};

const read = <S extends z.ZodType>(
  text: string,
  schema: S,
  server: string,
): Answer<z.output<S>> => {
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return ok(parsed.data);
  const [issue] = parsed.error.issues;
  const where = issue ? issue.path.join('.') : '';
  return fail({
    kind: 'unexpected',
    server,
    cause: `${where || 'the answer'} is missing or wrong`,
  });
};

/** What the typed client gives: a response of any status. */
export type Answering = ClientResponse<unknown, number>;

/** What is read of a response. */
type Readable = Pick<Response, 'ok' | 'status' | 'headers' | 'text'>;

/** The JSON of the responses that say success. */
export type SuccessOf<R> =
  R extends ClientResponse<infer T, infer U> ? (U extends SuccessStatusCode ? T : never) : never;

/** Awaits a response and reads its body with `use` when it says success. Never throws. */
const settle = async <T>(
  server: string,
  pending: Promise<Readable>,
  use: (text: string) => Answer<T>,
): Promise<Answer<T>> => {
  try {
    const response = await pending;
    const text: string = await response.text();
    return response.ok ? use(text) : fail(refusalOf(response, text, server));
  } catch (error) {
    return fail(failureOf(error, server));
  }
};

/** The answer to a request, read by the schema. */
export const call = <S extends z.ZodType>(
  server: string,
  response: Promise<Readable>,
  schema: S,
): Promise<Answer<z.output<S>>> => settle(server, response, (text) => read(text, schema, server));

/** The answer to a request of which nothing is read: it was done. */
export const callDone = (server: string, response: Promise<Answering>): Promise<Answer<null>> =>
  settle(server, response, () => ok(null));

/** The response to a request for a file, its body still to be read. Never throws. */
export const callFile = async (
  server: string,
  pending: Promise<Response>,
): Promise<Answer<Response>> => {
  try {
    const response = await pending;
    if (response.ok) return ok(response);
    return fail(refusalOf(response, await response.text(), server));
  } catch (error) {
    return fail(failureOf(error, server));
  }
};
