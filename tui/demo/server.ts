/**
 * The server of `licet demo`: a child process that ends when its parent does, for whatever reason, and
 * then removes all that it wrote. The channel between the two closes even when the parent is killed.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { version } from '../version.ts';
import { createClock } from './clock.ts';
import { runMachines } from './machines.ts';
import type { DemoMessage } from './protocol.ts';
import { seed } from './seed.ts';
import { day, people, signInText } from './story.ts';

/** How far back the sample history begins, in days. */
const historyDays = 160;

const tell = (message: DemoMessage): void => {
  if (process.connected) process.send?.(message);
};

/** Runs to the end of the parent, or to a signal. */
export const runDemoServer = async (port: number): Promise<void> => {
  const [{ initData }, { serve }, { exportTrust }, { createLogger }] = await Promise.all([
    import('../../server/system/maintenance/init.ts'),
    import('../../server/main.ts'),
    import('../../server/system/keys/manage-keys.ts'),
    import('../../server/system/logger.ts'),
  ]);
  const ended = Promise.withResolvers<undefined>();
  process.once('disconnect', () => ended.resolve(undefined));
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => ended.resolve(undefined));

  const directory = await mkdtemp(path.join(tmpdir(), 'licet-demo-'));
  const data = path.join(directory, 'data');
  const clock = createClock(historyDays * day);
  const log = createLogger('error');
  try {
    await initData({
      directory: data,
      operatorEmail: people.operator.email,
      operatorName: 'Olu the operator',
      operatorPassword: people.operator.password,
      log,
      now: clock.now,
    });
    const server = await serve({
      directory: data,
      version,
      flags: {
        listen: `127.0.0.1:${port}`,
        name: 'Meridian (demo)',
        supportContact: 'licenses@meridian.example',
      },
      demo: { text: signInText },
      log,
      now: clock.now,
    });
    try {
      const stage = {
        server: server.url,
        clock,
        folder: path.join(directory, 'machines'),
        roots: JSON.stringify(await exportTrust(data)),
      };
      await Promise.race([seed(stage), ended.promise]);
      const stop = runMachines(stage);
      tell({ kind: 'ready', url: server.url, directory });
      await ended.promise;
      stop();
    } finally {
      await server.close();
    }
  } catch (error) {
    tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
    process.exitCode = 1;
  } finally {
    await rm(directory, { recursive: true, force: true });
    if (process.connected) process.disconnect?.();
  }
};
