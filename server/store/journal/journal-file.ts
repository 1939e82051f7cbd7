/** The journal's files: `journal/<first seq, 12 digits>.jsonl`, appended to and rolled by size. */
import { constants } from 'node:fs';
import { open, readdir, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

import { errorCode, makeDirectory, syncDirectory } from '../folder/files.ts';

export interface Segment {
  /** The seq of its first record. */
  readonly first: number;
  readonly path: string;
}

export const journalFolder = (directory: string): string => join(directory, 'journal');

export const segmentPath = (directory: string, first: number): string =>
  join(journalFolder(directory), `${String(first).padStart(12, '0')}.jsonl`);

const segmentName = /^(\d{12,})\.jsonl$/u;

/** The segments in order; none when there is no journal. Other files in the folder are left alone. */
export const listSegments = async (directory: string): Promise<Segment[]> => {
  let names: string[];
  try {
    names = await readdir(journalFolder(directory));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
  return names
    .map((name) => ({ name, match: segmentName.exec(name) }))
    .filter(({ match }) => match !== null)
    .map(({ name, match }) => ({
      first: Number(match?.[1]),
      path: join(journalFolder(directory), name),
    }))
    .sort((a, b) => a.first - b.first);
};

/** Opens a segment for writing at any position (so never with O_APPEND); makes it if need be. */
export const openSegment = (path: string): Promise<FileHandle> =>
  open(path, constants.O_RDWR | constants.O_CREAT, 0o600);

/** Makes an empty segment and sees to it that it is still there after a power cut. */
export const makeSegment = async (directory: string, first: number): Promise<FileHandle> => {
  await makeDirectory(journalFolder(directory));
  const path = segmentPath(directory, first);
  const handle = await openSegment(path);
  try {
    await syncDirectory(journalFolder(directory));
    return handle;
  } catch (error) {
    await handle.close();
    await rm(path, { force: true });
    throw error;
  }
};

/** The segment that is written to, and how many of its bytes are known to be durable. */
export interface ActiveSegment {
  readonly handle: FileHandle;
  readonly first: number;
  readonly size: number;
}

/** Writes all of the bytes at the position, in as many calls as it takes. */
export const writeAll = async (
  handle: FileHandle,
  bytes: Uint8Array,
  position: number,
): Promise<void> => {
  for (let written = 0; written < bytes.length;) {
    const { bytesWritten } = await handle.write(
      bytes,
      written,
      bytes.length - written,
      position + written,
    );
    written += bytesWritten;
  }
};
