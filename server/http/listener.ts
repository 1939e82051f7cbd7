/** The HTTP server around the app: limits, and the refusal of what should never reach a route. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import { Server as NetServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { defaultLimits, type Limits } from './limits.ts';
import { misdirected } from './own-hosts.ts';
import { watchProgress } from './progress.ts';
import { notHttp, parserProblem, rawProblemMessage, type RawProblem } from './raw-problem.ts';
import { addressKey } from '../usecases/accounts/address-key.ts';
import { clientAddress, type ConnectionEnv } from './remote-address.ts';

export interface ListenerOptions {
  readonly fetch: (request: Request, env: ConnectionEnv) => Response | Promise<Response>;
  /** For HTTPS. */
  readonly tls?: ListenerIdentity | undefined;
  /** Whether the server answers to what Host says; to anything, unless told. */
  readonly acceptsHost?: ((authority: string) => boolean) | undefined;
  /** Believe X-Forwarded-For. */
  readonly trustProxy?: boolean | undefined;
  readonly limits?: Partial<Limits> | undefined;
}

/** PEM texts: the certificate chain, the server's own first, and its private key. */
export interface ListenerIdentity {
  readonly cert: string;
  readonly key: string;
}

export interface Listener {
  readonly server: Server;
  /** Shows another certificate to whoever connects from now on. */
  setIdentity(identity: ListenerIdentity): void;
  /** Takes no more connections, lets running requests end, closes the rest after the grace (milliseconds). */
  close(grace: number): Promise<void>;
}

const notOneHost: RawProblem = {
  code: 'invalid-request',
  detail: 'A request has exactly one Host header.',
};

/** RFC 9112, 3.2: a request has one Host, or two readers of it could each see another. */
const hasOneHost = ({ rawHeaders }: IncomingMessage): boolean => {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts === 1;
};

const notChunked: RawProblem = {
  code: 'invalid-request',
  detail: 'The only Transfer-Encoding that is taken here is chunked.',
};

/** RFC 9112, 6.1: what is in a coding that nobody here undoes (gzip, chunked) is not read as plain. */
const isOtherwiseEncoded = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined &&
  headers['transfer-encoding'].toLowerCase() !== 'chunked';

const after = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });

