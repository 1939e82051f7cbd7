/** The documents of one collection in memory, with their indexes. */
import { addId, createSortedIds, pageOfIds, removeId, type SortedIds } from './sorted-ids.ts';
import type { Document, IndexKeys, PageQuery, Schema } from './store.ts';

/** One id under a key is the common case (unique indexes), and then the id itself takes no extra room. */
type Filed = string | SortedIds;

interface Index {
  readonly name: string;
  readonly keysOf: IndexKeys<Document>;
  readonly filed: Map<string, Filed>;
}

export interface Table {
  readonly documents: Map<string, Document>;
  readonly ids: SortedIds;
  readonly indexes: readonly Index[];
}

export const createTable = (indexes: Readonly<Record<string, IndexKeys<Document>>>): Table => ({
  documents: new Map(),
  ids: createSortedIds(),
  indexes: Object.entries(indexes).map(([name, keysOf]) => ({ name, keysOf, filed: new Map() })),
});

const keysOf = (index: Index, document: Document | undefined): readonly string[] => {
  const keys = document === undefined ? undefined : index.keysOf(document);
  if (keys === undefined) return [];
  return typeof keys === 'string' ? [keys] : keys;
};

const file = (index: Index, key: string, id: string): void => {
  const filed = index.filed.get(key);
  if (filed === undefined) {
    index.filed.set(key, id);
  } else if (typeof filed !== 'string') {
    addId(filed, id);
  } else if (filed !== id) {
    const several = createSortedIds();
    addId(several, filed);
    addId(several, id);
    index.filed.set(key, several);
  }
};

const unfile = (index: Index, key: string, id: string): void => {
  const filed = index.filed.get(key);
  if (filed === id) {
    index.filed.delete(key);
  } else if (typeof filed === 'object') {
    removeId(filed, id);
    if (filed.size === 0) index.filed.delete(key);
  }
};

/** Puts (or, given undefined, deletes) a document; returns what was there before. */
export const setDocument = (
  table: Table,
  id: string,
  document: Document | undefined,
): Document | undefined => {
  const before = table.documents.get(id);
  // All keys first: an index function that throws must leave everything as it was.
  const keys = table.indexes.map((index) => keysOf(index, document));
  for (const [at, index] of table.indexes.entries()) {
    const now = keys[at] ?? [];
    if (before !== undefined) {
      for (const key of keysOf(index, before)) if (!now.includes(key)) unfile(index, key, id);
    }
    for (const key of now) file(index, key, id);
  }
  if (document === undefined) {
    table.documents.delete(id);
    removeId(table.ids, id);
  } else {
    table.documents.set(id, document);
    if (before === undefined) addId(table.ids, id);
  }
  return before;
};

export const deepFreeze = (value: unknown): void => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);
};

/** Documents are frozen on their way out rather than at start, when there may be a million. */
export const getDocument = (table: Table, id: string): Document | undefined => {
  const document = table.documents.get(id);
  deepFreeze(document);
  return document;
};

const documentsOf = (table: Table, ids: readonly string[]): Document[] => {
  const documents: Document[] = [];
  for (const id of ids) {
    const document = getDocument(table, id);
    if (document !== undefined) documents.push(document);
  }
  return documents;
};

export const listDocuments = (table: Table, query: PageQuery = {}): Document[] =>
  documentsOf(table, pageOfIds(table.ids, query.after, query.limit));

const filedUnder = (table: Table, name: string, key: string): Filed | undefined => {
  const index = table.indexes.find((index) => index.name === name);
  if (index === undefined) throw new Error(`There is no index "${name}".`);
  return index.filed.get(key);
};

export const documentsBy = (
  table: Table,
  index: string,
  key: string,
  query: PageQuery = {},
): Document[] => {
  const filed = filedUnder(table, index, key);
  if (filed === undefined || query.limit === 0) return [];
  if (typeof filed !== 'string') {
    return documentsOf(table, pageOfIds(filed, query.after, query.limit));
  }
  return query.after !== undefined && filed <= query.after ? [] : documentsOf(table, [filed]);
};

export const countDocuments = (table: Table, index?: string, key = ''): number => {
  if (index === undefined) return table.ids.size;
  const filed = filedUnder(table, index, key);
  if (filed === undefined) return 0;
  return typeof filed === 'string' ? 1 : filed.size;
};

/** All tables of a store by name. Collections that the schema doesn't know are kept, without indexes. */
export interface Tables {
  readonly byName: Map<string, Table>;
}

/** Tables for a schema, or for collections of any shape when there are no indexes. */
export const createTables = (schema: Schema): Tables => ({
  byName: new Map(
    Object.entries(schema).map(([name, { indexes }]) => [name, createTable(indexes)]),
  ),
});

export const tableNamed = (tables: Tables, name: string): Table => {
  const known = tables.byName.get(name);
  if (known !== undefined) return known;
  const table = createTable({});
  tables.byName.set(name, table);
  return table;
};
