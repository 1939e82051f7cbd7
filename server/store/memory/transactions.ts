/** Reading and changing the documents in memory, in the shapes of the port. */
import { createSlices } from '../folder/files.ts';
import { encodeRecord, sha256 } from '../journal/record.ts';
import type { Act, Actor, Change, Document, JournalHeader, PageQuery } from '../store.ts';
import {
  countDocuments,
  deepFreeze,
  documentsBy,
  getDocument,
  hasDocument,
  isIndexed,
  listDocuments,
  makeIndexes,
  setDocument,
  type Table,
  type Tables,
} from './table.ts';
import { touchDocument, touchesAll, touchesId, touchesKey, type Seen } from './unsynced.ts';

/** A collection's reader without its types: the port puts them on (see open-store.ts). */
export interface PlainReader {
  get(id: string): Promise<Document | undefined>;
  list(query?: PageQuery): Promise<readonly Document[]>;
  by(index: string, key: string, query?: PageQuery): Promise<readonly Document[]>;
  first(index: string, key: string): Promise<Document | undefined>;
  count(index?: string, key?: string): Promise<number>;
}

/**
 * `check` throws once the reader's turn is over: what it would see then might be undone. `look` is told
 * of all that is looked at.
 */
const createReader = (
  name: string,
  table: Table,
  check: () => void,
  look: (what: string) => void,
): PlainReader => {
  const checked =
    <A extends unknown[], T>(work: (...args: A) => T) =>
    async (...args: A): Promise<T> => {
      check();
      return work(...args);
    };
  /** After a start the first question may have to wait until the indexes are made; others go on meanwhile. */
  const indexed = <A extends unknown[], T>(work: (...args: A) => T) => {
    const ask = checked(work);
    return async (...args: A): Promise<T> => {
      if (!isIndexed(table)) await makeIndexes(table, createSlices(10));
      return ask(...args);
    };
  };
  const countAll = checked(() => {
    look(touchesAll(name));
    return countDocuments(table);
  });
  const countSome = indexed((index: string, key?: string) => {
    look(touchesKey(name, index, key ?? ''));
    return countDocuments(table, index, key);
  });
  return {
    get: checked((id: string) => {
      look(touchesId(name, id));
      return getDocument(table, id);
    }),
    list: checked((query?: PageQuery) => {
      look(touchesAll(name));
      return listDocuments(table, query);
    }),
    by: indexed((index: string, key: string, query?: PageQuery) => {
      look(touchesKey(name, index, key));
      return documentsBy(table, index, key, query);
    }),
    first: indexed((index: string, key: string) => {
      look(touchesKey(name, index, key));
      return documentsBy(table, index, key, { limit: 1 })[0];
    }),
    count: (index, key) => (index === undefined ? countAll() : countSome(index, key)),
  };
};

const createCheck = (): { readonly check: () => void; readonly end: () => void } => {
  let ended = false;
  return {
    check: () => {
      if (ended) throw new Error('This reader or transaction is used after its function returned.');
    },
    end: () => {
      ended = true;
    },
  };
};

export interface ReadSession {
  readonly reader: Readonly<Record<string, PlainReader>>;
  readonly end: () => void;
}

/** Starts a reading: after `end` its reader throws. */
export const beginRead = (tables: Tables, { look }: Seen): ReadSession => {
  const { check, end } = createCheck();
  const reader: Record<string, PlainReader> = {};
  for (const [name, table] of tables.byName) reader[name] = createReader(name, table, check, look);
  return { reader, end };
};

/** A document put. */
export interface Body {
  readonly text: string;
  readonly document: Document;
}

/**
 * A document as it will be read back after a restart: undefined members gone, dates as strings, and
 * nothing shared with the caller.
 */
const toBody = (document: Document): Body => {
  const text = JSON.stringify(document);
  const copy = JSON.parse(text) as Document;
  deepFreeze(copy);
  return { text, document: copy };
};

type Bodies = Map<string, Body | null>;

