/** Puts a backup into a new folder, verifies all of it, and raises the era. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

import { headName, manifestName, type BackupHead, type Manifest } from './backup-pack.ts';
import { errorCode, isDiskFull, messageOf, syncDirectory } from '../folder/files.ts';
import { makeFolder } from '../folder/folder.ts';
import { writeAll } from '../journal/journal-file.ts';
import type { Log } from '../folder/log.ts';
import { openRestored } from '../folder/open-changed.ts';
import { seal, unseal } from '../folder/seal.ts';
import type { FileStore } from '../folder/file-store.ts';
import { StoreError, type Schema } from '../store.ts';
import { readTar, type TarEntry, type TarSink } from './tar.ts';

export interface RestoreOptions {
  /** A backup made by `backup` or `moveAway`. */
  readonly file: string;
  /** An empty folder, or one that isn't there yet. */
  readonly directory: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Log;
  /** The schema version that this program writes; a backup of a newer one is refused. */
  readonly schemaVersion?: number | undefined;
  /** Compressed bytes read so far, of so many. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * Collections that are emptied: of sessions and the like, some were ended after the backup was made, and
   * must not come back to life.
   */
  readonly ends?: readonly string[] | undefined;
}

export interface RestoreReport {
  readonly directory: string;
  /** When the backup was made, RFC 3339. */
  readonly madeAt: string;
  /** The last record of the backup. The restore itself is the next one. */
  readonly seq: number;
  /** The new era. */
  readonly era: number;
  readonly files: number;
}

const notABackup = (file: string, why: string): StoreError =>
  new StoreError('damaged', `${file} is not a whole backup of licet: ${why}. Use another backup.`);

/** Reads what a backup is of, without the rest of it. Throws `StoreError` `damaged`. */
export const readBackupHead = async (file: string): Promise<BackupHead> => {
  let head: BackupHead | undefined;
  const stop = new Error('enough');
  try {
    await unpack(file, {}, async (entry) =>
      createCollector((text) => {
        if (entry.name === headName) head = parseHead(text);
        throw stop;
      }),
    );
  } catch (error) {
    if (error instanceof StoreError) throw error;
    if (error !== stop) throw notABackup(file, messageOf(error));
  }
  if (head === undefined) throw notABackup(file, 'it does not begin as one');
  return head;
};

const parseHead = (text: string): BackupHead | undefined => {
  const head = JSON.parse(text) as Partial<BackupHead>;
  const { licet, at, seq, era, schemaVersion } = head;
  return licet === 1 &&
    typeof at === 'string' &&
    typeof seq === 'number' &&
    typeof era === 'number' &&
    typeof schemaVersion === 'number'
    ? { licet, at, seq, era, schemaVersion }
    : undefined;
};

type UnpackOptions = Pick<RestoreOptions, 'onProgress' | 'signal'>;

const unpack = async (
  file: string,
  options: UnpackOptions,
  onEntry: (entry: TarEntry) => Promise<TarSink>,
): Promise<void> => {
  let total: number;
  try {
    total = (await stat(file)).size;
  } catch (error) {
    throw new StoreError('not-licet', `${file} can't be read: ${messageOf(error)}.`, {
      cause: error,
    });
  }
  async function* counted(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let done = 0;
    for await (const piece of pieces) {
      done += piece.length;
      options.onProgress?.(done, total);
      yield piece;
    }
  }
  const { signal } = options;
  await pipeline(
    createReadStream(file, { highWaterMark: 1 << 18 }),
    counted,
    createGunzip(),
    (pieces: AsyncIterable<Buffer>) => readTar(pieces, onEntry),
    signal === undefined ? {} : { signal },
  );
};

/** Only plain relative names: nothing leaves the folder, whatever the backup says. */
const safeName = /^(?:[\w-][\w.-]*\/)*[\w-][\w.-]*$/u;

type Files = Record<string, { bytes: number; sha256: string }>;

/** Writes an entry into the folder, synced, and notes its hash. */
const createFile = async (directory: string, entry: TarEntry, files: Files): Promise<TarSink> => {
  if (!safeName.test(entry.name))
    throw new Error(`the name ${JSON.stringify(entry.name)} in it is not allowed`);
  const path = join(directory, entry.name);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const handle = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  let position = 0;
  return {
    write: async (piece) => {
      hash.update(piece);
      await writeAll(handle, piece, position);
      position += piece.length;
    },
    end: async () => {
      await handle.sync();
      await handle.close();
      files[entry.name] = { bytes: position, sha256: hash.digest('hex') };
    },
    abandon: () => handle.close(),
  };
};

const createCollector = (onEnd: (text: string) => void): TarSink => {
  const pieces: Buffer[] = [];
  return {
    write: async (piece) => void pieces.push(piece),
    end: async () => onEnd(Buffer.concat(pieces).toString('utf8')),
    abandon: async () => undefined,
  };
};

