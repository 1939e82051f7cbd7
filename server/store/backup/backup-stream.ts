/** A backup as a stream, by the process that has the store open: nothing is written on its disk. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { backupName, chooseCommit } from './backup.ts';
import { packFolder } from './backup-pack.ts';

export interface BackupStream {
  readonly fileName: string;
  /** The last record in it. */
  readonly seq: number;
  /** The bytes of the file; it fails when the data turn out damaged. Canceling it ends all of it. */
  readonly bytes: ReadableStream<Uint8Array>;
}

export interface StreamOptions {
  readonly directory: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Whether the files to download are in it. */
  readonly releases: boolean;
}

/**
 * Begins a backup of exactly one commit, the newest that is durable. Throws `StoreError` `damaged`.
 * A stream that ends early is no whole backup: `restore` refuses it.
 */
export const streamBackup = async (options: StreamOptions): Promise<BackupStream> => {
  const { directory, releases } = options;
  const at = options.now();
  const commit = await chooseCommit(directory, true);
  const gzip = createGzip({ level: 3 });
  const packing = pipeline(packFolder({ directory, releases, commit, at }), gzip);
  // Who reads the stream hears of its failure; here only the snapshot is let go.
  void packing.catch(() => undefined).finally(() => void commit.snapshot.close());
  return {
    fileName: backupName(at, commit.seq),
    seq: commit.seq,
    bytes: Readable.toWeb(gzip),
  };
};
