/**
 * The port of the store: what the rest of the server may ask of whatever keeps its documents. All
 * async, so that a database can stand behind it. Collections are declared once (`collection`), with
 * the indexes by which they are read.
 */

/** What every document has. Ids sort by creation (see shared/ids.ts), so lists page by id. */
export interface Document {
  readonly id: string;
}

/** The keys under which an index files a document; none when the document is not in the index. */
export type IndexKeys<D> = (document: D) => string | readonly string[] | undefined;

export interface Collection<D extends Document, I extends string> {
  readonly indexes: Readonly<Record<I, IndexKeys<D>>>;
  /** Never there: carries the document's type. */
  readonly document?: D;
}

/** Declares a collection: `collection<License>()({ owner: (license) => license.ownerId })`. */
export const collection =
  <D extends Document>() =>
  <I extends string>(indexes: Readonly<Record<I, IndexKeys<D>>>): Collection<D, I> => ({ indexes });

// oxlint-disable-next-line typescript/no-explicit-any -- lets each entry have its own document type
export type Schema = Readonly<Record<string, Collection<any, any>>>;
export type DocumentOf<C> = C extends Collection<infer D, string> ? D : never;
export type IndexOf<C> = C extends { readonly indexes: Readonly<Record<infer I, unknown>> }
  ? I & string
  : never;

export interface PageQuery {
  /** Documents after this id, in order of ids. */
  readonly after?: string | undefined;
  /** At most this many. */
  readonly limit?: number | undefined;
}

/** A collection as a reader sees it. Documents are frozen: a change is a `put` of a new one. */
export interface CollectionReader<D extends Document, I extends string> {
  get(id: string): Promise<D | undefined>;
  /** All documents in order of ids, a page of them. */
  list(query?: PageQuery): Promise<readonly D[]>;
  /** The documents that the index files under the key, in order of ids. */
  by(index: I, key: string, query?: PageQuery): Promise<readonly D[]>;
  /** The first document under the key: for indexes that are unique by rule. */
  first(index: I, key: string): Promise<D | undefined>;
  count(index?: I, key?: string): Promise<number>;
}

export interface CollectionWriter<D extends Document, I extends string> extends CollectionReader<
  D,
  I
> {
  put(document: D): void;
  delete(id: string): void;
}

export type Reader<S extends Schema> = {
  readonly [K in keyof S]: CollectionReader<DocumentOf<S[K]>, IndexOf<S[K]>>;
};

/** Who acts and from where; part of every journal record. */
export interface Actor {
  /** An account's, activation's or other id; `system` for the server itself, `anonymous` for nobody. */
  readonly id: string;
  /** The remote address, or `local` for a command on the machine itself. */
  readonly from: string;
}

/** What a transaction did, for the journal. `target` is an id; `outcome` is `ok` or a problem code. */
export interface Act {
  readonly action: string;
  readonly target: string;
  readonly outcome: string;
  /** Small facts that help who reads the journal (counts, reasons, hostnames). Never a secret. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>> | undefined;
}

export type Transaction<S extends Schema> = {
  readonly [K in keyof S]: CollectionWriter<DocumentOf<S[K]>, IndexOf<S[K]>>;
} & {
  /**
   * Says what this transaction does: the header of its journal record. Called once, whenever a
   * document is put or deleted; allowed without a change, for refusals and sign-ins.
   */
  readonly record: (act: Act) => void;
  /**
   * Keeps an effect outside the documents (a mark, a count, a live event) for later: it runs once the
   * transaction and all that it saw are durable, in the order of the transactions, before `transact`
   * resolves. It never runs when the transaction is undone or refused, and a callback that runs again
   * leaves only the effects of its last run. It must not throw.
   */
  readonly afterCommit: (effect: () => void) => void;
};

/** A journal record without its bodies: what is kept for ever and chained. */
export interface JournalHeader extends Act {
  readonly seq: number;
  /** RFC 3339 UTC with milliseconds. */
  readonly at: string;
  readonly actor: Actor;
  /** `collection/id` -> hex SHA-256 of the body put, or null for a deletion. */
  readonly bodies: Readonly<Record<string, string | null>>;
  /** The highest seq known synced when this record was written. */
  readonly durable: number;
  /** Hash of the record before; 64 zeros for the first. */
  readonly prev: string;
  /** Hex SHA-256 of this header without `hash`. */
  readonly hash: string;
}

/** A durable change, as watchers get it: the header, and the documents it put (null: deleted) by `collection/id`. */
export interface Change {
  readonly header: JournalHeader;
  readonly documents: Readonly<Record<string, Document | null>>;
}

export interface Mark {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly version?: string | undefined;
  /** Until when holds what was promised by then. Milliseconds since the epoch. */
  readonly until?: number | undefined;
  readonly from?: string | undefined;
}

/** State that may be minutes old and is not journaled: when an id was last seen. */
export interface Marks {
  get(id: string): Mark | undefined;
  set(id: string, mark: Mark): void;
  delete(id: string): void;
  /**
   * When marks may have been set that are lost, since the last process ended without closing: after the last
   * save and before this one opened. Milliseconds since the epoch; null when none are.
   */
  lost(): { readonly from: number; readonly until: number } | null;
  /** All ids that have a mark and begin so; one that comes meanwhile may be missing. */
  idsOf(prefix: string): Promise<readonly string[]>;
}

export type StoreStatus =
  | { readonly state: 'ready' }
  /** The disk is full: changes are refused until there is room. */
  | { readonly state: 'full'; readonly reason: string }
  | { readonly state: 'read-only'; readonly reason: string };

export interface EntriesQuery {
  /** Records with a higher seq. */
  readonly after?: number | undefined;
  /** Records with a lower seq. */
  readonly before?: number | undefined;
  readonly limit?: number | undefined;
  /** Newest first. */
  readonly newest?: boolean | undefined;
}

export interface Store<S extends Schema> {
  /**
   * Runs a reading function on a consistent state; its result leaves when all that it saw is durable.
   * The function awaits only its reader, and may run again when what it saw was undone.
   */
  read<T>(work: (reader: Reader<S>) => Promise<T>): Promise<T>;
  /**
   * Runs one transaction after the other. A callback awaits only its transaction, and may run any
   * number of times, so it changes nothing but the documents: everything else goes through
   * `afterCommit`. Resolves when the record is durable. A throw in the callback undoes it. Rejects with
   * `StoreError` `insufficient-storage` when the disk is full, `read-only` after a failed fsync.
   */
  transact<T>(actor: Actor, work: (transaction: Transaction<S>) => Promise<T>): Promise<T>;
  entries(query?: EntriesQuery): AsyncIterable<JournalHeader>;
  /** Calls back for each durable change, in order; returns what ends it. */
  watch(listener: (change: Change) => void): () => void;
  readonly marks: Marks;
  /** The highest durable seq. */
  seq(): number;
  /** Raised by a restore, so that products notice a server that went back in time. */
  era(): number;
  status(): StoreStatus;
  /** Waits for what is under way, writes a snapshot and the marks, frees the folder. */
  close(): Promise<void>;
}

export type StoreErrorCode =
  | 'insufficient-storage'
  | 'read-only'
  | 'in-use'
  | 'damaged'
  | 'newer-version'
  | 'not-licet'
  /** The folder was moved to another place, or a restore into it is not finished. */
  | 'sealed'
  /** A restore or a backup would overwrite what is there. */
  | 'not-empty'
  | 'not-writable';

/** Why the store did not do what it was asked. `message` is for the operator and names what to do. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
