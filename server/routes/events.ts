/** Server-sent events: what changed and may be seen by the caller. */
import { createRoute } from '@hono/zod-openapi';
import { streamSSE } from 'hono/streaming';
import { z } from 'zod';
import { signedIn } from '../http/callers.ts';
import { newApi, problems, type AccountEnv } from '../http/contract.ts';
import type { ChangeEvent } from '../../shared/api/server.ts';
import type { Deps } from '../usecases/deps.ts';
import { watchChanges } from '../usecases/events.ts';
import { stillSignedIn } from '../usecases/sign-in.ts';

/** A comment this often keeps the connection, and shows whether the session still lives. Milliseconds. */
const heartbeat = 15_000;
/** A client that reads slower than this many events behind is cut off; it comes back and reads anew. */
const backlog = 1000;

export const eventRoutes = (deps: Deps) =>
  newApi<AccountEnv>().openapi(
    createRoute({
      method: 'get',
      path: '/v1/events',
      summary: 'Changes as they happen (server-sent events, each a ChangeEvent)',
      middleware: [signedIn(deps)] as const,
      responses: {
        200: {
          description: 'The stream',
          content: { 'text/event-stream': { schema: z.string() } },
        },
        ...problems(401),
      },
    }),
    (c) => {
      const { caller } = c.var;
      return streamSSE(c, async (stream) => {
        const waiting: ChangeEvent[] = [];
        let wake = (): void => undefined;
        const end = watchChanges(deps, caller, (event) => {
          waiting.push(event);
          wake();
        });
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
