/**
 * Cuts off clients that hold a connection without using it: a body that trickles in, an answer that
 * nobody reads. Node itself watches the headers. A request that the server is busy with, and an event
 * stream with nothing to say, are left alone.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Limits } from './limits.ts';

interface Watched {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  /** Bytes at the last time that counted as progress, and when that was (milliseconds); from the first look on. */
  received: number;
  sent: number;
  since: number | undefined;
}

export interface ProgressWatch {
  add(incoming: IncomingMessage, outgoing: ServerResponse): void;
  /** Whether the beginning of an answer is on its way on a connection: raw bytes must not get into it. */
  hasBegun(socket: Duplex): boolean;
  /** Those that are not sent yet, or not whole. */
  answers(): readonly ServerResponse[];
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
    watched.since === undefined ||
    (receiving && socket.bytesRead - watched.received >= limits.progressBytes) ||
    (sending && sentBytes(socket) > watched.sent) ||
    (!receiving && !sending);
  if (!progressed) return now - (watched.since ?? now) >= limits.progress;
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
      // Most are answered before anybody looks.
      const watched: Watched = { incoming, outgoing, received: 0, sent: 0, since: undefined };
      all.add(watched);
      outgoing.once('close', () => all.delete(watched));
    },
    hasBegun: (socket) => {
      for (const { incoming, outgoing } of all) {
        if (incoming.socket === socket && outgoing.headersSent) return true;
      }
      return false;
    },
    answers: () => [...all].map(({ outgoing }) => outgoing),
    stop: () => clearInterval(timer),
  };
};
