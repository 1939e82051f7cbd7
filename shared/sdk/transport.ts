/**
 * `fetch` over node:http and node:https: it checks the server's certificate before a byte of the
 * request leaves, which the global one can't, and starts faster.
 */
import http from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import tls from 'node:tls';
import { isTrusted, pinOf } from './certificate.ts';

/** The server's certificate is not trusted; nothing was sent. */
export class UntrustedError extends Error {
  override readonly name = 'UntrustedError';
  readonly fingerprint: string;
  readonly expected: string | null;

  constructor(fingerprint: string, expected: string | null) {
    super('the certificate of the server is not trusted');
    this.fingerprint = fingerprint;
    this.expected = expected;
  }
}

export interface TransportOptions {
  /** The fingerprint that the certificate must have; null: one that the system's authorities vouch for. */
  readonly pin: string | null;
  /** Milliseconds without any progress after which a request is given up. */
  readonly timeout: number;
  /** Whether connections are kept for the next request; true unless told. */
  readonly keepAlive?: boolean | undefined;
}

/** An agent whose connections are handed out only once their certificate is checked. */
const checkedAgent = (pin: string | null, keepAlive: boolean): https.Agent => {
  const agent = new https.Agent({ keepAlive });
  // Made here, so that no session is kept to be resumed: a resumed one shows no chain of certificates.
  agent.createConnection = (options, callback) => {
    // The check below replaces the one that OpenSSL would make, for pins; `authorized` is its result.
    const socket = tls.connect({
      ...(options as tls.ConnectionOptions),
      rejectUnauthorized: false,
    });
    const failed = (error: Error): void => callback?.(error, socket);
    socket.once('error', failed);
    socket.once('secureConnect', () => {
      socket.off('error', failed);
      const certificate = socket.getPeerX509Certificate();
      const { authorized } = socket;
      const host = (options as tls.ConnectionOptions).host ?? '';
      if (certificate && isTrusted({ authorized, host, certificate }, pin, Date.now()))
        callback?.(null, socket);
      else {
        socket.destroy();
        callback?.(new UntrustedError(certificate ? pinOf(certificate) : '', pin), socket);
      }
    });
    return null;
  };
  return agent;
};

const bodyless = new Set([204, 205, 304]);

const toResponse = (message: http.IncomingMessage): Response => {
  const headers = new Headers();
  for (let i = 0; i + 1 < message.rawHeaders.length; i += 2)
    headers.append(message.rawHeaders[i] ?? '', message.rawHeaders[i + 1] ?? '');
  const status = message.statusCode ?? 500;
  if (bodyless.has(status)) {
    message.resume();
    return new Response(null, { status, headers });
  }
  return new Response(Readable.toWeb(message) as ReadableStream<Uint8Array>, { status, headers });
};

const writeBody = (request: http.ClientRequest, body: RequestInit['body']): void => {
  if (body === undefined || body === null) request.end();
  else if (typeof body === 'string') {
    // Node would send the body of a DELETE without saying how long it is, and so as another request.
    request.setHeader('content-length', Buffer.byteLength(body));
    request.end(body);
  } else if (body instanceof ReadableStream) {
    const source = Readable.fromWeb(body);
    source.on('error', (error) => request.destroy(error)).pipe(request);
    // What is left of it when the server takes no more is let go: it may be an open file.
    request.once('close', () => source.destroy());
  } else request.destroy(new TypeError('a body must be a text or a stream'));
};

/** The code of a system error such as ECONNREFUSED. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

const maySendAgain = (init: RequestInit): boolean =>
  !(init.body instanceof ReadableStream) &&
  ((init.method ?? 'GET') === 'GET' || new Headers(init.headers).has('idempotency-key'));

/** Makes a `fetch` for texts and streams to one server. It follows no redirects: the API has none. */
export const createTransport = (options: TransportOptions): typeof fetch => {
  const keepAlive = options.keepAlive ?? true;
  const secure = checkedAgent(options.pin, keepAlive);
  const plain = new http.Agent({ keepAlive });

  const send = (url: URL, init: RequestInit): Promise<Response> =>
    new Promise((resolve, reject) => {
      const settings: http.RequestOptions = {
        method: init.method ?? 'GET',
        headers: Object.fromEntries(new Headers(init.headers)),
        timeout: options.timeout,
        ...(init.signal ? { signal: init.signal } : {}),
      };
      const request =
        url.protocol === 'https:'
          ? https.request(url, { ...settings, agent: secure })
          : http.request(url, { ...settings, agent: plain });
      request.once('response', (message) => resolve(toResponse(message)));
      request.once('error', (error) =>
        // The server closed an idle connection just as it was used again: a new one will do.
        request.reusedSocket && codeOf(error) === 'ECONNRESET' && maySendAgain(init)
          ? resolve(send(url, init))
          : reject(error),
      );
      request.once('timeout', () =>
        request.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
      );
      writeBody(request, init.body);
    });

  return (input, init = {}) => send(new URL(input instanceof Request ? input.url : input), init);
};
