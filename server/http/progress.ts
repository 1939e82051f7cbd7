/**
 * Cuts off clients that hold a connection without using it: a body that trickles in, an answer that
 * nobody reads. Node itself watches the headers. A request that the server is busy with, and an event
 * stream with nothing to say, are left alone.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Limits } from './limits.ts';

interface Watched {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  /** Bytes at the last time that counted as progress, and when that was (milliseconds). */
  received: number;
  sent: number;
  since: number;
}

export interface ProgressWatch {
  add(incoming: IncomingMessage, outgoing: ServerResponse): void;
  stop(): void;
}

/** Bytes that left for the client: those still queued here are not. */
const sentBytes = (socket: Socket): number => socket.bytesWritten - socket.writableLength;

const isStuck = (watched: Watched, limits: Limits, now: number): boolean => {
  const { incoming, outgoing } = watched;
  const { socket } = incoming;
  const receiving = !incoming.complete && !outgoing.writableEnded;
  const sending = socket.writableLength > 0;
  const progressed =
    (receiving && socket.bytesRead - watched.received >= limits.progressBytes) ||
    (sending && sentBytes(socket) > watched.sent) ||
    (!receiving && !sending);
  if (!progressed) return now - watched.since >= limits.progress;
  watched.received = socket.bytesRead;
  watched.sent = sentBytes(socket);
  watched.since = now;
  return false;
};

/** Starts watching; the sweep runs four times a limit, and at least once a second. */
export const watchProgress = (limits: Limits): ProgressWatch => {
  const all = new Set<Watched>();
  const sweep = (): void => {
    const now = performance.now();
    for (const watched of all) {
      if (isStuck(watched, limits, now)) watched.incoming.socket.destroy();
    }
  };
  const timer = setInterval(sweep, Math.min(1000, limits.progress / 4)).unref();
  return {
    add: (incoming, outgoing) => {
      const { socket } = incoming;
      const watched: Watched = {
        incoming,
        outgoing,
        received: socket.bytesRead,
        sent: sentBytes(socket),
        since: performance.now(),
      };
      all.add(watched);
      outgoing.once('close', () => all.delete(watched));
    },
    stop: () => clearInterval(timer),
  };
};
