/**
 * DATA/releases: the files of releases, each named by its checksum. They stream in and out, so that
 * the largest takes no more memory than the smallest; a file is there whole or not at all.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../shared/result.ts';
import { errorCode, isDiskFull, syncDirectory } from './files.ts';
import { writeAll } from './journal-file.ts';
import { StoreError } from './store.ts';

export interface ExpectedFile {
  /** Hex. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** Why a file was not taken: it stopped early, or is not the one that was announced. */
export type NotReceived = 'cut-off' | 'mismatch';

export interface ReleaseFiles {
  /** Takes a file in. @throws StoreError `insufficient-storage` */
  receive(
    source: ReadableStream<Uint8Array>,
    expected: ExpectedFile,
  ): Promise<Result<null, NotReceived>>;
  /** Takes a file of this machine in, and says what it is. @throws StoreError `insufficient-storage` */
  adopt(path: string): Promise<ExpectedFile>;
  /** Whether the file is there in full length. */
  has(file: ExpectedFile): Promise<boolean>;
  /** The bytes from `from` up to, without, `to`. Nothing is opened before the first are asked for. */
  read(sha256: string, from: number, to: number): ReadableStream<Uint8Array>;
  /** Removes it; a file that is not there is no error. */
  remove(sha256: string): Promise<void>;
}

const chunkSize = 256 * 1024;
/** Room that is left to the journal: a release must not stop the server. Bytes. */
const reserve = 256 * 1024 * 1024;
const unfinished = /\.part$/u;

const diskFull = (cause?: unknown): StoreError =>
  new StoreError('insufficient-storage', 'The disk has no room for this file.', { cause });

const checkRoom = async (directory: string, size: number): Promise<void> => {
  const { bavail, bsize } = await statfs(directory);
  if (bavail * bsize < size + Math.min(reserve, size)) throw diskFull();
};

/** Copies to the file as far as it goes; `cut-off` when the source fails before its end. */
const copy = async (
  source: ReadableStream<Uint8Array>,
  handle: FileHandle,
  expected: ExpectedFile,
): Promise<Result<null, NotReceived>> => {
  const hash = createHash('sha256');
  const reader = source.getReader();
  let size = 0;
  try {
    for (;;) {
      const next = await reader.read().catch(() => undefined);
      if (next === undefined) return fail('cut-off');
      if (next.done) break;
      const chunk = next.value;
      if (size + chunk.length > expected.size) return fail('mismatch');
      hash.update(chunk);
      await writeAll(handle, chunk, size);
      size += chunk.length;
    }
  } finally {
    // What is left of a file that is not wanted is not read to its end.
    await reader.cancel().catch(() => undefined);
  }
  if (size < expected.size) return fail('cut-off');
  return hash.digest('hex') === expected.sha256 ? ok(null) : fail('mismatch');
};

const streamOf = (path: string, from: number, to: number): ReadableStream<Uint8Array> => {
  let handle: FileHandle | undefined;
  let at = from;
  const close = async (): Promise<void> => {
    const open = handle;
    handle = undefined;
    await open?.close();
  };
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        handle ??= await open(path, 'r');
        const buffer = new Uint8Array(Math.min(chunkSize, to - at));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
        at += bytesRead;
        if (bytesRead > 0) controller.enqueue(buffer.subarray(0, bytesRead));
        if (at < to && bytesRead > 0) return;
        await close();
        if (at < to) controller.error(new Error(`${path} is shorter than it should be`));
        else controller.close();
      },
      cancel: close,
    },
    { highWaterMark: 0 },
  );
};

const describe = async (path: string): Promise<ExpectedFile> => {
  const { size } = await stat(path);
  const hash = createHash('sha256');
  for await (const chunk of streamOf(path, 0, size)) hash.update(chunk);
  return { size, sha256: hash.digest('hex') };
};

/** The releases of a data folder; the folder is made by the first file. */
export const openReleaseFiles = (dataDirectory: string): ReleaseFiles => {
  const directory = join(dataDirectory, 'releases');
  const pathOf = (sha256: string): string => join(directory, sha256);
  let prepared: Promise<void> | undefined;

  /** Makes the folder, and drops what an earlier process left half-done. */
  const prepare = async (): Promise<void> => {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const left = (await readdir(directory)).filter((name) => unfinished.test(name));
    await Promise.all(left.map((name) => rm(join(directory, name), { force: true })));
  };

  const receive = async (
    source: ReadableStream<Uint8Array>,
    expected: ExpectedFile,
  ): Promise<Result<null, NotReceived>> => {
    await (prepared ??= prepare());
    await checkRoom(directory, expected.size);
    const part = `${pathOf(expected.sha256)}.${randomBytes(8).toString('hex')}.part`;
    const handle = await open(part, 'wx', 0o600);
    try {
      const copied = await copy(source, handle, expected);
      if (!copied.ok) return copied;
      await handle.sync();
      await rename(part, pathOf(expected.sha256));
      await syncDirectory(directory);
      return copied;
    } finally {
      await handle.close();
      await rm(part, { force: true });
    }
  };

  const takeIn: ReleaseFiles['receive'] = async (source, expected) => {
    try {
      return await receive(source, expected);
    } catch (error) {
      await source.cancel().catch(() => undefined);
      throw isDiskFull(error) ? diskFull(error) : error;
    }
  };

  const has: ReleaseFiles['has'] = async ({ sha256, size }) => {
    try {
      return (await stat(pathOf(sha256))).size === size;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return false;
      throw error;
    }
  };

  return {
    receive: takeIn,
    adopt: async (path) => {
      const file = await describe(path);
      if (!(await has(file))) {
        const taken = await takeIn(streamOf(path, 0, file.size), file);
        if (!taken.ok) throw new Error(`${path} changed while it was read`);
      }
      return file;
    },
    has,
    read: (sha256, from, to) => streamOf(pathOf(sha256), from, to),
    remove: (sha256) => rm(pathOf(sha256), { force: true }),
  };
};
