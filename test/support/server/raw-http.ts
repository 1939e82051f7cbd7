/** Speaks to a server byte by byte, as no well-behaved client would. */
import { connect } from 'node:net';

export interface RawConnection {
  write(text: string | Buffer): void;
  /** All that came until the server closed the connection. */
  readonly closed: Promise<string>;
  /** Resolves when what came so far matches. */
  until(pattern: RegExp): Promise<string>;
  destroy(): void;
}

export const openRaw = (port: number, host = '127.0.0.1'): RawConnection => {
  const socket = connect({ port, host });
  let received = '';
  const waiting = new Set<() => void>();
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
    for (const check of waiting) check();
  });
  socket.on('error', () => undefined);
  const closed = new Promise<string>((resolve) => {
    socket.once('close', () => resolve(received));
  });
  return {
    write: (text) => void socket.write(text),
    closed,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (!pattern.test(received)) return;
          waiting.delete(check);
          resolve(received);
        };
        waiting.add(check);
        void closed.then(() =>
          reject(new Error(`The connection closed before ${String(pattern)}: ${received}`)),
        );
        check();
      }),
    destroy: () => void socket.destroy(),
  };
};

/** Sends one message and gives the whole answer, once the server has closed. */
export const sendRaw = (port: number, message: string): Promise<string> => {
  const connection = openRaw(port);
  connection.write(message);
  return connection.closed;
};
