/** 64 clients activate machines, one after the other each; half-way through a snapshot is written. */
import { seatKey } from '../../../server/domain/index-keys.ts';
import { collections } from '../../../server/collections.ts';
import { openStore } from '../../../server/store/folder/open-store.ts';
import { licenseId, licensesOf, makeActivation, silent } from './seed.ts';

export interface LoadResult {
  readonly perSecond: number;
  /** Microseconds of the processor that a change takes on the main thread: what a busy machine can't blur. */
  readonly cpu: number;
  /** Milliseconds from the request to its durable answer. */
  readonly p50: number;
  readonly p99: number;
  /** The longest without a snapshot, and while one is written. */
  readonly worst: number;
  readonly worstInSnapshot: number;
  /** How long the snapshot took. */
  readonly snapshot: number;
}

const clients = 64;
const [directory = '', seconds = '5'] = process.argv.slice(2);
const store = await openStore({
  directory,
  schema: collections,
  now: Date.now,
  log: silent,
});
const licenses = licensesOf(await store.read((reader) => reader.activations.count()));

const activate = (n: number): Promise<void> =>
  store.transact({ id: 'acc_1', from: '192.0.2.1' }, async (transaction) => {
    const license = licenseId(n % licenses);
    const used = await transaction.activations.count('seat', seatKey(license, 1));
    const activation = makeActivation(license, Date.now());
    transaction.activations.put(activation);
    transaction.record({
      action: 'activation.create',
      target: activation.id,
      outcome: 'ok',
      details: { license, used },
    });
  });

/** The times of all requests until the end comes, in milliseconds. */
const run = async (isOver: () => boolean): Promise<number[]> => {
  const times: number[] = [];
  let next = 0;
  const client = async (): Promise<void> => {
    while (!isOver()) {
      const started = performance.now();
      next += 1;
      await activate(next * 7919);
      times.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return times.toSorted((a, b) => a - b);
};

const until = (end: number) => (): boolean => performance.now() >= end;
const at = (times: readonly number[], part: number): number =>
  times[Math.min(Math.floor(times.length * part), times.length - 1)] ?? 0;

// Not measured: the compiler warms up, and the indexes are made.
await run(until(performance.now() + 4000));
const cpuStarted = process.threadCpuUsage();
const started = performance.now();
const times = await run(until(started + Number(seconds) * 1000));
const took = performance.now() - started;
const { user, system } = process.threadCpuUsage(cpuStarted);

let over = false;
const snapshotStarted = performance.now();
const [inSnapshot, snapshot] = await Promise.all([
  run(() => over),
  store.snapshot().then(() => {
    over = true;
    return performance.now() - snapshotStarted;
  }),
]);
const result: LoadResult = {
  perSecond: (times.length / took) * 1000,
  cpu: (user + system) / times.length,
  p50: at(times, 0.5),
  p99: at(times, 0.99),
  worst: at(times, 1),
  worstInSnapshot: at(inSnapshot, 1),
  snapshot,
};
process.stdout.write(JSON.stringify(result));
// Without the last snapshot: the next measurement begins from what was seeded, and a little more.
process.exit();
