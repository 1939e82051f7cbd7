/**
 * Another store behind the port: documents, journal and marks in a database (SQLite). It is here so that
 * the port's tests are known to ask for nothing that only files can do; a database server would go the
 * same way.
 */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

import { encodeRecord, noHash, sha256 } from '../../../server/store/journal/record.ts';
import type {
  Act,
  Actor,
  Change,
  Collection,
  Document,
  EntriesQuery,
  JournalHeader,
  Mark,
  PageQuery,
  Schema,
  Store,
} from '../../../server/store/store.ts';
import { deepFreeze } from '../../../server/store/memory/table.ts';
import { createTurns } from '../../../server/store/memory/turns.ts';

const tables = `
  CREATE TABLE IF NOT EXISTS documents (collection TEXT, id TEXT, json TEXT, PRIMARY KEY (collection, id));
  CREATE TABLE IF NOT EXISTS keys (collection TEXT, name TEXT, key TEXT, id TEXT, PRIMARY KEY (collection, name, key, id));
  CREATE TABLE IF NOT EXISTS journal (seq INTEGER PRIMARY KEY, json TEXT);
  CREATE TABLE IF NOT EXISTS marks (id TEXT PRIMARY KEY, json TEXT);
`;

const parse = (json: unknown): unknown => {
  const value: unknown = JSON.parse(String(json));
  deepFreeze(value);
  return value;
};

/** All values of a query's first column. */
type Select = (sql: string, ...values: SQLInputValue[]) => unknown[];

const createSelect =
  (database: DatabaseSync): Select =>
  (sql, ...values) =>
    database
      .prepare(sql)
      .all(...values)
      .map((row) => Object.values(row)[0]);

const noLimit = -1;

/** What follows a commit can't undo it. */
const quietly = (work: () => void): void => {
  try {
    work();
  } catch {
    // Its own business.
  }
};

const createReader = (select: Select, name: string, check: () => void) => {
  const found = (sql: string, ...values: SQLInputValue[]): Document[] => {
    check();
    return select(sql, ...values).map((json) => parse(json) as Document);
  };
  const by = async (index: string, key: string, { after = '', limit }: PageQuery = {}) =>
    found(
      'SELECT json FROM keys JOIN documents USING (collection, id) WHERE collection = ? AND name = ? AND key = ? AND id > ? ORDER BY id LIMIT ?',
      name,
      index,
      key,
      after,
      limit ?? noLimit,
    );
  return {
    get: async (id: string) =>
      found('SELECT json FROM documents WHERE collection = ? AND id = ?', name, id)[0],
    list: async ({ after = '', limit }: PageQuery = {}) =>
      found(
        'SELECT json FROM documents WHERE collection = ? AND id > ? ORDER BY id LIMIT ?',
        name,
        after,
        limit ?? noLimit,
      ),
    by,
    first: async (index: string, key: string) => (await by(index, key, { limit: 1 }))[0],
    count: async (index?: string, key = '') => {
      check();
      return index === undefined
        ? select('SELECT count(*) FROM documents WHERE collection = ?', name)[0]
        : (await by(index, key)).length;
    },
  };
};

type Bodies = Map<string, Document | null>;

const createWriter = (
  database: DatabaseSync,
  name: string,
  { indexes }: Collection<Document, string>,
  check: () => void,
  bodies: Bodies,
) => {
  const select = createSelect(database);
  const run = (sql: string, ...values: SQLInputValue[]) => database.prepare(sql).run(...values);
  const remove = (id: string): boolean => {
    run('DELETE FROM keys WHERE collection = ? AND id = ?', name, id);
    return run('DELETE FROM documents WHERE collection = ? AND id = ?', name, id).changes > 0;
  };
  return {
    ...createReader(select, name, check),
    put: (given: Document) => {
      check();
      const document = parse(JSON.stringify(given)) as Document;
      const { id } = document;
      remove(id);
      run('INSERT INTO documents VALUES (?, ?, ?)', name, id, JSON.stringify(document));
      for (const [index, keysOf] of Object.entries(indexes)) {
        for (const key of [keysOf(document) ?? []].flat())
          run('INSERT INTO keys VALUES (?, ?, ?, ?)', name, index, key, id);
      }
      bodies.set(`${name}/${id}`, document);
    },
    delete: (id: string) => {
      check();
      if (remove(id)) bodies.set(`${name}/${id}`, null);
    },
  };
};

