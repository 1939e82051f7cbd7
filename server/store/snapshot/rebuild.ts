/** Making the documents anew from the journal alone, when the snapshot is lost. */
import { applyRecord } from '../folder/load.ts';
import {
  firstSchemaVersion,
  migrateAction,
  noHash,
  raisedEra,
  type JournalRecord,
} from '../journal/record.ts';
import { recoverJournal, type Recovered } from '../journal/recover-journal.ts';
import { createTables, type Tables } from '../memory/table.ts';

export interface Rebuilt {
  readonly tables: Tables;
  readonly recovered: Recovered;
  /** The era that the journal led to. */
  readonly era: number;
  /** Of the documents; the program that makes them anew may be of another. */
  readonly schemaVersion: number;
}

/** Collects what the records leave behind; knows which documents were erased and never put again. */
const createCollector = () => {
  const tables = createTables({});
  const erased = new Set<string>();
  let migrated = false;
  let era = 1;
  let schemaVersion = 1;
  const onRecord = (record: JournalRecord): void => {
    applyRecord(tables, record);
    if (record.header.seq === 1) schemaVersion = firstSchemaVersion(record.header);
    for (const [key, hash] of Object.entries(record.header.bodies)) {
      if (hash !== null && record.documents[key] === null) erased.add(key);
      else erased.delete(key);
    }
    migrated ||= record.header.action === migrateAction;
    era = Math.max(era, raisedEra(record.header)?.era ?? 0);
  };
  return {
    tables,
    erased,
    era: () => era,
    schemaVersion: () => schemaVersion,
    migrated: () => migrated,
    onRecord,
  };
};

/**
 * Replays the whole journal, or up to a record `until`. Throws `StoreError` `damaged` when that has not everything: damaged
 * itself, archived in part, or with documents erased that are still there.
 */
export const rebuild = async (
  directory: string,
  durable: number,
  until?: number,
): Promise<Rebuilt | { readonly impossible: string }> => {
  const collector = createCollector();
  const recovered = await recoverJournal({
    directory,
    from: 0,
    to: { seq: 0, hash: noHash },
    durable,
    until,
    checkBytes: Number.POSITIVE_INFINITY,
    erasedAllowed: true,
    onRecord: collector.onRecord,
  });
  // The steps of a migration are in the program, their results only in snapshots.
  if (collector.migrated()) return { impossible: 'it goes back to before a migration' };
  const [key] = collector.erased;
  if (key !== undefined) return { impossible: `the document ${key} was erased from it` };
  const { tables } = collector;
  return { tables, recovered, era: collector.era(), schemaVersion: collector.schemaVersion() };
};
