/** The first and the last line of a snapshot (see snapshot.ts), and where it is. */
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

import { errorCode } from '../folder/files.ts';
import { damaged } from '../folder/damaged.ts';
import { StoreError } from '../store.ts';

const formatVersion = 1;
const headEnd = ',"collections":{';

export interface SnapshotHead {
  readonly schemaVersion: number;
  readonly era: number;
}

export interface SnapshotFoot {
  /** Everything up to this seq is in it for certain. */
  readonly from: number;
  /** Some of what came up to this seq is in it. */
  readonly to: number;
  /** The hash of the record `to`. */
  readonly hash: string;
}

export const snapshotPath = (directory: string): string => join(directory, 'db.json');

/** The last line, whole. */
export interface SealedFoot extends SnapshotFoot {
  readonly documents: number;
  /** Hex SHA-256 of all lines before, and of this one without its checksum. */
  readonly checksum: string;
}

/** The first line of a snapshot, without its newline. */
export const headText = ({ schemaVersion, era }: SnapshotHead): string =>
  `${JSON.stringify({ licet: formatVersion, schemaVersion, era }).slice(0, -1)}${headEnd}`;

/** The last line without its checksum, as the checksum covers it. */
export const footText = ({
  from,
  to,
  hash,
  documents,
}: SnapshotFoot & { documents: number }): string => JSON.stringify({ from, to, hash, documents });

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0;

/** Reads a first line. Throws `StoreError`: `damaged`, or `newer-version` of the format. */
export const parseHead = (line: string, path: string): SnapshotHead => {
  const head = line.endsWith(headEnd)
    ? parseObject(`${line.slice(0, -headEnd.length)}}`)
    : undefined;
  const { licet, schemaVersion, era } = head ?? {};
  if (!isCount(licet) || !isCount(schemaVersion) || !isCount(era)) {
    throw damaged(path, 'this is not the beginning of a snapshot', 1);
  }
  if (licet > formatVersion) throw newer(path);
  return { schemaVersion, era };
};

/** The `StoreError` for what a newer program wrote. */
export const newer = (path: string): StoreError =>
  new StoreError(
    'newer-version',
    `${path} was written by a newer version of licet. Nothing was changed. Install that version, or restore a backup of this one into another folder.`,
  );

const parseObject = (text: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
};

/** Reads a last line; undefined for any other. */
export const parseFoot = (line: string): SealedFoot | undefined => {
  const foot = line.startsWith('},') ? parseObject(`{${line.slice(2)}`) : undefined;
  const { from, to, hash, documents, checksum } = foot ?? {};
  return typeof from === 'number' &&
    typeof to === 'number' &&
    typeof documents === 'number' &&
    typeof hash === 'string' &&
    typeof checksum === 'string'
    ? { from, to, hash, documents, checksum }
    : undefined;
};

/** What the ends of an open snapshot say, and where its last line starts. */
export interface SnapshotEnds {
  readonly head: SnapshotHead;
  readonly foot: SealedFoot;
  readonly size: number;
  readonly footStart: number;
}

const endBytes = 4096;

/** Reads the first and the last line only. Throws `StoreError`. */
export const readSnapshotEnds = async (handle: FileHandle, path: string): Promise<SnapshotEnds> => {
  const { size } = await handle.stat();
  const first = await handle.read(Buffer.alloc(endBytes), 0, endBytes, 0);
  const head = parseHead(
    first.buffer.toString('utf8', 0, first.bytesRead).split('\n')[0] ?? '',
    path,
  );
  const start = Math.max(size - endBytes, 0);
  const last = await handle.read(Buffer.alloc(endBytes), 0, endBytes, start);
  const bytes = last.buffer.subarray(0, last.bytesRead);
  const newline = bytes.subarray(0, -1).lastIndexOf(10);
  const foot =
    bytes.at(-1) === 10 ? parseFoot(bytes.toString('utf8', newline + 1).trimEnd()) : undefined;
  if (foot === undefined) throw damaged(path, 'the snapshot is cut off');
  return { head, foot, size, footStart: start + newline + 1 };
};

/** Reads the first line of a snapshot; undefined where there is none. Throws `StoreError`. */
export const readSnapshotHead = async (directory: string): Promise<SnapshotHead | undefined> => {
  const path = snapshotPath(directory);
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, 0);
    return parseHead(buffer.toString('utf8', 0, bytesRead).split('\n')[0] ?? '', path);
  } finally {
    await handle.close();
  }
};
