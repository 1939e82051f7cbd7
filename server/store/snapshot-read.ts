/** Reads a snapshot line by line: V8 has no string over 512 MB. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

import { readLines } from './lines.ts';
import { damaged } from './damaged.ts';
import {
  footText,
  parseFoot,
  parseHead,
  type SealedFoot,
  type SnapshotFoot,
  type SnapshotHead,
} from './snapshot-format.ts';
import type { Document } from './store.ts';
import { loadDocument, tableNamed, type Table, type Tables } from './table.ts';

const collectionStart = /^"([^"]+)":\[$/u;

/** Files a line of the middle of a snapshot; says what is wrong with it, if anything. */
const createFiler = (
  tables: Tables,
): ((line: string) => string | undefined) & { count: () => number } => {
  let table: Table | undefined;
  let documents = 0;
  const file = (line: string): string | undefined => {
    if (table === undefined) {
      const name = collectionStart.exec(line)?.[1];
      if (name === undefined) return 'this line belongs to no collection';
      table = tableNamed(tables, name);
      return undefined;
    }
    if (line === '],' || line === ']') {
      table = undefined;
      return undefined;
    }
    const document = parseDocument(line.endsWith(',') ? line.slice(0, -1) : line);
    if (document === undefined) return 'this line is not a document';
    if (!loadDocument(table, document)) return `${document.id} is there twice`;
    documents += 1;
    return undefined;
  };
  return Object.assign(file, { count: () => documents });
};

const parseDocument = (text: string): Document | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' &&
      value !== null &&
      'id' in value &&
      typeof value.id === 'string'
      ? (value as Document)
      : undefined;
  } catch {
    return undefined;
  }
};

/** Files all documents in the tables. Throws `StoreError` `damaged`, with the line. */
export const readSnapshot = async (
  path: string,
  handle: FileHandle,
  tables: Tables,
): Promise<SnapshotHead & SnapshotFoot> => {
  const hash = createHash('sha256');
  const file = createFiler(tables);
  let head: SnapshotHead | undefined;
  let foot: SealedFoot | undefined;
  let number = 0;
  for await (const { lines, raw, terminated } of readLines(handle)) {
    if (!terminated) throw damaged(path, 'the snapshot is cut off');
    // Whole pieces are hashed rather than lines; the last line of all is hashed as `footText`.
    const last = parseFoot(lines.at(-1) ?? '');
    const content = last === undefined ? lines : lines.slice(0, -1);
    hash.update(last === undefined ? raw : raw.subarray(0, raw.lastIndexOf(10) + 1));
    if (last === undefined) hash.update('\n');
    for (const line of content) {
      number += 1;
      if (foot !== undefined) throw damaged(path, 'the snapshot goes on after its end', number);
      if (head === undefined) head = parseHead(line, path);
      else {
        const wrong = file(line);
        if (wrong !== undefined) throw damaged(path, wrong, number);
      }
    }
    foot = last;
  }
  if (head === undefined) throw damaged(path, 'the snapshot is empty');
  if (foot === undefined) throw damaged(path, 'the snapshot is cut off');
  const checksum = hash.update(footText(foot)).digest('hex');
  if (foot.checksum !== checksum || foot.documents !== file.count()) {
    throw damaged(path, 'the checksum of the snapshot does not fit its contents');
  }
  return { ...head, from: foot.from, to: foot.to, hash: foot.hash };
};
