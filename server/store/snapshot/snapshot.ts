/**
 * The snapshot, db.json: valid JSON with one document a line, read and written in pieces by an adapter
 * of lowdb. The first line says what it is, the last one what it covers, with a checksum of all before.
 *
 *   {"licet":1,"schemaVersion":1,"era":1,"collections":{
 *   "licenses":[
 *   {"id":"lic_...",...},
 *   {"id":"lic_...",...}
 *   ]
 *   },"from":10,"to":12,"hash":"...","documents":2,"checksum":"..."}
 */
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Adapter } from 'lowdb';

import { errorCode, syncDirectory } from '../folder/files.ts';
import { damaged } from '../folder/damaged.ts';
import { snapshotPath, type SnapshotFoot, type SnapshotHead } from './snapshot-format.ts';
import { readSnapshot } from './snapshot-read.ts';
import { writeSnapshot, type WriteOptions } from './snapshot-write.ts';
import type { Tables } from '../memory/table.ts';

/** What lowdb holds: the documents in memory, and what is said of them. */
export interface Snapshot extends SnapshotHead, SnapshotFoot {
  readonly tables: Tables;
}

export interface SnapshotOptions extends WriteOptions {
  readonly directory: string;
}

/**
 * The adapter. `read` fills the tables that it is given; it never says "nothing there", which lowdb
 * takes for a new database: a missing or damaged file is a `StoreError` `damaged`.
 */
export const snapshotAdapter = (tables: Tables, options: SnapshotOptions): Adapter<Snapshot> => {
  const path = snapshotPath(options.directory);
  return {
    read: async () => {
      let handle: FileHandle;
      try {
        handle = await open(path, 'r');
      } catch (error) {
        if (errorCode(error) === 'ENOENT') throw damaged(path, 'the snapshot is missing');
        throw error;
      }
      try {
        return { ...(await readSnapshot(path, handle, tables)), tables };
      } finally {
        await handle.close();
      }
    },
    write: async (snapshot) => {
      const temporary = `${path}.tmp`;
      const handle = await open(temporary, 'w', 0o600);
      try {
        await writeSnapshot(snapshot, handle, options);
      } catch (error) {
        // Gives the room back: on a full disk the journal needs it more.
        await rm(temporary, { force: true }).catch(() => undefined);
        throw error;
      } finally {
        await handle.close();
      }
      await rename(temporary, path);
      await syncDirectory(dirname(path));
    },
  };
};
