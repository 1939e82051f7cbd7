/**
 * How long a start takes, in milliseconds by the clock, and the memory that is resident then, in bytes. And
 * how long until a first change is durable that has to ask an index, which is made by then.
 */
import { collections } from '../../../server/collections.ts';
import { seatKey } from '../../../server/domain/index-keys.ts';
import { openStore } from '../../../server/store/folder/open-store.ts';
import { licenseId, makeActivation, silent } from './seed.ts';

export interface StartResult {
  readonly start: number;
  readonly firstChange: number;
  readonly rss: number;
  /** The same after that change: with the indexes. */
  readonly rssIndexed: number;
}

const [directory = ''] = process.argv.slice(2);
const started = performance.now();
const store = await openStore({
  directory,
  schema: collections,
  now: Date.now,
  log: silent,
});
const start = performance.now() - started;
const { rss } = process.memoryUsage();
await store.transact({ id: 'acc_1', from: '192.0.2.1' }, async (transaction) => {
  const used = await transaction.activations.count('seat', seatKey(licenseId(0), 1));
  const activation = makeActivation(licenseId(0), Date.now());
  transaction.activations.put(activation);
  transaction.record({
    action: 'activation.create',
    target: activation.id,
    outcome: 'ok',
    details: { used },
  });
});
const firstChange = performance.now() - started;
const result: StartResult = {
  start,
  firstChange,
  rss,
  rssIndexed: process.memoryUsage().rss,
};
process.stdout.write(JSON.stringify(result));
// As a crash would: each start is of the same snapshot.
process.exit();
