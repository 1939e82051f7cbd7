/** The documents of one collection in memory, sorted by id, with their indexes. */
import {
  createSorted,
  getSorted,
  pageSorted,
  putSorted,
  removeSorted,
  type Sorted,
} from './sorted.ts';
import type { Document, IndexKeys, PageQuery, Schema } from '../store.ts';
import { idOf, idOfLine, parseDocument, textOf, toDocument, type Stored } from './stored.ts';
import { createIndex, file, refile, type Filed, type Index } from './table-index.ts';

export interface Table {
  readonly documents: Sorted<Stored>;
  readonly indexes: readonly Index[];
  /** Documents up to this id are filed in the indexes; undefined when all are. */
  madeTo: string | undefined;
}

export const createTable = (indexes: Readonly<Record<string, IndexKeys<Document>>>): Table => ({
  documents: createSorted(idOf),
  indexes: Object.entries(indexes).map(([name, keysOf]) => createIndex(name, keysOf)),
  madeTo: undefined,
});

/** Whether changes of this document must be followed: what is not filed yet will be as it is then. */
const follows = ({ madeTo }: Table, id: string): boolean => madeTo === undefined || id <= madeTo;

/** Puts (or, given undefined, deletes) a document; returns what was there before. */
export const setDocument = (
  table: Table,
  id: string,
  document: Document | undefined,
): Document | undefined => {
  // All keys first: an index function that throws must leave everything as it was.
  const keys = table.indexes.map(({ keysOf }) => document && keysOf(document));
  const stored =
    document === undefined
      ? removeSorted(table.documents, id)
      : putSorted(table.documents, document);
  const before = stored === undefined ? undefined : toDocument(stored);
  if (!follows(table, id)) return before;
  for (const [at, index] of table.indexes.entries()) refile(index, id, keys[at], before);
  return before;
};

/**
 * Takes a line of the snapshot in at start, its indexes to be made later. `isPlain`: all of it is ASCII.
 * Undefined when it is no document, false when there was one of its id already.
 */
export const loadLine = (table: Table, line: string, isPlain: boolean): boolean | undefined => {
  const id = isPlain ? idOfLine(line) : undefined;
  const stored = id === undefined ? parseDocument(line) : line;
  if (stored === undefined) return undefined;
  if (table.indexes.length > 0) table.madeTo ??= '';
  return putSorted(table.documents, stored, id) === undefined;
};

/** Files the next documents in all indexes; false when all are. */
const makeSome = (table: Table, count: number): boolean => {
  if (table.madeTo === undefined) return false;
  const page = pageSorted(table.documents, table.madeTo, count);
  let last: string | undefined;
  for (const stored of page) {
    // Not kept: most are not asked for soon, and a line is less to keep.
    const document = toDocument(stored);
    for (const index of table.indexes) file(index, index.keysOf(document), document.id);
    last = document.id;
  }
  table.madeTo = last;
  return last !== undefined;
};

/** Whether the indexes of a table are made. */
export const isIndexed = (table: Table): boolean => table.madeTo === undefined;

/** Makes the indexes of a table, a bit at a time, until `isOver`. */
export const makeIndexes = async (
  table: Table,
  pause: () => Promise<void>,
  isOver: () => boolean = () => false,
): Promise<void> => {
  while (!isOver() && makeSome(table, 128)) await pause();
};

/** Freezes a value and all in it; what is frozen is not gone into again. */
export const deepFreeze = (value: unknown): void => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);
};

/** Documents are parsed and frozen on their way out rather than at start, when there may be a million. */
const giveOut = (table: Table, stored: Stored): Document => {
  const document = toDocument(stored);
  if (document !== stored) putSorted(table.documents, document);
  deepFreeze(document);
  return document;
};

/** A document, frozen; kept parsed from then on. */
export const getDocument = (table: Table, id: string): Document | undefined => {
  const stored = getSorted(table.documents, id);
  return stored === undefined ? undefined : giveOut(table, stored);
};

/** Whether there is one, without parsing it. */
export const hasDocument = (table: Table, id: string): boolean =>
  getSorted(table.documents, id) !== undefined;

/** A document's JSON, as it was put. */
export const documentText = (table: Table, id: string): string | undefined => {
  const stored = getSorted(table.documents, id);
  return stored === undefined ? undefined : textOf(stored);
};

/** The JSON of a page of documents. */
export const documentTexts = (
  table: Table,
  query: PageQuery,
): { readonly texts: readonly string[]; readonly last: string | undefined } => {
  const page = pageSorted(table.documents, query.after, query.limit);
  const last = page.at(-1);
  return { texts: page.map(textOf), last: last === undefined ? undefined : idOf(last) };
};

const documentsOf = (table: Table, ids: readonly string[]): Document[] => {
  const documents: Document[] = [];
  for (const id of ids) {
    const document = getDocument(table, id);
    if (document !== undefined) documents.push(document);
  }
  return documents;
};

/** What is looked through once is often looked through again: it stays parsed. */
export const listDocuments = (table: Table, query: PageQuery = {}): Document[] =>
  pageSorted(table.documents, query.after, query.limit).map((stored) => giveOut(table, stored));

const filedUnder = (table: Table, name: string, key: string): Filed | undefined => {
  for (const index of table.indexes) {
    if (index.name !== name) continue;
    makeSome(table, Number.POSITIVE_INFINITY);
    return index.filed.get(key);
  }
  throw new Error(`There is no index "${name}".`);
};

/** The documents that an index files under the key, in order of ids. */
export const documentsBy = (
  table: Table,
  index: string,
  key: string,
  query: PageQuery = {},
): Document[] => {
  const filed = filedUnder(table, index, key);
  if (filed === undefined) return [];
  const { after = '', limit } = query;
  if (typeof filed === 'object' && !Array.isArray(filed)) {
    return documentsOf(table, pageSorted(filed, after, limit));
  }
  const ids = typeof filed === 'string' ? [filed] : filed;
  return documentsOf(table, ids.filter((id) => id > after).slice(0, limit));
};

/** The first of them. */
export const firstDocumentBy = (table: Table, index: string, key: string): Document | undefined => {
  const filed = filedUnder(table, index, key);
  return typeof filed === 'string'
    ? getDocument(table, filed)
    : documentsBy(table, index, key, { limit: 1 })[0];
};

/** How many there are, or how many an index files under the key: neither looks at documents. */
export const countDocuments = (table: Table, index?: string, key = ''): number => {
  if (index === undefined) return table.documents.size;
  const filed = filedUnder(table, index, key);
  if (filed === undefined) return 0;
  if (typeof filed === 'string') return 1;
  return Array.isArray(filed) ? filed.length : filed.size;
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

/** The table of that name; an empty one without indexes where there was none. */
export const tableNamed = (tables: Tables, name: string): Table => {
  const known = tables.byName.get(name);
  if (known !== undefined) return known;
  const table = createTable({});
  tables.byName.set(name, table);
  return table;
};