/** Why what was unpacked is not what the manifest lists, if so. */
const compare = (files: Files, manifest: Manifest | undefined): string | undefined => {
  if (manifest === undefined) return 'it has no list of its files, so it is cut off';
  for (const [name, listed] of Object.entries(manifest.files)) {
    const file = files[name];
    if (file === undefined) return `${name} is missing in it`;
    if (file.bytes !== listed.bytes || file.sha256 !== listed.sha256)
      return `${name} in it is damaged`;
  }
  const extra = Object.keys(files).find((name) => !(name in manifest.files));
  return extra === undefined ? undefined : `${extra} was put into it later`;
};

const unpackInto = async (options: RestoreOptions): Promise<number> => {
  const files: Files = {};
  let manifest: Manifest | undefined;
  await unpack(options.file, options, async (entry) => {
    if (entry.name === headName) return createCollector(() => undefined);
    if (entry.name === manifestName) {
      return createCollector((text) => {
        manifest = JSON.parse(text) as Manifest;
      });
    }
    return createFile(options.directory, entry, files);
  });
  // The head is listed too, but is no file of the folder.
  const listed = { ...manifest?.files };
  delete listed[headName];
  const wrong = compare(files, manifest === undefined ? undefined : { files: listed });
  if (wrong !== undefined) throw new Error(wrong);
  return Object.keys(files).length;
};

const checkEmpty = async (directory: string): Promise<void> => {
  let names: readonly string[];
  try {
    names = await readdir(directory);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw new StoreError('not-writable', `${directory} can't be used: ${messageOf(error)}.`, {
      cause: error,
    });
  }
  if (names.length > 0) {
    throw new StoreError(
      'not-empty',
      `${directory} is not empty. A restore never overwrites: name a folder that is empty or not there yet.`,
    );
  }
};

const syncFolders = async (directory: string): Promise<void> => {
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) await syncDirectory(join(entry.parentPath, entry.name));
  }
  await syncDirectory(directory);
};

/**
 * Restores a backup. Throws `StoreError`: `not-empty`, `damaged`, `newer-version`,
 * `insufficient-storage`, `not-writable`; the folder is then left sealed, to be deleted. The unlock
 * secret is in no backup: without it, the root's passphrase certifies a new signing key.
 */
export const restore = async (options: RestoreOptions): Promise<RestoreReport> => {
  const { file, directory } = options;
  await checkEmpty(directory);
  const head = await readBackupHead(file);
  if (head.schemaVersion > (options.schemaVersion ?? 1)) {
    throw new StoreError(
      'newer-version',
      `${file} was made by a newer version of licet. Restore it with that version.`,
    );
  }
  await makeFolder(directory);
  await seal(directory, { state: 'restoring' });
  let files: number;
  try {
    files = await unpackInto(options);
    await syncFolders(directory);
  } catch (error) {
    throw explain(options, error);
  }
  const era = await raiseEra(options, head);
  await unseal(directory);
  return { directory, madeAt: head.at, seq: head.seq, era, files };
};

const explain = ({ file, directory, signal }: RestoreOptions, error: unknown): unknown => {
  if (signal?.aborted === true) return signal.reason;
  if (error instanceof StoreError) return error;
  if (isDiskFull(error)) {
    return new StoreError(
      'insufficient-storage',
      `The disk with ${directory} is full. Delete that folder, make room and restore again.`,
      { cause: error },
    );
  }
  return notABackup(file, messageOf(error));
};

/** Deletes all documents of these collections, journaled as `store.end-sessions`. */
const endAll = async (store: FileStore<Schema>, names: readonly string[]): Promise<void> => {
  await store.transact({ id: 'system', from: 'local' }, async (transaction) => {
    let ended = 0;
    for (const name of names) {
      // The schema is unknown here: only what the folder has is in the transaction.
      const writer = transaction[name];
      for (const { id } of (await writer?.list()) ?? []) {
        writer?.delete(id);
        ended += 1;
      }
    }
    if (ended === 0) return;
    const act = { action: 'store.end-sessions', target: names.join(','), outcome: 'ok' };
    transaction.record({ ...act, details: { documents: ended } });
  });
};

/** Opens the folder as the server would, all of the journal checked, and journals the restore. */
const raiseEra = async (options: RestoreOptions, head: BackupHead): Promise<number> => {
  const { directory, now, log } = options;
  const { schemaVersion, seq, at: madeAt } = head;
  const store = await openRestored({ directory, now, log, schemaVersion, seq, madeAt });
  try {
    await endAll(store, options.ends ?? []);
    return store.era();
  } finally {
    await store.close();
  }
};
