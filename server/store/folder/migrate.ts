/** Bringing documents of an older schema version to the one that this program writes. */
import type { Document } from '../store.ts';
import { pageSorted } from '../memory/sorted.ts';
import { idOf, toDocument } from '../memory/stored.ts';
import { setDocument, tableNamed, type Tables } from '../memory/table.ts';

/** All documents by collection and id, free to be changed. */
export type Documents = Map<string, Map<string, Document>>;

/** One step. It may put other documents, drop some, and add or drop collections. */
export interface Migration {
  /** The schema version that it makes, from the one before. */
  readonly to: number;
  readonly migrate: (documents: Documents) => void;
}

/**
 * Runs the steps from version `from` up to `to` over the tables and files the result in `into`, which
 * has the new version's indexes. Throws where a step is missing.
 */
export const migrate = (
  tables: Tables,
  into: Tables,
  from: number,
  to: number,
  migrations: readonly Migration[],
): void => {
  const documents: Documents = new Map(
    [...tables.byName].map(([name, table]) => [
      name,
      new Map(pageSorted(table.documents).map((stored) => [idOf(stored), toDocument(stored)])),
    ]),
  );
  for (let version = from + 1; version <= to; version += 1) {
    const step = migrations.find((migration) => migration.to === version);
    if (step === undefined) throw new Error(`There is no migration to schema version ${version}.`);
    step.migrate(documents);
  }
  for (const [name, byId] of documents) {
    const table = tableNamed(into, name);
    for (const [id, document] of byId) setDocument(table, id, document);
  }
};
