/**
 * The documents of one collection in memory, sorted by id, with their indexes. An index of documents
 * that came with a start is made when it is first asked for, or bit by bit in the background: filing a
 * million documents under several keys takes longer than reading them.
 */
import {
  createSorted,
  getSorted,
  pageSorted,
  putSorted,
  removeSorted,
  type Sorted,
} from './sorted.ts';
import type { Document, IndexKeys, PageQuery, Schema } from './store.ts';

/**
 * The ids under a key. One is the common case (unique indexes) and takes no extra room; a few are a
 * sorted array; many are in pieces.
 */
type Filed = string | string[] | Sorted<string>;

/** A sorted array of at most this many. */
const fewIds = 64;

interface Index {
  readonly name: string;
  readonly keysOf: IndexKeys<Document>;
  readonly filed: Map<string, Filed>;
  /** Documents up to this id are filed; undefined when all are. */
  madeTo: string | undefined;
}

export interface Table {
  readonly documents: Sorted<Document>;
  readonly indexes: readonly Index[];
}

const idOf = (document: Document): string => document.id;

export const createTable = (indexes: Readonly<Record<string, IndexKeys<Document>>>): Table => ({
  documents: createSorted(idOf),
  indexes: Object.entries(indexes).map(([name, keysOf]) => ({
    name,
    keysOf,
    filed: new Map(),
    madeTo: undefined,
  })),
});

type Keys = ReturnType<IndexKeys<Document>>;

const hasKey = (keys: Keys, key: string): boolean =>
  typeof keys === 'string' ? keys === key : (keys?.includes(key) ?? false);

/** A sorted array with one more; another kind of list when it becomes too long. */
const addToFew = (few: string[], id: string): Filed => {
  const last = few.at(-1) ?? '';
  // Ids sort by creation, so nearly all of them come at the end.
  if (id > last) few.push(id);
  else if (!few.includes(id))
    few.splice(
      few.findIndex((other) => other > id),
      0,
      id,
    );
  if (few.length <= fewIds) return few;
  const many = createSorted<string>((id) => id);
  for (const each of few) putSorted(many, each);
  return many;
};

const fileKey = (filed: Map<string, Filed>, key: string, id: string): void => {
  const before = filed.get(key);
  if (before === undefined) {
    filed.set(key, id);
  } else if (typeof before === 'string') {
    if (before !== id) filed.set(key, before < id ? [before, id] : [id, before]);
  } else if (Array.isArray(before)) {
    const after = addToFew(before, id);
    if (after !== before) filed.set(key, after);
  } else {
    putSorted(before, id);
  }
};

const file = (index: Index, keys: Keys, id: string): void => {
  if (typeof keys === 'string') fileKey(index.filed, keys, id);
  else if (keys !== undefined) for (const key of keys) fileKey(index.filed, key, id);
};

const unfileKey = (filed: Map<string, Filed>, key: string, id: string): void => {
  const before = filed.get(key);
  if (before === id) {
    filed.delete(key);
  } else if (Array.isArray(before)) {
    const place = before.indexOf(id);
    if (place !== -1) before.splice(place, 1);
    if (before.length === 0) filed.delete(key);
  } else if (typeof before === 'object') {
    removeSorted(before, id);
    if (before.size === 0) filed.delete(key);
  }
};

/** Takes an id from under the keys that it is no longer filed by. */
const unfile = (index: Index, keys: Keys, now: Keys, id: string): void => {
  if (typeof keys === 'string') {
    if (!hasKey(now, keys)) unfileKey(index.filed, keys, id);
  } else if (keys !== undefined) {
    for (const key of keys) if (!hasKey(now, key)) unfileKey(index.filed, key, id);
  }
};

/** Whether changes of this document must be followed: what is not filed yet will be as it is then. */
const follows = ({ madeTo }: Index, id: string): boolean => madeTo === undefined || id <= madeTo;

/** Puts (or, given undefined, deletes) a document; returns what was there before. */
export const setDocument = (
  table: Table,
  id: string,
  document: Document | undefined,
): Document | undefined => {
  // All keys first: an index function that throws must leave everything as it was.
  const keys = table.indexes.map(({ keysOf }) => document && keysOf(document));
  const before =
    document === undefined
      ? removeSorted(table.documents, id)
      : putSorted(table.documents, document);
  for (const [at, index] of table.indexes.entries()) {
    if (!follows(index, id)) continue;
    if (before !== undefined) unfile(index, index.keysOf(before), keys[at], id);
    file(index, keys[at], id);
  }
  return before;
};

/** Takes a document in at start, its indexes to be made later; false when there was one of that id. */
export const loadDocument = (table: Table, document: Document): boolean => {
  for (const index of table.indexes) index.madeTo ??= '';
  return putSorted(table.documents, document) === undefined;
};

/** Files the next documents; false when all are. */
const makeSome = (table: Table, index: Index, count: number): boolean => {
  if (index.madeTo === undefined) return false;
  const documents = pageSorted(table.documents, index.madeTo, count);
  for (const document of documents) file(index, index.keysOf(document), document.id);
  index.madeTo = documents.at(-1)?.id;
  return index.madeTo !== undefined;
};

/** Makes all indexes that are not made yet, a bit at a time, until `isOver`. */
export const makeIndexes = async (
  tables: Tables,
  pause: () => Promise<void>,
  isOver: () => boolean,
): Promise<void> => {
  for (const table of tables.byName.values()) {
    for (const index of table.indexes) {
      while (!isOver() && makeSome(table, index, 128)) await pause();
    }
  }
};

export const deepFreeze = (value: unknown): void => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);
};

const frozen = (documents: Document[]): Document[] => {
  for (const document of documents) deepFreeze(document);
  return documents;
};

/** Documents are frozen on their way out rather than at start, when there may be a million. */
export const getDocument = (table: Table, id: string): Document | undefined => {
  const document = getSorted(table.documents, id);
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
  frozen(pageSorted(table.documents, query.after, query.limit));

const filedUnder = (table: Table, name: string, key: string): Filed | undefined => {
  const index = table.indexes.find((index) => index.name === name);
  if (index === undefined) throw new Error(`There is no index "${name}".`);
  makeSome(table, index, Number.POSITIVE_INFINITY);
  return index.filed.get(key);
};

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

export const tableNamed = (tables: Tables, name: string): Table => {
  const known = tables.byName.get(name);
  if (known !== undefined) return known;
  const table = createTable({});
  tables.byName.set(name, table);
  return table;
};
