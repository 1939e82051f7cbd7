/** A line to a server that is as slow as the test wants: what comes back passes piece by piece. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface SlowProxy {
  readonly url: string;
  /** Milliseconds that each piece (64 KB or less) takes; 0 is as fast as it goes. */
  pace: number;
  close(): Promise<void>;
}

/** Opens it before the server at that address. */
export const openSlowProxy = async (server: string, pace: number): Promise<SlowProxy> => {
  const sockets = new Set<Socket>();
  const listener = createServer((near) => {
    const far = connect(Number(new URL(server).port), '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    void (async () => {
      for await (const piece of far) {
        if (near.destroyed) return;
        if (!near.write(piece as Buffer))
          await Promise.race([once(near, 'drain'), once(near, 'close')]);
        if (proxy.pace > 0) await delay(proxy.pace);
      }
    })().catch(() => undefined);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const proxy: SlowProxy = {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    pace,
    async close() {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
  return proxy;
};
