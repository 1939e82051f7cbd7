/**
 * Files that come in, each growing as SHA256.part until it is whole. One that broke off stays for a week, so
 * that its sender can go on where it stopped; the checksum is always that of the whole.
 */
import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../shared/result.ts';
import { errorCode, isDiskFull, makeDirectory, syncDirectory } from '../store/folder/files.ts';
import { writeAll } from '../store/journal/journal-file.ts';
import { StoreError } from '../store/store.ts';

export interface ExpectedFile {
  /** Hex. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** Why a file was not taken: it stopped early, is not the one that was announced, or begins after what is here. */
export type NotReceived = 'cut-off' | 'mismatch' | 'gap';

export interface Receiver {
  /** Takes a file in from a byte on, of which those before must be here. @throws StoreError `insufficient-storage` */
  receive(
    source: ReadableStream<Uint8Array>,
    expected: ExpectedFile,
    from?: number,
  ): Promise<Result<null, NotReceived>>;
  /** How many bytes of a file that broke off are here; always less than all. */
  received(expected: ExpectedFile): Promise<number>;
  /** Stops what still comes of a file, and removes what came. */
  forget(sha256: string): Promise<void>;
}

const chunkSize = 256 * 1024;
/** Room that is left to the journal: a release must not stop the server. Bytes. */
const reserve = 256 * 1024 * 1024;
const week = 7 * 86_400_000;

const diskFull = (cause?: unknown): StoreError =>
  new StoreError('insufficient-storage', 'The disk has no room for this file.', { cause });

const checkRoom = async (directory: string, size: number): Promise<void> => {
  const { bavail, bsize } = await statfs(directory);
  if (bavail * bsize < size + Math.min(reserve, size)) throw diskFull();
};

/** Drops what nobody went on with. The clock of the file system is the machine's own. */
const dropOld = async (directory: string): Promise<void> => {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    if (!name.endsWith('.part')) continue;
    const isOld = Date.now() - (await stat(path)).mtimeMs > week;
    if (isOld || !/^[0-9a-f]{64}\.part$/u.test(name)) await rm(path, { force: true });
  }
};

const hashStart = async (hash: Hash, handle: FileHandle, end: number): Promise<void> => {
  const buffer = new Uint8Array(chunkSize);
  for (let at = 0; at < end;) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(chunkSize, end - at), at);
    if (bytesRead === 0) throw new Error('What came of a file has become shorter.');
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
};

/** Copies to the file from a byte on; `cut-off` when the source fails, or ends, before the end of the file. */
const copy = async (
  reader: ReadableStreamDefaultReader<Uint8Array>,
  handle: FileHandle,
  expected: ExpectedFile,
  from: number,
): Promise<Result<null, NotReceived>> => {
  const hash = createHash('sha256');
  await hashStart(hash, handle, from);
  let size = from;
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
  if (size < expected.size) return fail('cut-off');
  return hash.digest('hex') === expected.sha256 ? ok(null) : fail('mismatch');
};

/** Takes files into a folder, which is made by the first. */
export const createReceiver = (directory: string): Receiver => {
  const partOf = (sha256: string): string => join(directory, `${sha256}.part`);
  const underWay = new Map<string, () => Promise<unknown>>();
  let isTidy = false;

  /** Each time: what could not be done for one file may be possible for the next. */
  const prepare = async (): Promise<void> => {
    await makeDirectory(directory);
    if (isTidy) return;
    await dropOld(directory);
    isTidy = true;
  };

  const stopAll = async (sha256: string): Promise<void> => {
    for (let stop = underWay.get(sha256); stop; stop = underWay.get(sha256)) await stop();
  };

  const grow = async (
    reader: ReadableStreamDefaultReader<Uint8Array>,
    expected: ExpectedFile,
    from: number,
  ): Promise<Result<null, NotReceived>> => {
    const part = partOf(expected.sha256);
    await checkRoom(directory, expected.size - from);
    const handle = await open(part, constants.O_RDWR | constants.O_CREAT, 0o600);
    // What a wrong file or a full disk leaves is of no use; what broke off is.
    let isKept = false;
    try {
      if ((await handle.stat()).size < from) {
        isKept = true;
        return fail('gap');
      }
      await handle.truncate(from);
      const copied = await copy(reader, handle, expected, from);
      isKept = !copied.ok && copied.error === 'cut-off';
      if (!copied.ok) return copied;
      await handle.sync();
      await rename(part, join(directory, expected.sha256));
      await syncDirectory(directory);
      return copied;
    } finally {
      const isEmpty = isKept && (await handle.stat()).size === 0;
      await handle.close();
      if (!isKept || isEmpty) await rm(part, { force: true });
    }
  };

  return {
    receive: async (source, expected, from = 0) => {
      const { sha256 } = expected;
      const reader = source.getReader();
      try {
        await prepare();
        // The newest goes on: of an earlier one the connection may be dead, and not known to be.
        await stopAll(sha256);
        const growing = grow(reader, expected, from);
        const stop = async () => {
          await reader.cancel().catch(() => undefined);
          await growing.catch(() => undefined);
        };
        underWay.set(sha256, stop);
        try {
          return await growing;
        } finally {
          if (underWay.get(sha256) === stop) underWay.delete(sha256);
        }
      } catch (error) {
        throw isDiskFull(error) ? diskFull(error) : error;
      } finally {
        // What is left of a file that is not wanted is not read to its end.
        await reader.cancel().catch(() => undefined);
      }
    },
    received: async ({ sha256, size }) => {
      try {
        return Math.max(0, Math.min((await stat(partOf(sha256))).size, size - 1));
      } catch (error) {
        if (errorCode(error) === 'ENOENT') return 0;
        throw error;
      }
    },
    forget: async (sha256) => {
      await stopAll(sha256);
      await rm(partOf(sha256), { force: true });
    },
  };
};
