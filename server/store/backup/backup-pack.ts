/** What is in a backup, in which order, and its verification on the way. */
import { createHash } from 'node:crypto';
import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';

import { archiveNoteName, readArchiveNote } from '../journal/archive-note.ts';
import { readCheckpoints } from '../journal/checkpoints.ts';
import { damaged } from '../folder/damaged.ts';
import { createSlices } from '../folder/files.ts';
import { listSegments, type Segment } from '../journal/journal-file.ts';
import { readLines } from '../journal/lines.ts';
import { offsetOf } from '../journal/read-journal.ts';
import { decodeRecord, followChain, type ChainPosition } from '../journal/record.ts';
import { footText, snapshotPath, type SnapshotEnds } from '../snapshot/snapshot-format.ts';
import { tarEnd, tarHeader, tarPadding } from './tar.ts';

/** The commit that is backed up, with the snapshot from before it, open. */
export interface Commit {
  readonly snapshot: FileHandle;
  readonly ends: SnapshotEnds;
  readonly seq: number;
}

export interface PackOptions {
  readonly directory: string;
  readonly releases?: boolean | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly commit: Commit;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The first entry, `backup.json`: what the backup is of. */
export interface BackupHead {
  readonly licet: 1;
  readonly at: string;
  readonly seq: number;
  readonly era: number;
  readonly schemaVersion: number;
}

/** The last entry, `manifest.json`: without it, or with a file that doesn't fit it, the backup is damaged. */
export interface Manifest {
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
}

export const headName = 'backup.json';
export const manifestName = 'manifest.json';

/** Of this machine, of this moment, or secret from the backup: the unlock secret is kept elsewhere. */
const leftOut = new Set([
  'checkpoints.jsonl',
  'db.json',
  'lock',
  'lock.json',
  'sealed.json',
  'backups.jsonl',
  'keys/unlock',
]);
const leftOutFolders = new Set(['journal', 'backups', 'set-aside']);

/** Names relative to the folder, with slashes, of all other files that go into a backup. */
const listOthers = async (directory: string, releases: boolean): Promise<string[]> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((name) => {
      const [top = ''] = name.split('/');
      return (
        !leftOut.has(name) &&
        !leftOutFolders.has(top) &&
        !name.endsWith('.tmp') &&
        !(top === 'releases' && name.endsWith('.part')) &&
        (releases || top !== 'releases')
      );
    })
    .sort();
};

type Pieces = AsyncGenerator<Buffer>;

/** The first `size` bytes of a file. */
async function* readBytes(handle: FileHandle, size: number, path: string): Pieces {
  for (let position = 0; position < size;) {
    const piece = Buffer.allocUnsafe(Math.min(1 << 18, size - position));
    const { bytesRead } = await handle.read(piece, 0, piece.length, position);
    if (bytesRead === 0) throw damaged(path, 'the file became shorter while it was backed up');
    position += bytesRead;
    yield piece.subarray(0, bytesRead);
  }
}

/** The snapshot, checked against its own checksum. */
async function* readSnapshotBytes({ snapshot, ends }: Commit, path: string): Pieces {
  const hash = createHash('sha256');
  let left = ends.footStart;
  for await (const piece of readBytes(snapshot, ends.size, path)) {
    hash.update(piece.subarray(0, left));
    left = Math.max(left - piece.length, 0);
    yield piece;
  }
  if (hash.update(footText(ends.foot)).digest('hex') !== ends.foot.checksum) {
    throw damaged(path, 'the checksum of the snapshot does not fit its contents');
  }
}

/** A segment's records up to `end`, each checked and chained to the one before. */
async function* readRecords(
  handle: FileHandle,
  path: string,
  end: number,
  at: ChainPosition,
): Pieces {
  const pause = createSlices(5);
  let number = 0;
  for await (const { lines, raw, terminated } of readLines(handle, 0, end)) {
    for (const line of lines) {
      number += 1;
      const record = terminated ? decodeRecord(line) : 'it has no end';
      const wrong = typeof record === 'string' ? record : followChain(at, record);
      if (wrong !== undefined) throw damaged(path, `this line is damaged (${wrong})`, number);
      await pause();
    }
    yield raw;
    yield Buffer.from('\n');
  }
}

