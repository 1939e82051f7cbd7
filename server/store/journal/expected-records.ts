/** What the hashes of some records must be: checkpoints were signed and the snapshot was made of them. */
import { open, type FileHandle } from 'node:fs/promises';

import { checkpointsPath, readCheckpoints, type Checkpoint } from './checkpoints.ts';
import { messageOf } from '../folder/files.ts';
import { readSnapshotEnds, snapshotPath } from '../snapshot/snapshot-format.ts';

export interface JournalProblem {
  readonly file: string;
  /** From 1; none where a whole file, or something between files, is wrong. */
  readonly line?: number | undefined;
  /** One sentence. */
  readonly message: string;
}

export interface ExpectedOptions {
  readonly directory: string;
  /** Checkpoints kept elsewhere, already verified: the newest of them is what a cut tail is found by. */
  readonly checkpoints?: readonly Checkpoint[] | undefined;
  /** Verifies a statement of the folder's own checkpoints; undefined when it is not valid. */
  readonly verify?: ((statement: string) => Checkpoint | undefined) | undefined;
}

export interface Expected extends Checkpoint {
  readonly source: string;
  readonly isCheckpoint: boolean;
}

const fromCheckpoint = ({ seq, hash, era }: Checkpoint): Expected => ({
  seq,
  hash,
  era,
  source: 'a signed checkpoint',
  isCheckpoint: true,
});

const ownCheckpoints = async (
  options: ExpectedOptions,
  problems: JournalProblem[],
): Promise<Expected[]> => {
  const path = checkpointsPath(options.directory);
  const all: Expected[] = [];
  for (const [index, { seq, hash, era, statement }] of (
    await readCheckpoints(options.directory)
  ).entries()) {
    const said = options.verify === undefined ? { seq, hash, era } : options.verify(statement);
    if (said === undefined || said.seq !== seq || said.hash !== hash) {
      const message = `The checkpoint of record ${seq} is not validly signed.`;
      problems.push({ file: path, line: index + 1, message });
    } else {
      all.push(fromCheckpoint(said));
    }
  }
  return all;
};

/** The record that the snapshot was made with. Whether the snapshot itself is whole is not asked here. */
const snapshotTip = async (directory: string, problems: JournalProblem[]): Promise<Expected[]> => {
  const path = snapshotPath(directory);
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    problems.push({ file: path, message: `The snapshot can't be read: ${messageOf(error)}.` });
    return [];
  }
  try {
    const { foot, head } = await readSnapshotEnds(handle, path);
    if (foot.to === 0) return [];
    return [
      { seq: foot.to, hash: foot.hash, era: head.era, source: 'the snapshot', isCheckpoint: false },
    ];
  } catch (error) {
    problems.push({ file: path, message: messageOf(error) });
    return [];
  } finally {
    await handle.close();
  }
};

/** What is expected by the checkpoints that were given, those of the folder, and its snapshot. Adds to `problems`. */
export const readExpected = async (
  options: ExpectedOptions,
  problems: JournalProblem[],
): Promise<readonly Expected[]> => [
  ...(options.checkpoints ?? []).map(fromCheckpoint),
  ...(await ownCheckpoints(options, problems)),
  ...(await snapshotTip(options.directory, problems)),
];

/** The same by the record that it is expected of. */
export const bySeq = (all: readonly Expected[]): Map<number, Expected[]> => {
  const map = new Map<number, Expected[]>();
  for (const one of all) map.set(one.seq, [...(map.get(one.seq) ?? []), one]);
  return map;
};
