/** For benchmarks: a server in a process of its own on a fresh data folder, and a client for it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { initData } from '../../server/system/maintenance/init.ts';
import { createLogger } from '../../server/system/logger.ts';

export const email = 'olga@example.com';
export const password = 'three green kites over the bay';

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: Record<string, unknown>;
  readonly milliseconds: number;
  /** Why there was no answer; `status` is 0 then. */
  readonly error?: string;
}

/** The program as it runs from its sources, whose folder and settings follow. */
const fromSources = [
  fileURLToPath(new URL('../../test/support/server/serve-process.ts', import.meta.url)),
];

export type BenchServer = Awaited<ReturnType<typeof startServer>>;

/** Waits until a process that answers requests says where; other output may follow. */
export const listeningUrl = async (output: Readable): Promise<string> => {
  const [line] = (await once(output.setEncoding('utf8'), 'data')) as [string];
  return (JSON.parse(line) as { listening: string }).listening;
};

/**
 * Starts a server whose operator is `email` with `password`; at most so many connections are used. `command`:
 * what Node runs, before the folder and the settings.
 */
export const startServer = async (
  connections: number,
  command: readonly string[] = fromSources,
) => {
  const directory = await mkdtemp(join(tmpdir(), 'licet-bench-'));
  const data = join(directory, 'data');
  await initData({
    directory: data,
    operatorEmail: email,
    operatorPassword: password,
    rootPassphrase: password,
    environment: {},
    log: createLogger('error'),
  });
  // Behind a proxy that is trusted, so that requests can come from many addresses.
  const settings = { listen: '127.0.0.1:0', trustProxy: true, logLevel: 'error' };
  const child = spawn(process.execPath, [...command, data, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const listening = await listeningUrl(child.stdout);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let addresses = 0;

  const ask = (method: string, path: string, body?: object, token?: string): Promise<Answer> =>
    new Promise((resolve) => {
      addresses += 1;
      const started = performance.now();
      const outgoing = request(
        `${listening}${path}`,
        {
          method,
          agent,
          headers: {
            'content-type': 'application/json',
            'x-forwarded-for': `10.${(addresses >> 16) & 255}.${(addresses >> 8) & 255}.${addresses & 255}`,
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          },
        },
        (incoming) => {
          let text = '';
          incoming.setEncoding('utf8').on('data', (chunk: string) => {
            text += chunk;
          });
          incoming.on('end', () =>
            resolve({
              status: incoming.statusCode ?? 0,
              retryAfter: incoming.headers['retry-after'],
              body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
              milliseconds: performance.now() - started,
            }),
          );
        },
      );
      outgoing.on('error', (error) => {
        // The connection was closed as it was used again, or refused: the caller counts it.
        const code = 'code' in error ? String(error.code) : error.message;
        const reused = outgoing.reusedSocket ? ' on a used connection' : '';
        resolve({
          status: 0,
          retryAfter: undefined,
          body: {},
          error: `${code}${reused}`,
          milliseconds: performance.now() - started,
        });
      });
      outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    });

  return {
    ask,
    url: listening,
    pid: child.pid ?? 0,
    /** Resident memory of the server in MB; 0 where /proc is missing. */
    memory: (): number => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        return Math.round(Number(/VmRSS:\s+(\d+)/u.exec(status)?.[1] ?? 0) / 1024);
      } catch {
        return 0;
      }
    },
    /** Connections that are open now. */
    connections: (): number =>
      [agent.sockets, agent.freeSockets].reduce(
        (sum, all) => sum + Object.values(all).reduce((n, some) => n + (some?.length ?? 0), 0),
        0,
      ),
    stop: async (): Promise<void> => {
      agent.destroy();
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      await rm(directory, { recursive: true, force: true });
    },
  };
};

/** The value below which that share of the times is. */
export const percentile = (times: readonly number[], share: number): number =>
  times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))] ??
  0;

export const round = (value: number): number => Math.round(value * 100) / 100;