const endOf = async (handle: FileHandle, seq: number): Promise<number> =>
  offsetOf(handle, seq + 1, (await handle.stat()).size);

/** Frames files as tar entries and remembers their hashes. */
const createFramer = (options: PackOptions, total: number) => {
  const files: Record<string, { bytes: number; sha256: string }> = {};
  let done = 0;
  async function* frame(name: string, size: number, pieces: AsyncIterable<Buffer>): Pieces {
    const hash = createHash('sha256');
    yield tarHeader({ name, size, mode: 0o600 }, options.at);
    for await (const piece of pieces) {
      hash.update(piece);
      yield piece;
      done += piece.length;
      options.onProgress?.(done, Math.max(done, total));
    }
    yield tarPadding(size);
    files[name] = { bytes: size, sha256: hash.digest('hex') };
  }
  return { frame, files };
};

type Frame = ReturnType<typeof createFramer>['frame'];

async function* packJournal(segments: readonly Segment[], seq: number, frame: Frame): Pieces {
  const at: ChainPosition = { seq: (segments[0]?.first ?? 1) - 1, hash: undefined };
  for (const { path, first } of segments) {
    if (first !== at.seq + 1) throw damaged(path, `it should begin with record ${at.seq + 1}`);
    const handle = await open(path, 'r');
    try {
      const end = await endOf(handle, seq);
      yield* frame(`journal/${basename(path)}`, end, readRecords(handle, path, end, at));
    } finally {
      await handle.close();
    }
  }
  if (at.seq !== seq) {
    throw damaged(
      segments.at(-1)?.path ?? 'journal',
      `the journal ends with record ${at.seq}, but record ${seq} was stored`,
    );
  }
}

/** The bytes of the backup, uncompressed. Throws `StoreError` `damaged` when the folder is. */
export async function* packFolder(options: PackOptions): Pieces {
  const { directory, commit, at } = options;
  const { era, schemaVersion } = commit.ends.head;
  const segments = (await listSegments(directory)).filter(({ first }) => first <= commit.seq);
  const others = await listOthers(directory, options.releases !== false);
  const paths = [
    ...segments.map(({ path }) => path),
    ...others.map((name) => join(directory, name)),
  ];
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  const total = sizes.reduce((sum, size) => sum + size, commit.ends.size);
  const { frame, files } = createFramer(options, total);

  const head: BackupHead = {
    licet: 1,
    at: new Date(at).toISOString(),
    seq: commit.seq,
    era,
    schemaVersion,
  };
  yield* packText(headName, head, frame);
  yield* frame('db.json', commit.ends.size, readSnapshotBytes(commit, snapshotPath(directory)));
  yield* packJournal(segments, commit.seq, frame);
  yield* packNotes(directory, commit.seq, frame);
  for (const name of others) {
    const path = join(directory, name);
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      yield* frame(name, size, readBytes(handle, size, path));
    } finally {
      await handle.close();
    }
  }
  const manifest: Manifest = { files: { ...files } };
  yield* packText(manifestName, manifest, frame);
  yield tarEnd();
}

/** The checkpoints up to the commit (later ones would speak of records that are not there), and the archive's note. */
async function* packNotes(directory: string, seq: number, frame: Frame): Pieces {
  const checkpoints = (await readCheckpoints(directory)).filter((one) => one.seq <= seq);
  if (checkpoints.length > 0) {
    const lines = checkpoints.map((one) => `${JSON.stringify(one)}\n`).join('');
    yield* packBytes('checkpoints.jsonl', lines, frame);
  }
  const note = await readArchiveNote(directory);
  if (note !== undefined) {
    yield* packBytes(`journal/${archiveNoteName}`, `${JSON.stringify(note)}\n`, frame);
  }
}

async function* packText(name: string, value: unknown, frame: Frame): Pieces {
  yield* packBytes(name, `${JSON.stringify(value, undefined, 2)}\n`, frame);
}

async function* packBytes(name: string, text: string, frame: Frame): Pieces {
  yield* frame(name, Buffer.byteLength(text), pieceOf(text));
}

async function* pieceOf(text: string): Pieces {
  yield Buffer.from(text);
}
