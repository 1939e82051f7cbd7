/** One request of a product to its server, and the answer by its schema. */
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { isLoopback } from '../loopback.ts';
import { Problem } from '../problems.ts';
import { fail, ok } from '../result.ts';
import { problemFailure, type SdkFailure, type SdkResult } from './failure.ts';
import { codeOf, createTransport, UntrustedError } from './transport.ts';

/** Where the server is. */
export interface ServerOptions {
  /** `https://licet.example.com` */
  readonly server: string;
  /** SHA-256 fingerprint of the server's certificate, or of the authority in its chain. */
  readonly pin?: string | undefined;
  /** Allows plain HTTP to another machine, where passwords and tokens can be read on the way. */
  readonly insecureHttp?: boolean | undefined;
}

export interface Request<S extends z.ZodType> {
  readonly method: 'POST' | 'DELETE' | 'GET';
  readonly path: string;
  readonly body?: unknown;
  readonly token?: string | undefined;
  /** Null: nothing in the answer is read. */
  readonly answer: S | null;
}

const timeout = 30_000;

const unexpected = (server: string, what: string) =>
  fail<SdkFailure>({
    kind: 'unexpected',
    message: `The answer of ${server} is not what a licet server gives: ${what}. Check the address.`,
  });

const checkAddress = ({ server, insecureHttp }: ServerOptions): SdkResult<URL> => {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    return fail({
      kind: 'state',
      message: `"${server}" is not the address of a server, such as https://licet.example.com.`,
    });
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && insecureHttp !== true) {
    return fail({
      kind: 'state',
      message: `What is sent to ${server} could be read on the way. Use https://, or allow it by insecureHttp.`,
    });
  }
  return ok(url);
};

const failureOf = (error: unknown, server: string): SdkFailure => {
  if (error instanceof UntrustedError) {
    const { fingerprint, expected } = error;
    const message =
      expected === null
        ? `Nobody vouches for the certificate of ${server}. Compare its fingerprint ${fingerprint} with the one on your card, and set it as the pin.`
        : `The certificate of ${server} is not the one that was pinned: its fingerprint is ${fingerprint}. Nothing was sent. Ask the operator whether it was replaced.`;
    return { kind: 'untrusted', message, fingerprint, expected };
  }
  const cause = codeOf(error) ?? (error instanceof Error ? error.message : String(error));
  const message = `The server ${server} could not be reached (${cause}). What was licensed runs on until its lease ends; check the network and the address.`;
  return { kind: 'unreachable', message };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const readAnswer = async <S extends z.ZodType>(
  response: Response,
  answer: S | null,
  server: string,
): Promise<SdkResult<z.output<S>>> => {
  const text = await response.text();
  if (!response.ok) {
    const problem = Problem.safeParse(parseJson(text));
    const wait = Number(response.headers.get('retry-after') ?? Number.NaN);
    return problem.success
      ? problemFailure(problem.data, Number.isFinite(wait) ? wait : null)
      : unexpected(server, `status ${response.status}`);
  }
  if (answer === null) return ok(undefined as z.output<S>);
  const read = answer.safeParse(parseJson(text));
  return read.success
    ? ok(read.data)
    : unexpected(server, `${read.error.issues[0]?.path.join('.') ?? 'it'} is missing or wrong`);
};

/** Sends a request and reads its answer. Never throws for what server or network do. */
export const call = async <S extends z.ZodType = z.ZodUndefined>(
  options: ServerOptions,
  request: Request<S>,
): Promise<SdkResult<z.output<S>>> => {
  const { server } = options;
  const address = checkAddress(options);
  if (!address.ok) return address;
  const headers: Record<string, string> = { accept: 'application/json' };
  if (request.body !== undefined) headers['content-type'] = 'application/json';
  if (request.token !== undefined) headers['authorization'] = `Bearer ${request.token}`;
  if (request.method === 'POST') headers['idempotency-key'] = randomUUID();
  const transport = createTransport({ pin: options.pin ?? null, timeout, keepAlive: false });
  try {
    const response = await transport(`${address.value.href.replace(/\/+$/, '')}${request.path}`, {
      method: request.method,
      headers,
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
    return await readAnswer(response, request.answer, server);
  } catch (error) {
    return fail(failureOf(error, server));
  }
};
