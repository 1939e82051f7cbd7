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

/** A collection's reader without its types: the port puts them on (see open-store.ts). */
export interface PlainReader {
  get(id: string): Promise<Document | undefined>;
  list(query?: PageQuery): Promise<readonly Document[]>;
  by(index: string, key: string, query?: PageQuery): Promise<readonly Document[]>;
  first(index: string, key: string): Promise<Document | undefined>;
  count(index?: string, key?: string): Promise<number>;
}

/** A reading or a transaction: what it was handed throws once its turn is over, since it might see what is undone. */
interface Turn {
  over: boolean;
}

const check = (turn: Turn): void => {
  if (turn.over) {
    throw new Error('This reader or transaction is used after its function returned.');
  }
};

/** A class, since each request makes a few: its methods are made once. */
class TableReader implements PlainReader {
  protected readonly table: Table;
  protected readonly turn: Turn;

  constructor(table: Table, turn: Turn) {
    this.table = table;
    this.turn = turn;
  }

  async get(id: string): Promise<Document | undefined> {
    check(this.turn);
    return getDocument(this.table, id);
  }

  async list(query?: PageQuery): Promise<readonly Document[]> {
    check(this.turn);
    return listDocuments(this.table, query);
  }

  async by(index: string, key: string, query?: PageQuery): Promise<readonly Document[]> {
    if (!isIndexed(this.table)) await this.makeIndexes();
    check(this.turn);
    return documentsBy(this.table, index, key, query);
  }

  async first(index: string, key: string): Promise<Document | undefined> {
    if (!isIndexed(this.table)) await this.makeIndexes();
    check(this.turn);
    return firstDocumentBy(this.table, index, key);
  }

  async count(index?: string, key?: string): Promise<number> {
    if (index !== undefined && !isIndexed(this.table)) await this.makeIndexes();
    check(this.turn);
    return countDocuments(this.table, index, key);
  }

  /** After a start the first question may have to wait until they are made; others go on meanwhile. */
  private makeIndexes(): Promise<void> {
    return makeIndexes(this.table, createSlices(10));
  }
}

export interface ReadSession {
  readonly reader: Readonly<Record<string, PlainReader>>;
  readonly end: () => void;
}

/** Starts a reading: after `end` its reader throws. */
export type BeginRead = () => ReadSession;

/** Gives an object's heirs a member for each table, made when it is asked for: most are not. */
const addTables = <T extends Turn>(
  shape: T,
  tables: Tables,
  make: (name: string, table: Table, turn: T) => TableReader,
): void => {
  for (const [name, table] of tables.byName) {
    Object.defineProperty(shape, name, {
      enumerable: true,
      get(this: T) {
        return make(name, table, this);
      },
    });
  }
};

/** What starts readings of these tables. */
export const createReads = (tables: Tables): BeginRead => {
  const shape: Turn = { over: false };
  addTables(shape, tables, (_, table, turn) => new TableReader(table, turn));
  return () => {
    const turn = Object.create(shape) as Turn & Record<string, PlainReader>;
    return {
      reader: turn,
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

type Bodies = Map<string, Body | null>;

/** What a transaction did so far. */
interface Changes extends Turn {
  readonly bodies: Bodies;
  readonly undos: (() => void)[];
  readonly effects: (() => void)[];
  act: Act | undefined;
}

class TableWriter extends TableReader {
  private readonly name: string;
  private readonly changes: Changes;

  constructor(name: string, table: Table, changes: Changes) {
    super(table, changes);
    this.name = name;
    this.changes = changes;
  }

  put(document: Document): void {
    check(this.turn);
    if (typeof document.id !== 'string' || document.id === '') {
      throw new Error(`A document for ${this.name} has no id.`);
    }
    this.set(document.id, toBody(document));
  }

  delete(id: string): void {
    check(this.turn);
    if (hasDocument(this.table, id)) this.set(id, null);
  }

  private set(id: string, body: Body | null): void {
    const { table } = this;
    const before = setDocument(table, id, body?.document);
    this.changes.undos.push(() => setDocument(table, id, before));
    this.changes.bodies.set(`${this.name}/${id}`, body);
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
}

/** Starts a transaction: its changes are in memory at once, and can be taken back. */
export type BeginTransaction = () => TransactionSession;

/** What starts transactions on these tables. */
export const createTransactions = (tables: Tables): BeginTransaction => {
  const shape = {
    record(this: Changes, what: Act): void {
      check(this);
      if (this.act !== undefined) throw new Error('A transaction says what it does only once.');
      this.act = what;
    },
    afterCommit(this: Changes, effect: () => void): void {
      check(this);
      this.effects.push(effect);
    },
  } as unknown as Changes;
  addTables(shape, tables, (name, table, changes) => new TableWriter(name, table, changes));
  return () => {
    const changes = Object.create(shape) as Changes;
    const { bodies, undos, effects } = Object.assign(changes, {
      over: false,
      bodies: new Map<string, Body | null>(),
      undos: [] as (() => void)[],
      effects: [] as (() => void)[],
      act: undefined,
    });
    return {
      transaction: changes,
      end: () => {
        changes.over = true;
      },
      undo: () => {
        for (const undo of undos.reverse()) undo();
      },
      act: () => changes.act,
      bodies,
      effects,
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