/** What the writers of one transaction have in common. */
interface Writing {
  readonly check: () => void;
  readonly look: (what: string) => void;
  readonly bodies: Bodies;
  readonly undos: (() => void)[];
  readonly touched: Set<string>;
}

const createWriter = (name: string, table: Table, session: Writing): object => {
  const { check, look, bodies, undos, touched } = session;
  const set = (id: string, body: Body | null): void => {
    const before = setDocument(table, id, body?.document);
    undos.push(() => setDocument(table, id, before));
    bodies.set(`${name}/${id}`, body);
    touchDocument(touched, name, table, id, [before, body?.document]);
  };
  return {
    ...createReader(name, table, check, look),
    put: (document: Document) => {
      check();
      if (typeof document.id !== 'string' || document.id === '') {
        throw new Error(`A document for ${name} has no id.`);
      }
      set(document.id, toBody(document));
    },
    delete: (id: string) => {
      check();
      if (hasDocument(table, id)) set(id, null);
    },
  };
};

/** A transaction under way. */
export interface TransactionSession {
  readonly transaction: object;
  /** Makes the transaction unusable: its function has returned. */
  readonly end: () => void;
  /** Takes all changes back, newest first. */
  readonly undo: () => void;
  readonly act: () => Act | undefined;
  /** What was put, null for a deletion, by `collection/id`. */
  readonly bodies: ReadonlyMap<string, Body | null>;
  /** What is to run once it is durable, in this order. */
  readonly effects: readonly (() => void)[];
  /** What its changes touched (see unsynced.ts). */
  readonly touched: ReadonlySet<string>;
}

/** Starts a transaction: its changes are in memory at once, and can be taken back. */
export const beginTransaction = (tables: Tables, { look }: Seen): TransactionSession => {
  const { check, end } = createCheck();
  const bodies: Bodies = new Map();
  const undos: (() => void)[] = [];
  const effects: (() => void)[] = [];
  const touched = new Set<string>();
  let act: Act | undefined;
  const transaction: Record<string, unknown> = {
    record: (what: Act) => {
      check();
      if (act !== undefined) throw new Error('A transaction says what it does only once.');
      act = what;
    },
    afterCommit: (effect: () => void) => {
      check();
      effects.push(effect);
    },
  };
  for (const [name, table] of tables.byName) {
    // Made when first used: most transactions touch two or three of a dozen collections.
    let writer: object | undefined;
    Object.defineProperty(transaction, name, {
      enumerable: true,
      get: () => (writer ??= createWriter(name, table, { check, look, bodies, undos, touched })),
    });
  }
  return {
    transaction,
    end,
    undo: () => {
      for (const undo of undos.reverse()) undo();
    },
    act: () => act,
    bodies,
    effects,
    touched,
  };
};

/** What the next record continues. */
export interface Tip {
  readonly seq: number;
  readonly hash: string;
}

export interface Sealed {
  readonly header: JournalHeader;
  readonly line: string;
  readonly change: Change;
}

/** Makes the journal record of a transaction. `at` in milliseconds since the epoch. */
export const sealRecord = (
  tip: Tip,
  durable: number,
  at: number,
  actor: Actor,
  act: Act,
  bodies: ReadonlyMap<string, Body | null>,
): Sealed => {
  const hashes: Record<string, string | null> = {};
  const texts = new Map<string, string>();
  const documents: Record<string, Document | null> = {};
  for (const [key, body] of bodies) {
    hashes[key] = body === null ? null : sha256(body.text);
    documents[key] = body === null ? null : body.document;
    if (body !== null) texts.set(key, body.text);
  }
  const { header, line } = encodeRecord(
    {
      seq: tip.seq + 1,
      at: new Date(at).toISOString(),
      actor,
      action: act.action,
      target: act.target,
      outcome: act.outcome,
      details: act.details,
      bodies: hashes,
      durable,
      prev: tip.hash,
    },
    texts,
  );
  return { header, line, change: { header, documents } };
};