/** RFC 9112, 3.2.2: in a request for an absolute URL the host of that one counts, whatever Host says. */
const authorityOf = ({ url = '', headers }: IncomingMessage): string =>
  url.startsWith('/') || url === '*'
    ? (headers.host ?? '')
    : (/^https?:\/\/([^/?#]*)/iu.exec(url)?.[1] ?? '');

/** TLS 1.2 at least, and of its suites those with forward secrecy and authenticated encryption (RFC 9325, 4.2). */
const secureOptions = {
  minVersion: 'TLSv1.2',
  ciphers: [
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_AES_128_GCM_SHA256',
    'ECDHE+AESGCM',
    'ECDHE+CHACHA20',
  ].join(':'),
} as const;

/** Milliseconds that a refused client has to read why. */
const lingering = 500;

const refuse = (socket: Duplex, problem: RawProblem): void => {
  if (!socket.writable) return void socket.destroy();
  socket.end(rawProblemMessage(problem));
  // Closing at once would reset the connection while the client still sends, and lose it the answer.
  socket.resume();
  setTimeout(() => socket.destroy(), lingering).unref();
};

/** Closes connections of an address that has its share already, so that there are some left for others. */
const shareConnections = (server: Server, most: number): void => {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = addressKey(socket.remoteAddress ?? 'unknown');
    const count = (open.get(address) ?? 0) + 1;
    if (count > most) return void socket.destroy();
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
  });
};

/** Says that no other answer comes on this connection (RFC 9112, 9.6). */
const sayLast = (response: ServerResponse): void => {
  if (!response.headersSent) response.setHeader('Connection', 'close');
};

/** Counts what runs, also when who asked has gone. */
const createRunning = () => {
  let running = 0;
  let wake: (() => void) | undefined;
  const end = (): void => {
    running -= 1;
    if (running === 0) wake?.();
  };
  return {
    add: (answering: Promise<unknown>): void => {
      running += 1;
      answering.then(end, end);
    },
    none: (): Promise<void> =>
      new Promise((resolve) => {
        if (running === 0) resolve();
        else wake = resolve;
      }),
  };
};

/** Makes the server; the caller listens on it. */
export const createListener = (options: ListenerOptions): Listener => {
  const limits = { ...defaultLimits, ...options.limits };
  const progress = watchProgress(limits);
  /** Event streams never end by themselves; everything else does. */
  const streams = new Set<ServerResponse>();
  const running = createRunning();
  let isStopping = false;

  const listen = getRequestListener(
    (request, env) => {
      const { incoming, outgoing } = env as HttpBindings;
      const { socket, headers } = incoming;
      const remoteAddress = clientAddress(
        socket.remoteAddress,
        headers['x-forwarded-for'],
        options.trustProxy === true,
      );
      const neverEnds = (): void => {
        streams.add(outgoing);
        outgoing.once('close', () => streams.delete(outgoing));
      };
      const answering = options.fetch(request, { remoteAddress, neverEnds });
      if (answering instanceof Promise) running.add(answering);
      return answering;
    },
    {
      // The app answers its own errors: here are only requests of which no URL can be made.
      errorHandler: () =>
        new Response(rawProblemMessage(notHttp).split('\r\n\r\n')[1], {
          status: 400,
          headers: { 'Content-Type': 'application/problem+json', Connection: 'close' },
        }),
    },
  );

  const acceptsHost = options.acceptsHost ?? (() => true);
  const refusalOf = (incoming: IncomingMessage): RawProblem | null => {
    if (!hasOneHost(incoming)) return notOneHost;
    if (isOtherwiseEncoded(incoming)) return notChunked;
    return acceptsHost(authorityOf(incoming)) ? null : misdirected;
  };

  const onRequest = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const refused = refusalOf(incoming);
    if (refused) {
      refuse(incoming.socket, refused);
      return;
    }
    progress.add(incoming, outgoing);
    if (isStopping) sayLast(outgoing);
    void listen(incoming, outgoing);
  };

  const serverOptions = {
    headersTimeout: limits.headers,
    // Bodies have as long as they make progress.
    requestTimeout: 0,
    keepAliveTimeout: limits.idle,
    connectionsCheckingInterval: Math.min(1000, limits.headers / 4),
    maxHeaderSize: limits.headerBytes,
    // Checked below, with a problem for an answer.
    requireHostHeader: false,
  };
  const server = options.tls
    ? createTlsServer(
        { ...serverOptions, ...options.tls, ...secureOptions, handshakeTimeout: limits.headers },
        onRequest,
      )
    : createServer(serverOptions, onRequest);
  server.maxHeadersCount = limits.headerCount;
  server.maxConnections = limits.connections;
  if (options.trustProxy !== true) {
    shareConnections(server, Math.ceil(limits.connections * limits.share));
  }
  server.on('clientError', (error, socket: Socket) => {
    if (progress.hasBegun(socket)) socket.destroy();
    else refuse(socket, parserProblem(error));
  });

  return {
    server,
    setIdentity: (identity) => {
      if (server instanceof TlsServer) server.setSecureContext({ ...identity, ...secureOptions });
    },
    close: async (grace) => {
      isStopping = true;
      for (const response of progress.answers()) sayLast(response);
      const closed = new Promise<void>((resolve) => {
        // Not that of HTTP, which closes idle connections at once: the next request may be on its way.
        NetServer.prototype.close.call(server, () => resolve());
      });
      for (const stream of streams) stream.destroy();
      const farewell = performance.now() + Math.min(limits.farewell, grace);
      // Connections whose request ends only now are idle only then.
      const idle = setInterval(() => {
        if (performance.now() >= farewell) server.closeIdleConnections();
      }, 50);
      const end = setTimeout(() => server.closeAllConnections(), grace);
      await closed;
      clearInterval(idle);
      await Promise.race([running.none(), after(grace)]);
      clearTimeout(end);
      progress.stop();
    },
  };
};
