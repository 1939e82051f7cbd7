/**
 * DATA/releases: the files of releases, each named by its checksum. They stream in and out, so that
 * the largest takes no more memory than the smallest; a file is there whole or not at all.
 */
import { createHash } from 'node:crypto';
import { open, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../store/folder/files.ts';
import { createOneAtATime, type OneAtATime } from './one-at-a-time.ts';
import { createReceiver, type ExpectedFile, type Receiver } from './receive-file.ts';

export type { ExpectedFile, NotReceived } from './receive-file.ts';

export interface ReleaseFiles extends Pick<Receiver, 'receive' | 'received'> {
  /** Takes a file of this machine in, and says what it is. @throws StoreError `insufficient-storage` */
  adopt(path: string): Promise<ExpectedFile>;
  /** Whether the file is there in full length. */
  has(file: ExpectedFile): Promise<boolean>;
  /** The bytes from `from` up to, without, `to`. Nothing is opened before the first are asked for. */
  read(sha256: string, from: number, to: number): ReadableStream<Uint8Array>;
  /** Removes it, also while it arrives; a file that is not there is no error. */
  remove(sha256: string): Promise<void>;
  /**
   * Runs work that goes by whether a file is here: one piece after the other for the same file, so that
   * none is removed between the look and what is stored about it.
   */
  readonly alone: OneAtATime;
}

const chunkSize = 256 * 1024;
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
  const receiver = createReceiver(directory);
  const pathOf = (sha256: string): string => join(directory, sha256);
  const has: ReleaseFiles['has'] = async ({ sha256, size }) => {
    try {
      return (await stat(pathOf(sha256))).size === size;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return false;
      throw error;
    }
  };

  return {
    receive: (source, file, from) => receiver.receive(source, file, from),
    received: (file) => receiver.received(file),
    adopt: async (path) => {
      const file = await describe(path);
      if (!(await has(file))) {
        const taken = await receiver.receive(streamOf(path, 0, file.size), file);
        if (!taken.ok) throw new Error(`${path} changed while it was read`);
      }
      return file;
    },
    has,
    read: (sha256, from, to) => streamOf(pathOf(sha256), from, to),
    alone: createOneAtATime(),
    remove: async (sha256) => {
      await receiver.forget(sha256);
      await rm(pathOf(sha256), { force: true });
    },
  };
};
