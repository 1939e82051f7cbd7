/** How long a start takes, in milliseconds, and the memory that is resident then, in bytes. */
import { collections } from '../../server/collections.ts';
import { openStore } from '../../server/store/open-store.ts';

const [directory = ''] = process.argv.slice(2);
const nothing = (): void => undefined;
const started = performance.now();
const store = await openStore({
  directory,
  schema: collections,
  now: Date.now,
  log: { info: nothing, warn: nothing, error: nothing },
});
const open = performance.now() - started;
const { rss } = process.memoryUsage();
process.stdout.write(
  JSON.stringify({ open, rss, count: await store.read((reader) => reader.activations.count()) }),
);
await store.close();