/** Opens a database file, or makes it. */
export const openDatabaseStore = <S extends Schema>(file: string, schema: S): Store<S> => {
  const database = new DatabaseSync(file);
  database.exec(tables);
  const select = createSelect(database);
  const turns = createTurns();
  const watchers = new Set<(change: Change) => void>();
  let closed = false;

  /** Runs a function with what it may use until it returns. */
  const lend = async <T>(
    make: (check: () => void) => object,
    work: (lent: never) => Promise<T>,
  ): Promise<T> => {
    let over = false;
    const check = (): void => {
      if (over) throw new Error('This is used after its function returned.');
    };
    try {
      return await work(make(check) as never);
    } finally {
      over = true;
    }
  };

  const each = (make: (name: string, collection: Schema[string]) => object): object =>
    Object.fromEntries(Object.entries(schema).map(([name, one]) => [name, make(name, one)]));

  const tip = (): { seq: number; hash: string } =>
    select('SELECT json FROM journal ORDER BY seq DESC LIMIT 1').map(
      (json) => parse(json) as JournalHeader,
    )[0] ?? { seq: 0, hash: noHash };

  const checkOpen = (): void => {
    if (closed) throw new Error('The store is closed.');
  };

  const journal = (actor: Actor, act: Act, bodies: Bodies): Change => {
    const { seq, hash: prev } = tip();
    const hashes = [...bodies].map(
      ([key, body]) => [key, body === null ? null : sha256(JSON.stringify(body))] as const,
    );
    const { header } = encodeRecord(
      {
        ...act,
        seq: seq + 1,
        at: new Date().toISOString(),
        actor,
        bodies: Object.fromEntries(hashes),
        durable: seq,
        prev,
      },
      new Map(),
    );
    database.prepare('INSERT INTO journal VALUES (?, ?)').run(seq + 1, JSON.stringify(header));
    return { header, documents: Object.fromEntries(bodies) };
  };

  const tell = (change: Change): void => {
    for (const watcher of watchers) quietly(() => watcher(change));
  };

  const transact = async <T>(actor: Actor, work: (lent: never) => Promise<T>): Promise<T> => {
    const bodies: Bodies = new Map();
    const effects: (() => void)[] = [];
    let act: Act | undefined;
    const make = (check: () => void): object => ({
      ...each((name, one) => createWriter(database, name, one, check, bodies)),
      record: (what: Act) => {
        check();
        act = what;
      },
      afterCommit: (effect: () => void) => {
        check();
        effects.push(effect);
      },
    });
    database.exec('BEGIN IMMEDIATE');
    try {
      const value = await lend(make, work);
      if (act === undefined && bodies.size > 0)
        throw new Error('A transaction that changes documents must record what it does.');
      const change = act === undefined ? undefined : journal(actor, act, bodies);
      database.exec('COMMIT');
      for (const effect of effects) quietly(effect);
      if (change !== undefined) tell(change);
      return value;
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
  };

  async function* entries(query: EntriesQuery = {}): AsyncGenerator<JournalHeader> {
    const { after = 0, before = Number.MAX_SAFE_INTEGER, limit = noLimit, newest } = query;
    const order = newest === true ? 'DESC' : 'ASC';
    const sql = `SELECT json FROM journal WHERE seq > ? AND seq < ? ORDER BY seq ${order} LIMIT ?`;
    for (const json of select(sql, after, before, limit)) yield parse(json) as JournalHeader;
  }

  return {
    read: async (work) => {
      checkOpen();
      return turns.shared(() =>
        lend((check) => each((name) => createReader(select, name, check)), work),
      );
    },
    transact: async (actor, work) => {
      checkOpen();
      return turns.exclusive(() => transact(actor, work));
    },
    entries,
    watch: (listener) => {
      watchers.add(listener);
      return () => void watchers.delete(listener);
    },
    marks: {
      get: (id) =>
        select('SELECT json FROM marks WHERE id = ?', id).map((json) => parse(json) as Mark)[0],
      set: (id, mark) =>
        void database
          .prepare('INSERT OR REPLACE INTO marks VALUES (?, ?)')
          .run(id, JSON.stringify(mark)),
      lost: () => null,
      delete: (id) => void database.prepare('DELETE FROM marks WHERE id = ?').run(id),
      idsOf: async (prefix) =>
        select('SELECT id AS json FROM marks')
          .map(String)
          .filter((id) => id.startsWith(prefix)),
    },
    seq: () => tip().seq,
    era: () => 1,
    status: () => ({ state: 'ready' }),
    close: async () => {
      if (closed) return;
      closed = true;
      await turns.exclusive(async () => database.close());
    },
  };
};
