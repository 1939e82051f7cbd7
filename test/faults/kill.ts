/** kill -9 in a loop under load. */
import { createLedger } from './ledger.ts';
import { spawnChild, untilDone } from './spawn-child.ts';

export interface KillReport {
  readonly kills: number;
  readonly acknowledged: number;
  readonly problems: readonly string[];
  /** The longest time from the start of a process to its first word, in milliseconds. */
  readonly slowestStart: number;
}

/** Kills a loaded process again and again, each time somewhere else, and checks the folder after each. */
export const killInALoop = async (directory: string, kills: number): Promise<KillReport> => {
  const ledger = createLedger();
  const problems: string[] = [];
  let slowestStart = 0;
  for (let kill = 0; kill < kills && problems.length === 0; kill += 1) {
    const started = performance.now();
    const child = spawnChild({
      directory,
      mode: 'load',
      clients: 8,
      padding: 300,
      // So small that segments roll and snapshots are written all the time.
      sizes: { segment: 40_000, snapshot: 100_000 },
    });
    await child.until(([word]) => word === 'open');
    slowestStart = Math.max(slowestStart, performance.now() - started);
    await untilDone(child, 1 + ((kill * 37) % 211));
    await child.kill();
    ledger.add(child.said);
    problems.push(...(await ledger.check(directory)));
  }
  return { kills, acknowledged: ledger.acknowledged(), problems, slowestStart };
};
