/** Server-sent events: what changed on the server, as it happens, with the way back after a cut. */
import { createParser } from 'eventsource-parser';
import { ChangeEvent } from '../../../shared/api/server.ts';
import { Problem } from '../../../shared/problems.ts';
import { failureOf, parseJson } from './call.ts';
import { delayOf } from './delay.ts';
import type { Failure } from './failure.ts';

/** `connected` comes after each new connection: what was missed meanwhile is unknown, so read anew. */
export type ConnectionState =
  | { readonly state: 'connected' }
  /** `retryAt`: when the next try is made, in milliseconds since the epoch. */
  | { readonly state: 'waiting'; readonly failure: Failure; readonly retryAt: number }
  /** Not tried again: signed out, or the server's certificate changed. */
  | { readonly state: 'ended'; readonly failure: Failure };

export interface EventsOptions {
  readonly onChange: (event: ChangeEvent) => void;
  readonly onState: (state: ConnectionState) => void;
}

export interface EventStream {
  /** Tries at once instead of waiting. */
  retry(): void;
  close(): void;
}

const isFinal = (failure: Failure): boolean =>
  failure.kind === 'untrusted' ||
  (failure.kind === 'problem' &&
    (failure.problem.status === 401 || failure.problem.status === 403));

const refusalOf = async (response: Response, server: string): Promise<Failure> => {
  const body: unknown = await response.json().catch(() => null);
  const problem = Problem.safeParse(body);
  return problem.success
    ? { kind: 'problem', problem: problem.data, retryAfter: null }
    : { kind: 'unexpected', server, cause: `status ${response.status}` };
};

/** Reads until the stream ends, and says why it did. */
const readStream = async (response: Response, server: string, options: EventsOptions) => {
  if (!response.ok || !response.body) return refusalOf(response, server);
  options.onState({ state: 'connected' });
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (event !== 'change') return;
      const change = ChangeEvent.safeParse(parseJson(data));
      if (change.success) options.onChange(change.data);
    },
  });
  const decoder = new TextDecoder();
  for await (const chunk of response.body) parser.feed(decoder.decode(chunk, { stream: true }));
  return { kind: 'unreachable', server, cause: 'the connection was cut' } as const;
};

/** Opens the stream and keeps it open until `close`. */
export const openEvents = (
  send: typeof fetch,
  url: string,
  headers: Readonly<Record<string, string>>,
  server: string,
  options: EventsOptions,
): EventStream => {
  const ending = new AbortController();
  let attempt = 0;
  let wake = (): void => undefined;

  const connect = async (): Promise<Failure> => {
    try {
      const response = await send(url, {
        headers: { ...headers, accept: 'text/event-stream' },
        signal: ending.signal,
      });
      if (response.ok) attempt = 0;
      return await readStream(response, server, options);
    } catch (error) {
      return failureOf(error, server);
    }
  };

  const pause = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const run = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      const failure = await connect();
      if (ending.signal.aborted) return;
      if (isFinal(failure)) {
        options.onState({ state: 'ended', failure });
        return;
      }
      const delay = delayOf(attempt, Math.random());
      attempt += 1;
      options.onState({ state: 'waiting', failure, retryAt: Date.now() + delay });
      await pause(delay);
    }
  };
  void run();

  return {
    retry: () => wake(),
    close: () => {
      ending.abort();
      wake();
    },
  };
};
