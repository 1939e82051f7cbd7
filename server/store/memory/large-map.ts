/**
 * A map of strings that grows without a pause. A `Map` is made anew in one go whenever it doubles, which takes
 * a tenth of a second at a million entries and holds up every request; so a large one is in parts, each of
 * which grows by itself in less than a millisecond or two.
 */
export interface LargeMap<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  delete(key: string): boolean;
  /** All entries, in parts that are gone through quickly; whoever pauses between may miss what came meanwhile. */
  parts(): readonly ReadonlyMap<string, V>[];
}

/** A power of two. */
const partCount = 256;
/** Up to so many entries one map does. */
const mostInOne = 1 << 15;
/** Ids, hashes and the keys of indexes differ at their ends. */
const hashed = 12;

const partOf = (key: string): number => {
  let hash = 0;
  for (let at = Math.max(0, key.length - hashed); at < key.length; at += 1) {
    hash = (Math.imul(hash, 31) + key.charCodeAt(at)) | 0;
  }
  return (hash ^ (hash >>> 8) ^ (hash >>> 16)) & (partCount - 1);
};

/** An empty one. */
export const createLargeMap = <V>(): LargeMap<V> => {
  let parts: Map<string, V>[] = [new Map()];

  const mapOf = (key: string): Map<string, V> | undefined =>
    parts.length === 1 ? parts[0] : parts[partOf(key)];

  const split = (whole: ReadonlyMap<string, V>): void => {
    parts = Array.from({ length: partCount }, () => new Map());
    for (const [key, value] of whole) mapOf(key)?.set(key, value);
  };

  return {
    get: (key) => mapOf(key)?.get(key),
    set: (key, value) => {
      const map = mapOf(key);
      map?.set(key, value);
      if (parts.length === 1 && map !== undefined && map.size > mostInOne) split(map);
    },
    delete: (key) => mapOf(key)?.delete(key) ?? false,
    parts: () => parts,
  };
};
