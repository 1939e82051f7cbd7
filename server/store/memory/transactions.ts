/** Reading and changing the documents in memory, in the shapes of the port. */
import { createSlices } from '../folder/files.ts';
import { encodeRecord, sha256 } from '../journal/record.ts';
import type { Act, Actor, Change, Document, JournalHeader, PageQuery } from '../store.ts';
import {
  countDocuments,
  deepFreeze,
  documentsBy,
  firstDocumentBy,
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

/** A reading or a transaction under way, as those that it was handed to share it. */
interface Turn {
  /** Then its readers throw: what they would see might be undone. */
  over: boolean;
  /** Told of all that is looked at. */
  readonly look: (what: string) => void;
}

const check = (turn: Turn): void => {
  if (turn.over) {
    throw new Error('This reader or transaction is used after its function returned.');
  }
};

/** A class, since each request makes a few of them: the methods are made once. */
class TableReader implements PlainReader {
  protected readonly name: string;
  protected readonly table: Table;
  protected readonly turn: Turn;

  constructor(name: string, table: Table, turn: Turn) {
    this.name = name;
    this.table = table;
    this.turn = turn;
  }

  async get(id: string): Promise<Document | undefined> {
    this.look(touchesId(this.name, id));
    return getDocument(this.table, id);
  }

  async list(query?: PageQuery): Promise<readonly Document[]> {
    this.look(touchesAll(this.name));
    return listDocuments(this.table, query);
  }

  async by(index: string, key: string, query?: PageQuery): Promise<readonly Document[]> {
    if (!isIndexed(this.table)) await this.makeIndexes();
    this.look(touchesKey(this.name, index, key));
    return documentsBy(this.table, index, key, query);
  }

  async first(index: string, key: string): Promise<Document | undefined> {
    if (!isIndexed(this.table)) await this.makeIndexes();
    this.look(touchesKey(this.name, index, key));
    return firstDocumentBy(this.table, index, key);
  }

  async count(index?: string, key = ''): Promise<number> {
    if (index !== undefined && !isIndexed(this.table)) await this.makeIndexes();
    this.look(index === undefined ? touchesAll(this.name) : touchesKey(this.name, index, key));
    return countDocuments(this.table, index, key);
  }

  private look(what: string): void {
    check(this.turn);
    this.turn.look(what);
  }

  /** After a start the first question may have to wait until they are made; others go on meanwhile. */
  private makeIndexes(): Promise<void> {
    return makeIndexes(this.table, createSlices(10));
  }
}

/** A member for each table, made when it is asked for: a request uses two or three of fifteen. */
const shapeOf = (
  tables: Tables,
  make: (name: string, table: Table, turn: Turn) => TableReader,
): object => {
  const shape = {};
  for (const [name, table] of tables.byName) {
    Object.defineProperty(shape, name, {
      enumerable: true,
      get(this: { readonly turn: Turn }) {
        return make(name, table, this.turn);
      },
    });
  }
  return shape;
};

/** An object of that shape; `turn` is not among its members. */
const withTurn = (shape: object, turn: Turn): object =>
  Object.create(shape, { turn: { value: turn } }) as object;

export interface ReadSession {
  readonly reader: Readonly<Record<string, PlainReader>>;
  readonly end: () => void;
}

/** What starts readings of these tables: after `end` a reader throws. */
export const createReads = (tables: Tables): ((seen: Seen) => ReadSession) => {
  const shape = shapeOf(tables, (name, table, turn) => new TableReader(name, table, turn));
  return ({ look }) => {
    const turn: Turn = { over: false, look };
    return {
      reader: withTurn(shape, turn) as Record<string, PlainReader>,
      end: () => {
        turn.over = true;
      },
    };
  };
};

/** A document put. */
export interface Body {
  readonly text: string;
  readonly document: Document;
}

/** Whether a value is read back from JSON as it is. */
const isPlain = (value: unknown): boolean =>
  typeof value === 'string' ||
  typeof value === 'boolean' ||
  value === null ||
  (Number.isFinite(value) && !Object.is(value, -0));

/**
 * A document as it will be read back after a restart: undefined members gone, dates as strings, and
 * nothing shared with the caller.
 */
const toBody = (document: Document): Body => {
  const text = JSON.stringify(document);
  const isFlat = Object.getPrototypeOf(document) === Object.prototype && !('toJSON' in document);
  const copy =
    isFlat && Object.values(document).every(isPlain)
      ? { ...document }
      : (JSON.parse(text) as Document);
  deepFreeze(copy);
  return { text, document: copy };
};

/** What a transaction did so far. */
interface Writing extends Turn {
  readonly bodies: Map<string, Body | null>;
  readonly undos: (() => void)[];
  readonly touched: Set<string>;
}

class TableWriter extends TableReader {
  private readonly writing: Writing;

  constructor(name: string, table: Table, writing: Writing) {
    super(name, table, writing);
    this.writing = writing;
  }

  put(document: Document): void {
    check(this.writing);
    if (typeof document.id !== 'string' || document.id === '') {
      throw new Error(`A document for ${this.name} has no id.`);
    }
    this.set(document.id, toBody(document));
  }

  delete(id: string): void {
    check(this.writing);
    if (hasDocument(this.table, id)) this.set(id, null);
  }

  private set(id: string, body: Body | null): void {
    const { name, table } = this;
    const { bodies, undos, touched } = this.writing;
    const before = setDocument(table, id, body?.document);
    undos.push(() => setDocument(table, id, before));
    bodies.set(`${name}/${id}`, body);
    touchDocument(touched, name, table, id, [before, body?.document]);
  }
}

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

/** What starts transactions on these tables: their changes are in memory at once, and can be taken back. */
export const createTransactions = (tables: Tables): ((seen: Seen) => TransactionSession) => {
  // Its turn is always the `Writing` below.
  const shape = shapeOf(
    tables,
    (name, table, turn) => new TableWriter(name, table, turn as Writing),
  );
  return ({ look }) => {
    const writing: Writing = {
      over: false,
      look,
      bodies: new Map(),
      undos: [],
      touched: new Set(),
    };
    const { bodies, undos, touched } = writing;
    const effects: (() => void)[] = [];
    let act: Act | undefined;
    const transaction = Object.assign(withTurn(shape, writing), {
      record: (what: Act) => {
        check(writing);
        if (act !== undefined) throw new Error('A transaction says what it does only once.');
        act = what;
      },
      afterCommit: (effect: () => void) => {
        check(writing);
        effects.push(effect);
      },
    });
    return {
      transaction,
      end: () => {
        writing.over = true;
      },
      undo: () => {
        for (const undo of undos.reverse()) undo();
      },
      act: () => act,
      bodies,
      effects,
      touched,
    };
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
