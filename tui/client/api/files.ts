/** Files to and from the server: streamed, resumed, and compared with the checksum that was said. */
import { createHash, type Hash } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Release } from '../../../shared/api/releases.ts';
import { fail, ok } from '../../../shared/result.ts';
import { fileWords } from '../file-words.ts';
import type { Moved } from '../transfer.ts';
import type { Answer, Failure } from './failure.ts';
import { lockPart } from './part-lock.ts';

/** How long work says how far it is, and how it is stopped. */
export interface Work {
  readonly report?: ((moved: Moved) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const chunkSize = 256 * 1024;

/** What is wrong with a file, as a failure. */
export const fileFailure = (file: string, error: unknown): Failure => ({
  kind: 'refused',
  what: fileWords(file, error),
  next: 'Check the name and the folder, then try again.',
});

const stopped: Failure = {
  kind: 'refused',
  what: 'It was stopped.',
  next: 'Run it again to go on where it stopped.',
};

/** Reads the handle from `start` to its end. */
async function* chunksOf(handle: FileHandle, start = 0): AsyncGenerator<Uint8Array> {
  for (let at = start; ;) {
    const { bytesRead, buffer } = await handle.read(new Uint8Array(chunkSize), 0, chunkSize, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

const hashInto = async (hash: Hash, handle: FileHandle): Promise<number> => {
  let size = 0;
  for await (const chunk of chunksOf(handle)) {
    hash.update(chunk);
    size += chunk.length;
  }
  return size;
};

export interface LocalFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
}

/** Size and checksum of a file, read once from beginning to end. */
export const describeFile = async (file: string): Promise<Answer<LocalFile>> => {
  try {
    const handle = await open(file, 'r');
    try {
      const hash = createHash('sha256');
      const size = await hashInto(hash, handle);
      return ok({ name: path.basename(file), size, sha256: hash.digest('hex') });
    } finally {
      await handle.close();
    }
  } catch (error) {
    return fail(fileFailure(file, error));
  }
};

/** The file from a byte on, as a stream that says how far it is read. */
export const streamFile = (
  file: string,
  from: number,
  total: number,
  work: Work,
): ReadableStream<Uint8Array> & AsyncIterable<Uint8Array> =>
  ReadableStream.from(
    (async function* () {
      const handle = await open(file, 'r');
      try {
        let done = from;
        for await (const chunk of chunksOf(handle, from)) {
          yield chunk;
          done += chunk.length;
          work.report?.({ done, total });
        }
      } finally {
        await handle.close();
      }
    })(),
  );

/** Asks for the file from a byte on; the entity tag keeps a resumed one from being another file. */
export type OpenFile = (from: number, signal: AbortSignal | undefined) => Promise<Answer<Response>>;

const receive = async (
  response: Response,
  handle: FileHandle,
  start: number,
  release: Release,
  work: Work,
): Promise<Failure | null> => {
  let done = start;
  try {
    for await (const chunk of response.body ?? []) {
      // All of it: a single write may take less, as on a disk that becomes full.
      await handle.writeFile(chunk);
      done += chunk.length;
      work.report?.({ done, total: release.size });
    }
  } catch (error) {
    if (work.signal?.aborted === true) return stopped;
    return {
      kind: 'refused',
      what: `The download broke off after ${done} of ${release.size} bytes (${error instanceof Error ? error.message : String(error)}).`,
      next: 'Run it again to go on where it stopped.',
    };
  }
  return null;
};

const wrongContent = (file: string): Failure => ({
  kind: 'refused',
  what: `What arrived is not ${file} as it was published: its checksum differs. It was deleted.`,
  next: 'Download it again; if it happens again, tell the operator of the server.',
});

/** Continues what an earlier download left in `part`, else begins anew. */
const fetchInto = async (
  part: string,
  release: Release,
  openFile: OpenFile,
  work: Work,
): Promise<Failure | null> => {
  // Never shared with others before it is whole: 0600 until then.
  const handle = await open(part, 'a+', 0o600);
  try {
    let start = (await handle.stat()).size;
    if (start > release.size) start = 0;
    if (start < release.size || release.size === 0) {
      const answer = await openFile(start, work.signal);
      if (!answer.ok) return answer.error;
      // Not the part that was asked for: the whole comes, from the beginning.
      if (answer.value.status !== 206) start = 0;
      if (start === 0) await handle.truncate(0);
      const broken = await receive(answer.value, handle, start, release, work);
      if (broken) return broken;
    }
    await handle.sync();
    // Read from the disk: another program may have written there too.
    const hash = createHash('sha256');
    await hashInto(hash, handle);
    if (hash.digest('hex') === release.sha256) return null;
    await rm(part, { force: true });
    return wrongContent(release.fileName);
  } finally {
    await handle.close();
  }
};

const isFolder = async (target: string): Promise<boolean> =>
  stat(target).then(
    (found) => found.isDirectory(),
    () => false,
  );

/**
 * Downloads a release into a folder, or to a file name. It grows as FILE.part, which a later call
 * resumes, and gets its name once the file on disk has the published checksum. A second download into the
 * same file is refused meanwhile. Gives its path.
 */
export const downloadFile = async (
  release: Release,
  target: string,
  openFile: OpenFile,
  work: Work = {},
): Promise<Answer<string>> => {
  // The name comes from a server: only its last part counts.
  const name = path.basename(release.fileName.replaceAll('\\', '/'));
  const file = path.resolve((await isFolder(target)) ? path.join(target, name) : target);
  const part = `${file}.part`;
  try {
    const known = await describeFile(file);
    if (known.ok && known.value.sha256 === release.sha256) return ok(file);
    if (known.ok) {
      return fail({
        kind: 'refused',
        what: `${file} is there already, and is another file.`,
        next: 'Move it away, or give another name with --out.',
      });
    }
    const lock = await lockPart(part);
    if (!lock.ok) return lock;
    try {
      const broken = await fetchInto(part, release, openFile, work);
      if (broken) return fail(broken);
      await rename(part, file);
      return ok(file);
    } finally {
      await lock.value();
    }
  } catch (error) {
    return fail(fileFailure(file, error));
  }
};
