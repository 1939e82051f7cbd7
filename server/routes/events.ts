/** Server-sent events: what changed and may be seen by the caller. */
import { createRoute } from '@hono/zod-openapi';
import { streamSSE } from 'hono/streaming';
import { z } from 'zod';
import { signedIn } from '../http/callers.ts';
import { newApi, problems, type AccountEnv } from '../http/contract.ts';
import { RefusalError } from '../http/problem.ts';
import { neverEnds } from '../http/remote-address.ts';
import type { ChangeEvent } from '../../shared/api/server.ts';
import type { Refusal } from '../../shared/problems.ts';
import type { Deps } from '../usecases/deps.ts';
import { createChangeFeed } from '../usecases/events.ts';
import { stillSignedIn } from '../usecases/accounts/sign-in.ts';

const eventStream = 'text/event-stream';
/** A comment this often keeps the connection, and shows whether the session still lives. Milliseconds. */
const heartbeat = 15_000;
/** A client that reads slower than this many events behind is cut off; it comes back and reads anew. */
const backlog = 1000;
/** Streams of one account at once: each holds a connection, of which there are so many for all. */
const streamsPerAccount = 32;

const tooMany: Refusal = {
  code: 'too-many-requests',
  detail: `This account listens to ${streamsPerAccount} streams of events already. Close one first.`,
  retryAfter: 15,
};

/** Counts what is open by account; `open` gives what closes it once, or null where there are too many. */
const createStreams = () => {
  const open = new Map<string, number>();
  return (accountId: string): (() => void) | null => {
    const count = open.get(accountId) ?? 0;
    if (count >= streamsPerAccount) return null;
    open.set(accountId, count + 1);
    let closed = false;
    return () => {
      if (closed) return;
      closed = true;
      const left = (open.get(accountId) ?? 1) - 1;
      if (left === 0) open.delete(accountId);
      else open.set(accountId, left);
    };
  };
};

export const eventRoutes = (deps: Deps) => {
  const streams = createStreams();
  const feed = createChangeFeed(deps);
  return newApi<AccountEnv>().openapi(
    createRoute({
      method: 'get',
      path: '/v1/events',
      summary: 'Changes as they happen (server-sent events, each a ChangeEvent)',
      ...signedIn(deps),
      responses: {
        200: {
          description: 'The stream',
          content: { [eventStream]: { schema: z.string() } },
        },
        ...problems(401),
      },
    }),
    (c) => {
      const { caller } = c.var;
      // Nobody would ever read its body.
      if (c.req.method === 'HEAD') return c.body(null, 200, { 'content-type': eventStream });
      const close = streams(caller.account.id);
      if (!close) throw new RefusalError(tooMany);
      neverEnds(c);
      return streamSSE(c, async (stream) => {
        const waiting: ChangeEvent[] = [];
        let wake = (): void => undefined;
        const endWatch = feed.watch(caller, (event) => {
          waiting.push(event);
          // Also while what was written before waits for its reader.
          if (waiting.length >= backlog) end();
          wake();
        });
        const end = (): void => {
          endWatch();
          close();
        };
        stream.onAbort(() => {
          end();
          wake();
        });
        await stream.writeSSE({ event: 'ready', data: '{}' });
        while (!stream.aborted && waiting.length < backlog) {
          const { promise, resolve } = Promise.withResolvers<void>();
          wake = resolve;
          const timer = setTimeout(resolve, heartbeat);
          if (waiting.length === 0) await promise;
          clearTimeout(timer);
          // Asked before each event: what happens after the session's end is none of its business.
          if (!(await stillSignedIn(deps, caller))) break;
          const event = waiting.shift();
          if (!event) await stream.write(': still here\n\n');
          else {
            await stream.writeSSE({
              event: 'change',
              id: String(event.seq),
              data: JSON.stringify(event),
            });
          }
        }
        end();
      });
    },
  );
};
