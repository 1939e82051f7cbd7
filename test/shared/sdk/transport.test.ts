import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createTransport } from '../../../shared/sdk/transport.ts';

const listen = async (server: ReturnType<typeof createServer>): Promise<string> => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

test('what is sent is let go when the connection is cut: a file that is read for it is closed', async () => {
  const server = createServer((incoming) => {
    incoming.once('data', () => incoming.socket.destroy());
  });
  const url = await listen(server);
  const letGo = Promise.withResolvers<void>();
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
    cancel: () => letGo.resolve(),
  });
  const send = createTransport({ pin: null, timeout: 10_000 });
  await expect(send(url, { method: 'PUT', body, duplex: 'half' })).rejects.toThrow(
    /hang up|EPIPE|reset/iu,
  );
  await letGo.promise;
});

test('a source that fails ends the request', async () => {
  const url = await listen(createServer((incoming) => void incoming.resume()));
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new Error('the disk failed')),
  });
  const send = createTransport({ pin: null, timeout: 10_000 });
  await expect(send(url, { method: 'PUT', body, duplex: 'half' })).rejects.toThrow(
    'the disk failed',
  );
});
