/**
 * The promise about seats, as a model: whoever asks what, in whatever order, no more seats are held than the
 * license has, and no more machines run than seats and what a release was allowed to leave running.
 * Hundreds of sequences here; 100,000 by `npm run test:seats`, which says how to repeat one that fails.
 */
import { afterAll, expect, test } from 'vitest';
import { openSeatPortal } from './portal.ts';
import { runSequences } from './run-sequences.ts';

const wanted = Number(process.env['LICET_SEATS'] ?? 200);
const seed = Number(process.env['LICET_SEED'] ?? Date.now() % 1_000_000_000);
const path = process.env['LICET_PATH'];
const replay = process.env['LICET_REPLAY'];

let close = async (): Promise<void> => undefined;
afterAll(() => close());

test(
  `no sequence of ${wanted} wins a seat (seed ${seed})`,
  async () => {
    const portal = await openSeatPortal((end) => {
      close = end;
    });
    let told = 0;
    const ran = await runSequences(portal, {
      seed,
      wanted,
      path,
      replay,
      onProgress: ({ long, steps }) => {
        if (long < told + 5000) return;
        told = long;
        process.stdout.write(`${long} of ${wanted} sequences, ${steps} steps (seed ${seed})\n`);
      },
    });
    expect(ran.long).toBeGreaterThanOrEqual(path === undefined ? wanted : 0);
  },
  Math.max(300_000, wanted * 60),
);
