/** Where a server may listen, and why it can't. */
import type { Server } from 'node:http';
import { isLoopback } from '../../shared/loopback.ts';
import { Failure } from './failure.ts';
import type { HostPort } from './settings/settings-table.ts';

/** `host:port` as it stands in a URL. */
export const showHostPort = ({ host, port }: HostPort): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

/**
 * Refuses plain HTTP where others could read passwords on the way.
 * @throws Failure `setting`
 */
export const checkPlainHttp = (listen: HostPort, hasTls: boolean, insecureHttp: boolean): void => {
  if (hasTls || insecureHttp || isLoopback(listen.host)) return;
  throw new Failure(
    'setting',
    `Plain HTTP on ${showHostPort(listen)} would send passwords readable over the network. Add --tls, give a certificate with --tls-cert and --tls-key, or, behind a proxy that speaks HTTPS, --insecure-http.`,
  );
};

const explain = (error: unknown, listen: HostPort): Failure => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const where = showHostPort(listen);
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `${where} is in use by another program. Stop that one, or choose another port with --listen.`,
    EACCES: `${where} needs a right that this user lacks: ports below 1024 are reserved. Choose a higher port with --listen.`,
    EADDRNOTAVAIL: `This machine has no address ${listen.host}. Choose one of its own with --listen, such as 127.0.0.1 or 0.0.0.0.`,
    ENOTFOUND: `There is no host ${listen.host}. Choose an address of this machine with --listen.`,
    EAI_AGAIN: `The host ${listen.host} can't be looked up. Choose an address of this machine with --listen.`,
  };
  return new Failure(
    'listen',
    reasons[code] ??
      `${where} can't be listened on (${code}). Choose another address with --listen.`,
    { cause: error },
  );
};

/**
 * Connections that wait to be accepted. A thousand clients that come at once overflow Node's 511, and
 * those left out try again only after seconds.
 */
const backlog = 4096;

/**
 * Listens, and gives the port (the system's choice for port 0).
 * @throws Failure `listen`
 */
export const listenOn = (server: Server, listen: HostPort): Promise<number> =>
  new Promise((resolve, reject) => {
    const failed = (error: Error): void => reject(explain(error, listen));
    server.once('error', failed);
    server.listen({ ...listen, backlog }, () => {
      server.off('error', failed);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : listen.port);
    });
  });
