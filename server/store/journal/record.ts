/**
 * A journal record as a line of JSON: the header, then the documents put. `hash` covers the header,
 * the header has the hash of each document, `prev` chains the headers. So a document can be erased
 * later (it becomes `null`) and the chain still verifies.
 */
import { hash } from 'node:crypto';

import type { Document, JournalHeader } from '../store.ts';

/** What `prev` says in the first record. */
export const noHash = '0'.repeat(64);

/** Hex SHA-256 of text as UTF-8. */
export const sha256 = (text: string): string => hash('sha256', text, 'hex');

export interface JournalRecord {
  readonly header: JournalHeader;
  /** The documents put, by `collection/id`; null where one was erased. */
  readonly documents: Readonly<Record<string, Document | null>>;
}

/** The header's members in the order in which they are hashed. */
const headerText = (header: Omit<JournalHeader, 'hash'>): string =>
  JSON.stringify({
    seq: header.seq,
    at: header.at,
    actor: { id: header.actor.id, from: header.actor.from },
    action: header.action,
    target: header.target,
    outcome: header.outcome,
    details: header.details,
    bodies: header.bodies,
    durable: header.durable,
    prev: header.prev,
  });

const lineText = (head: string, hash: string, documents: string): string =>
  `${head.slice(0, -1)},"hash":"${hash}","documents":{${documents}}}`;

/** Seals a header and makes its line (without newline). `texts`: the JSON of each document put. */
export const encodeRecord = (
  header: Omit<JournalHeader, 'hash'>,
  texts: ReadonlyMap<string, string>,
): { readonly header: JournalHeader; readonly line: string } => {
  const head = headerText(header);
  const sealed = sha256(head);
  let documents = '';
  for (const [key, text] of texts) {
    documents += `${documents === '' ? '' : ','}${JSON.stringify(key)}:${text}`;
  }
  return { header: { ...header, hash: sealed }, line: lineText(head, sealed, documents) };
};

/** Reads a line back. A string says what is wrong with it: not JSON, or not as it was sealed. */
export const decodeRecord = (line: string): JournalRecord | string => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'it is not JSON';
  }
  if (!isRecordShaped(value)) return 'it is not a record';
  const { documents, ...header } = value;
  const head = headerText(header);
  if (sha256(head) !== header.hash) return 'its hash does not fit its contents';
  const texts: string[] = [];
  for (const [key, document] of Object.entries(documents)) {
    const text = JSON.stringify(document);
    if (document !== null && sha256(text) !== header.bodies[key]) {
      return `the document ${key} in it does not fit its hash`;
    }
    texts.push(`${JSON.stringify(key)}:${text}`);
  }
  for (const [key, body] of Object.entries(header.bodies)) {
    if ((body === null) === key in documents) return `the document ${key} is missing in it`;
  }
  // Whatever else was changed (spaces, order, a member added) shows when it is written again.
  if (lineText(head, header.hash, texts.join(',')) !== line) return 'it is not as it was written';
  return { header, documents };
};

/** Where a line's header ends. Its details are no objects, so this can't be in it. */
const headEnd = /,"hash":"([0-9a-f]{64})","documents":\{/u;

/** The one document of a record, where it is one that was put; `text` is all of `documents`. */
const onlyDocument = (
  { bodies }: JournalHeader,
  text: string,
): Readonly<Record<string, Document>> | undefined => {
  const put = Object.keys(bodies).filter((key) => bodies[key] !== null);
  const [key] = put;
  if (key === undefined) return text === '' ? {} : undefined;
  const prefix = `${JSON.stringify(key)}:`;
  if (put.length > 1 || !text.startsWith(prefix)) return undefined;
  const body = text.slice(prefix.length);
  return sha256(body) === bodies[key] ? { [key]: JSON.parse(body) as Document } : undefined;
};

/**
 * As `decodeRecord`, at a third of the cost for what is in order and has one document at most: the bytes
 * that were hashed are hashed, rather than written anew. All else goes the long way.
 */
export const decodeQuickly = (line: string): JournalRecord | string => {
  const [mark = '', hash = ''] = headEnd.exec(line) ?? [];
  const at = mark === '' ? -1 : line.indexOf(mark);
  const head = `${line.slice(0, at)}}`;
  if (at === -1 || !line.endsWith('}}') || sha256(head) !== hash) return decodeRecord(line);
  const header: unknown = { ...(JSON.parse(head) as object), hash, documents: {} };
  if (!isRecordShaped(header)) return decodeRecord(line);
  const { documents: _, ...sealed } = header;
  const documents = onlyDocument(sealed, line.slice(at + mark.length, -2));
  return documents === undefined ? decodeRecord(line) : { header: sealed, documents };
};

type RecordShape = JournalHeader & { documents: Record<string, Document | null> };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isRecordShaped = (value: unknown): value is RecordShape =>
  isObject(value) &&
  Number.isSafeInteger(value['seq']) &&
  Number.isSafeInteger(value['durable']) &&
  ['at', 'action', 'target', 'outcome', 'prev', 'hash'].every(
    (name) => typeof value[name] === 'string',
  ) &&
  isObject(value['actor']) &&
  isObject(value['bodies']) &&
  isObject(value['documents']);

/** The same record without some of its documents; the chain still fits. */
export const encodeErased = (record: JournalRecord, erased: ReadonlySet<string>): string => {
  const documents = Object.entries(record.documents).map(
    ([key, document]) =>
      `${JSON.stringify(key)}:${JSON.stringify(erased.has(key) ? null : document)}`,
  );
  return lineText(headerText(record.header), record.header.hash, documents.join(','));
};

/** What setting a folder up is called in the journal; its details have the schema version that it began with. */
export const initAction = 'server.init';

/** The schema version of a journal's documents until a migration, as its first record says: 1 where it is silent. */
export const firstSchemaVersion = ({ action, details }: JournalHeader): number => {
  const version = action === initAction ? details?.['schemaVersion'] : undefined;
  return typeof version === 'number' ? version : 1;
};

/** What a migration is called in the journal. */
export const migrateAction = 'store.migrate';

/** What a restore is called in the journal; its details have the new era and the backup's seq. */
export const restoreAction = 'store.restore';

/** What giving up damaged records is called in the journal; its details say which. */
export const giveUpAction = 'store.give-up';

/** The new era where a record says that the store went back in time, and the record to which it went. */
export const raisedEra = ({
  action,
  details,
}: JournalHeader): { readonly era: number; readonly seq: number } | undefined => {
  if (action !== restoreAction && action !== giveUpAction) return undefined;
  const { era, seq } = details ?? {};
  return typeof era === 'number' && typeof seq === 'number' ? { era, seq } : undefined;
};

/** Where a walk along the journal is: the last record, and its hash where it is known. */
export interface ChainPosition {
  seq: number;
  hash: string | undefined;
}

/** Goes on to the next record. A string says why that is not the next one. */
export const followChain = (at: ChainPosition, { header }: JournalRecord): string | undefined => {
  const { seq, prev, hash } = header;
  if (seq !== at.seq + 1) return `record ${seq} is where record ${at.seq + 1} must be`;
  const expected = at.seq === 0 ? noHash : at.hash;
  if (expected !== undefined && prev !== expected) {
    return `record ${seq} does not continue the record before it`;
  }
  at.seq = seq;
  at.hash = hash;
  return undefined;
};

/** The collection and the id of a body's key. */
export const splitKey = (key: string): readonly [collection: string, id: string] => {
  const slash = key.indexOf('/');
  return [key.slice(0, slash), key.slice(slash + 1)];
};
