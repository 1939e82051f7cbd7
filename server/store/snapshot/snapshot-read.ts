/** Reads a snapshot line by line: V8 has no string over 512 MB. */
import { isAscii } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

import { readLineBytes, readLines } from '../journal/lines.ts';
import { damaged, type DamageError } from '../folder/damaged.ts';
import {
  footText,
  parseFoot,
  parseHead,
  type SealedFoot,
  type SnapshotFoot,
  type SnapshotHead,
} from './snapshot-format.ts';
import { parseDocument } from '../memory/stored.ts';
import { loadLine, tableNamed, type Table, type Tables } from '../memory/table.ts';

const collectionStart = /^"([^"]+)":\[$/u;

const withoutComma = (line: string): string => (line.endsWith(',') ? line.slice(0, -1) : line);

/** Walks the lines of the middle of a snapshot; says what is wrong with one, if anything. */
const createWalk = (
  onDocument: (collection: string, line: string) => string | undefined,
): ((line: string) => string | undefined) => {
  let collection: string | undefined;
  return (line) => {
    if (collection === undefined) {
      collection = collectionStart.exec(line)?.[1];
      return collection === undefined ? 'this line belongs to no collection' : undefined;
    }
    if (line !== '],' && line !== ']') return onDocument(collection, withoutComma(line));
    collection = undefined;
    return undefined;
  };
};

const noDocument = 'this line is not a document';

interface Filer {
  /** Files a line; says what is wrong with it, if anything. `isPlain`: all of it is ASCII. */
  readonly file: (line: string, isPlain: boolean) => string | undefined;
  readonly count: () => number;
}

const createFiler = (tables: Tables): Filer => {
  let documents = 0;
  let plain = false;
  let name: string | undefined;
  let table: Table | undefined;
  const walk = createWalk((collection, line) => {
    if (table === undefined || collection !== name) table = tableNamed(tables, collection);
    name = collection;
    const isNew = loadLine(table, line, plain);
    if (isNew === undefined) return noDocument;
    documents += 1;
    return isNew ? undefined : 'a document of this id is there already';
  });
  return {
    file: (line, isPlain) => {
      plain = isPlain;
      return walk(line);
    },
    count: () => documents,
  };
};

const plainText = /^[\0-\x7f]*$/u;

/**
 * The lines of a piece, each byte a character: what is not ASCII among them is decoded line by line, or a
 * single accent would double what all of the piece takes in memory.
 */
const splitPiece = (raw: Buffer): { lines: readonly string[]; isPlain: boolean } => ({
  lines: raw.toString('latin1').split('\n'),
  isPlain: isAscii(raw),
});

const decode = (line: string): string => Buffer.from(line, 'latin1').toString('utf8');

/** Which line is no document, where the checksum doesn't fit: a start doesn't parse them. */
const findBadLine = async (path: string, handle: FileHandle): Promise<DamageError | undefined> => {
  const walk = createWalk((_, line) =>
    parseDocument(line) === undefined ? noDocument : undefined,
  );
  let number = 0;
  for await (const { lines } of readLines(handle)) {
    for (const line of lines) {
      number += 1;
      if (number === 1 || parseFoot(line) !== undefined) continue;
      const wrong = walk(line);
      if (wrong !== undefined) return damaged(path, wrong, number);
    }
  }
  return undefined;
};

/**
 * Files all documents in the tables, most of them as lines: the checksum says that these are what was
 * written. Throws `StoreError` `damaged`, with the line where one is to blame.
 */
export const readSnapshot = async (
  path: string,
  handle: FileHandle,
  tables: Tables,
): Promise<SnapshotHead & SnapshotFoot> => {
  const hash = createHash('sha256');
  const filer = createFiler(tables);
  let head: SnapshotHead | undefined;
  let foot: SealedFoot | undefined;
  let number = 0;
  for await (const { raw, terminated } of readLineBytes(handle)) {
    if (!terminated) throw damaged(path, 'the snapshot is cut off');
    if (foot !== undefined) throw damaged(path, 'the snapshot goes on after its end', number + 2);
    const { lines, isPlain } = splitPiece(raw);
    foot = parseFoot(lines.at(-1) ?? '');
    // Whole pieces are hashed rather than lines; the last line of all is hashed as `footText`.
    hash.update(foot === undefined ? raw : raw.subarray(0, raw.lastIndexOf(10) + 1));
    if (foot === undefined) hash.update('\n');
    for (const line of foot === undefined ? lines : lines.slice(0, -1)) {
      number += 1;
      if (head === undefined) {
        head = parseHead(line, path);
        continue;
      }
      const plain = isPlain || plainText.test(line);
      const wrong = filer.file(plain ? line : decode(line), plain);
      if (wrong !== undefined) throw damaged(path, wrong, number);
    }
  }
  if (head === undefined) throw damaged(path, 'the snapshot is empty');
  if (foot === undefined) throw damaged(path, 'the snapshot is cut off');
  const checksum = hash.update(footText(foot)).digest('hex');
  if (foot.checksum !== checksum || foot.documents !== filer.count()) {
    throw (
      (await findBadLine(path, handle)) ??
      damaged(path, 'the checksum of the snapshot does not fit its contents')
    );
  }
  return { ...head, from: foot.from, to: foot.to, hash: foot.hash };
};
