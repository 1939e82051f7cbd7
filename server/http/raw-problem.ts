/** Problems (RFC 9457) for requests that never become one: what the HTTP parser itself refuses. */
import { STATUS_CODES } from 'node:http';
import type { ProblemCode } from '../../shared/problems.ts';
import { problemOf } from './problem.ts';

export interface RawProblem {
  readonly code: ProblemCode;
  readonly detail: string;
  /** Where HTTP has a status of its own for it (408, 431). */
  readonly status?: number | undefined;
}

/** The problem as a whole HTTP/1.1 message, after which the connection is to be closed. */
export const rawProblemMessage = (problem: RawProblem): string => {
  const document = problemOf(problem, problem.status);
  const { status } = document;
  const body = JSON.stringify(document);
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'Connection: close',
    '',
    body,
  ].join('\r\n');
};

export const notHttp: RawProblem = {
  code: 'invalid-request',
  detail: 'This is not a well-formed HTTP request.',
};

/** Why Node's parser gave up, by the code of its error. */
const parserProblems: Readonly<Record<string, RawProblem>> = {
  HPE_HEADER_OVERFLOW: {
    code: 'payload-too-large',
    status: 431,
    detail: 'The headers of this request are too large or too many: 16 KB and 100 are the most.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    code: 'invalid-request',
    status: 408,
    detail: 'The request did not arrive in time: its headers must be here within 10 seconds.',
  },
  HPE_INVALID_TRANSFER_ENCODING: {
    code: 'invalid-request',
    detail: 'The Transfer-Encoding is not valid, or comes together with a Content-Length.',
  },
  HPE_INVALID_CONTENT_LENGTH: {
    code: 'invalid-request',
    detail: 'The Content-Length is not valid.',
  },
  HPE_UNEXPECTED_CONTENT_LENGTH: {
    code: 'invalid-request',
    detail: 'Content-Length and Transfer-Encoding, or two lengths, contradict each other.',
  },
};

/** The problem for what `clientError` brings; of an unknown kind it is no well-formed HTTP. */
export const parserProblem = (error: unknown): RawProblem => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return parserProblems[code] ?? notHttp;
};
