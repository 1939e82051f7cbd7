/** An index of a collection: which ids are filed under which key. */
import { createLargeMap, type LargeMap } from './large-map.ts';
import { createSorted, putSorted, removeSorted, type Sorted } from './sorted.ts';
import type { Document, IndexKeys } from '../store.ts';

/**
 * The ids under a key. One is the common case (unique indexes) and takes no extra room; a few are a
 * sorted array; many are in pieces.
 */
export type Filed = string | string[] | Sorted<string>;

/** A sorted array of at most this many. */
const fewIds = 64;

export interface Index {
  readonly name: string;
  readonly keysOf: IndexKeys<Document>;
  readonly filed: LargeMap<Filed>;
}

export const createIndex = (name: string, keysOf: IndexKeys<Document>): Index => ({
  name,
  keysOf,
  filed: createLargeMap(),
});

export type Keys = ReturnType<IndexKeys<Document>>;

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

const fileKey = (filed: LargeMap<Filed>, key: string, id: string): void => {
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

/** Files an id under keys. */
export const file = ({ filed }: Index, keys: Keys, id: string): void => {
  if (typeof keys === 'string') fileKey(filed, keys, id);
  else if (keys !== undefined) for (const key of keys) fileKey(filed, key, id);
};

const unfileKey = (filed: LargeMap<Filed>, key: string, id: string): void => {
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
const unfile = ({ filed }: Index, keys: Keys, now: Keys, id: string): void => {
  if (typeof keys === 'string') {
    if (!hasKey(now, keys)) unfileKey(filed, keys, id);
  } else if (keys !== undefined) {
    for (const key of keys) if (!hasKey(now, key)) unfileKey(filed, key, id);
  }
};

/** Files a document under its keys instead of those of what was there before. */
export const refile = (
  index: Index,
  id: string,
  keys: Keys,
  before: Document | undefined,
): void => {
  if (before !== undefined) unfile(index, index.keysOf(before), keys, id);
  file(index, keys, id);
};
