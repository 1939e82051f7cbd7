/** How long a start takes, in milliseconds by the clock and of the processor, and the memory that is resident then, in bytes. */
import { collections } from '../../server/collections.ts';
import { openStore } from '../../server/store/open-store.ts';

const [directory = ''] = process.argv.slice(2);
const nothing = (): void => undefined;
const before = process.threadCpuUsage();
const started = performance.now();
const store = await openStore({
  directory,
  schema: collections,
  now: Date.now,
  log: { info: nothing, warn: nothing, error: nothing },
});
const open = performance.now() - started;
const { user, system } = process.threadCpuUsage(before);
const cpu = (user + system) / 1000;
const { rss } = process.memoryUsage();
process.stdout.write(
  JSON.stringify({
    open,
    cpu,
    rss,
    count: await store.read((reader) => reader.activations.count()),
  }),
);
await store.close();
