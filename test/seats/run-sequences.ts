/** Runs many sequences, several at once over one portal, and prints how to run a failed one again. */
import * as fc from 'fast-check';
import { Model } from './model.ts';
import type { SeatPortal } from './portal.ts';
import { steps, type Step } from './commands.ts';
import { World } from './world.ts';

/** So many steps make a sequence that counts. */
export const longEnough = 30;
const most = 80;

/** What a license starts with. */
const aStart = fc.record({
  seats: fc.integer({ min: 1, max: 3 }),
  floating: fc.boolean(),
  leaseHours: fc.constantFrom(1, 72),
});

export interface Ran {
  sequences: number;
  /** Of them with at least `longEnough` steps. */
  long: number;
  steps: number;
}

export interface RunOptions {
  readonly seed: number;
  /** So many long sequences. */
  readonly wanted: number;
  /** Where a failed run is to be repeated from. */
  readonly path?: string | undefined;
  /** Which of its steps to run. */
  readonly replay?: string | undefined;
  readonly onProgress?: ((ran: Ran) => void) | undefined;
}

/** Runs one sequence on a license of its own. */
const runOne = async (
  portal: SeatPortal,
  start: { readonly seats: number; readonly floating: boolean; readonly leaseHours: number },
  commands: Iterable<Step>,
): Promise<World> => {
  const time = portal.server.time.now;
  const model = new Model(start.seats, time);
  const { floating, leaseHours } = start;
  const license = await portal.license(
    portal.depsAt(() => time),
    start.seats,
    { floating, leaseHours },
  );
  const world = new World(portal, license, model);
  await fc.asyncModelRun(() => ({ model: {}, real: world }), commands);
  return world;
};

/** @throws the shortest sequence that fails, and how to run it again */
const report = <T>(details: fc.RunDetails<T>): void => {
  if (!details.failed) return;
  const text = fc.defaultReportMessage(details) ?? '';
  const replay = /replayPath="([^"]*)"/u.exec(text)?.[1] ?? '';
  const { seed, counterexamplePath } = details;
  throw new Error(
    `${text}\n\nAgain: LICET_SEED=${seed} LICET_PATH=${counterexamplePath} LICET_REPLAY=${replay} npm run test:seats`,
    { cause: details.errorInstance },
  );
};

/**
 * Runs sequences until so many were long. @throws fast-check's report of the shortest sequence that fails,
 * with the seed and path that repeat it.
 */
export const runSequences = async (portal: SeatPortal, options: RunOptions): Promise<Ran> => {
  const ran: Ran = { sequences: 0, long: 0, steps: 0 };
  const replay = options.replay === undefined ? {} : { replayPath: options.replay };
  const property = fc.asyncProperty(
    aStart,
    fc.commands([...steps], { maxCommands: most, size: 'max', ...replay }),
    async (start, commands) => {
      const world = await runOne(portal, start, commands as Iterable<Step>);
      ran.sequences += 1;
      ran.steps += world.steps;
      if (world.steps >= longEnough) ran.long += 1;
      options.onProgress?.(ran);
    },
  );
  const { seed, path } = options;
  if (path !== undefined) {
    report(await fc.check(property, { seed, path, endOnFailure: true }));
    return ran;
  }
  // Several at once share the syncs of the store; each has seeds of its own.
  const lanes = 8;
  const runs = 10;
  let failed = false;
  const lane = async (first: number): Promise<void> => {
    for (let next = first; ran.long < options.wanted && !failed; next += lanes) {
      const details = await fc.check(property, { seed: next, numRuns: runs });
      failed ||= details.failed;
      report(details);
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, at) => lane(seed + at)));
  return ran;
};
