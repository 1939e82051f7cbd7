/**
 * Does what the doctor found safe to do, and what it was told to give up. Whatever it takes away is kept
 * in `DATA/set-aside`.
 */
import { chmod } from 'node:fs/promises';

import { diagnose, type Diagnosis } from './doctor.ts';
import type { DoctorOptions, Finding, GiveUp, Remedy } from './finding.ts';
import { giveUp, replaceSnapshot } from './give-up.ts';
import { cutTornTail } from '../folder/load.ts';
import { readLockNote, takeLock, type Lock } from '../folder/lock.ts';
import type { Log } from '../folder/log.ts';
import { rebuild } from '../snapshot/rebuild.ts';
import { createSetAside, type SetAside } from './set-aside.ts';
import { StoreError } from '../store.ts';

export interface RepairOptions extends DoctorOptions {
  readonly log: Log;
  /** Records that may be given up: exactly those that a finding names, or nothing is done. */
  readonly giveUp?: Pick<GiveUp, 'first' | 'last'> | undefined;
}

export interface Repaired {
  readonly finding: Finding;
  /** What was done, in one sentence. */
  readonly done: string;
}

export interface RepairReport {
  readonly repaired: readonly Repaired[];
  /** The folder as it is now, with what is left to decide. */
  readonly after: Diagnosis;
}

const rebuildSnapshot = async (options: RepairOptions, aside: SetAside): Promise<string> => {
  const { directory } = options;
  const result = await rebuild(directory, readLockNote(directory)?.durable ?? 0);
  if ('impossible' in result)
    throw new Error(`The snapshot can't be made anew: ${result.impossible}.`);
  const kept = await replaceSnapshot({ directory, aside }, result);
  return `The snapshot was made anew from the ${result.recovered.seq} records of the journal.${kept === undefined ? '' : ` The damaged one is kept as ${kept}.`}`;
};

const apply = async (options: RepairOptions, remedy: Remedy, aside: SetAside): Promise<string> => {
  switch (remedy.kind) {
    case 'permissions':
      await chmod(remedy.path, remedy.mode);
      return `Its permissions are ${remedy.mode.toString(8)} now.`;
    case 'set-aside':
      return `It was moved to ${await aside.move(remedy.path)}.`;
    case 'cut-tail':
      return `The unfinished write was cut off and is kept as ${await cutTornTail(remedy.torn, options.log)}.`;
    case 'rebuild-snapshot':
      return rebuildSnapshot(options, aside);
  }
};

/** The finding that offers to give up exactly what was named. Throws `StoreError` `damaged` for all else. */
const findOffer = (
  { findings }: Diagnosis,
  named: Pick<GiveUp, 'first' | 'last'>,
): readonly [finding: Finding, offer: GiveUp] => {
  const offers = findings.filter(({ giveUp }) => giveUp !== undefined);
  for (const finding of offers) {
    const offer = finding.giveUp;
    if (offer?.first === named.first && offer.last === named.last) return [finding, offer];
  }
  const could = offers.map(({ giveUp }) => `${giveUp?.first}-${giveUp?.last}`).join(', ');
  throw new StoreError(
    'damaged',
    `Nothing was given up: there is no choice to give up the records ${named.first}-${named.last}. ${could === '' ? 'This folder offers none' : `The choice here is ${could}`}; \`licet doctor\` says what it costs.`,
  );
};

const repairAll = async (
  options: RepairOptions,
  before: Diagnosis,
  chosen: ReturnType<typeof findOffer> | undefined,
  lock: Lock,
): Promise<readonly Repaired[]> => {
  const aside = await createSetAside(options.directory, options.now());
  const repaired: Repaired[] = [];
  for (const finding of before.findings) {
    if (finding.remedy === undefined) continue;
    repaired.push({ finding, done: await apply(options, finding.remedy, aside) });
  }
  if (chosen === undefined) return repaired;
  // The last, since it opens the folder as a server does.
  const [finding, offer] = chosen;
  repaired.push({ finding, done: await giveUp({ ...options, lock, aside }, offer) });
  return repaired;
};

/**
 * Repairs what can be repaired without losing anything, and gives up what was named. The server must be
 * stopped: `StoreError` `in-use` if it isn't.
 */
export const repair = async (options: RepairOptions): Promise<RepairReport> => {
  const before = await diagnose(options);
  const chosen = options.giveUp && findOffer(before, options.giveUp);
  const lock = takeLock(options.directory);
  try {
    const repaired = await repairAll(options, before, chosen, lock);
    lock.release();
    return { repaired, after: await diagnose(options) };
  } finally {
    lock.release();
  }
};
