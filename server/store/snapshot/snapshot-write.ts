/** Writes a snapshot while requests go on. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

import { createSlices } from '../folder/files.ts';
import { writeAll } from '../journal/journal-file.ts';
import { footText, headText, type SnapshotFoot, type SnapshotHead } from './snapshot-format.ts';
import { documentTexts, type Table, type Tables } from '../memory/table.ts';

/** The snapshot was given up because a change in it was undone; another one may follow. */
export class SnapshotAbandoned extends Error {
  override readonly name = 'SnapshotAbandoned';
}

export interface WriteOptions {
  /** Runs work while no transaction is half-way. */
  readonly turn: <T>(work: () => Promise<T>) => Promise<T>;
  /** Called when all documents are written: what they cover, once that is durable. */
  readonly cover: () => Promise<SnapshotFoot>;
  /** Milliseconds of work between pauses in which requests are served. */
  readonly slice: number;
}

interface Sink {
  write(text: string): Promise<void>;
  /** Hex SHA-256 of all that was written so far, and of `more`. */
  checksum(more: string): string;
  finish(): Promise<void>;
}

const flushBytes = 1 << 18;
/** Small syncs on the way: one big one at the end would hold up those of the journal. */
const syncBytes = 1 << 22;

const createSink = (handle: FileHandle): Sink => {
  const hash = createHash('sha256');
  let text = '';
  let position = 0;
  let synced = 0;
  const flush = async (): Promise<void> => {
    const bytes = Buffer.from(text);
    text = '';
    hash.update(bytes);
    await writeAll(handle, bytes, position);
    position += bytes.length;
    if (position - synced < syncBytes) return;
    await handle.datasync();
    synced = position;
  };
  return {
    write: async (more) => {
      text += more;
      if (text.length >= flushBytes) await flush();
    },
    checksum: (more) => hash.copy().update(text).update(more).digest('hex'),
    finish: async () => {
      await flush();
      await handle.sync();
    },
  };
};

const writeTable = async (table: Table, sink: Sink, options: WriteOptions): Promise<number> => {
  const pause = createSlices(options.slice);
  let written = 0;
  let after = '';
  for (;;) {
    // About a millisecond of work.
    const { texts, last } = await options.turn(async () =>
      documentTexts(table, { after, limit: 256 }),
    );
    if (last === undefined) return written;
    await sink.write(`${written === 0 ? '' : ','}\n${texts.join(',\n')}`);
    written += texts.length;
    after = last;
    await pause();
  }
};

/** Writes all of it to an empty file, and syncs that. */
export const writeSnapshot = async (
  snapshot: SnapshotHead & { readonly tables: Tables },
  handle: FileHandle,
  options: WriteOptions,
): Promise<void> => {
  const sink = createSink(handle);
  await sink.write(`${headText(snapshot)}\n`);
  let documents = 0;
  let separator = '';
  for (const [name, table] of snapshot.tables.byName) {
    await sink.write(`${separator}${JSON.stringify(name)}:[`);
    documents += await writeTable(table, sink, options);
    await sink.write('\n]');
    separator = ',\n';
  }
  const { from, to, hash } = await options.cover();
  await sink.write('\n');
  const foot = footText({ from, to, hash, documents });
  await sink.write(`},${foot.slice(1, -1)},"checksum":"${sink.checksum(foot)}"}\n`);
  await sink.finish();
};
