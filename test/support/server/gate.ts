/** Stands between a client and a server: passes everything on, holds an answer back, or gives another. */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Gate {
  readonly url: string;
  /** Requests for this part of a path wait until `open`. */
  hold(part: string): void;
  /** Requests for this part of a path get this page, as from a proxy in trouble. */
  fail(part: string, status: number, page: string): void;
  /** Requests for this part of a path are so many milliseconds on their way, until `open`. */
  delay(part: string, milliseconds: number): void;
  /** Lets everything through again, what waits as well. */
  open(): void;
  close(): Promise<void>;
}

const forward = (to: URL, incoming: IncomingMessage, response: ServerResponse): void => {
  const { method, headers, url } = incoming;
  const outgoing = request({ host: to.hostname, port: to.port, method, headers, path: url });
  incoming.on('error', () => outgoing.destroy());
  outgoing.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    response.flushHeaders();
    answer.pipe(response);
  });
  outgoing.on('error', () => response.destroy());
  response.on('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
};

/** Opens one on a free port of the loopback. */
export const openGate = async (serverUrl: string): Promise<Gate> => {
  const to = new URL(serverUrl);
  let held: string | undefined;
  let failing: { part: string; status: number; page: string } | undefined;
  let slow: { part: string; milliseconds: number } | undefined;
  let waiting: (() => void)[] = [];
  const server = createServer((incoming, response) => {
    const path = incoming.url ?? '';
    if (failing && path.includes(failing.part)) {
      response.writeHead(failing.status, { 'content-type': 'text/html' });
      response.end(failing.page);
    } else if (held !== undefined && path.includes(held)) {
      waiting.push(() => forward(to, incoming, response));
    } else if (slow && path.includes(slow.part)) {
      setTimeout(() => forward(to, incoming, response), slow.milliseconds);
    } else forward(to, incoming, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    hold: (part) => {
      held = part;
    },
    fail: (part, status, page) => {
      failing = { part, status, page };
    },
    delay: (part, milliseconds) => {
      slow = { part, milliseconds };
    },
    open: () => {
      slow = undefined;
      held = undefined;
      failing = undefined;
      for (const go of waiting) go();
      waiting = [];
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
