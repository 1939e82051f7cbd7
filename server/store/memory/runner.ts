/** Runs reads and transactions so that nothing leaves before it is durable. */
import { messageOf } from '../folder/files.ts';
import type { Log } from '../folder/log.ts';
import type { Repeats } from '../journal/repeats.ts';
import { createPending, type GroupCommit, type Pending } from '../journal/group-commit.ts';
import { StoreError, type Actor, type Reader, type Schema, type Transaction } from '../store.ts';
import type { Tables } from './table.ts';
import { createReads, createTransactions, sealRecord, type Tip } from './transactions.ts';
import type { Turns } from './turns.ts';
import { createSeen, createUnsynced } from './unsynced.ts';

/** What changes while a store is open, beside the documents. */
export interface Memory {
  /** The last record, durable or not. */
  tip: Tip;
  durable: Tip;
  /** Why nothing may be written, if so. */
  readOnly: string | undefined;
  /** How often records were undone: a snapshot that spans an undoing is worthless. */
  undone: number;
  closed: boolean;
}

export interface RunnerDeps {
  readonly tables: Tables;
  readonly memory: Memory;
  readonly turns: Turns;
  readonly now: () => number;
  readonly repeats: Repeats;
  readonly log: Log;
  /** None in a store that was opened for reading. */
  readonly commit: GroupCommit | undefined;
}

export interface Runner<S extends Schema> {
  read<T>(work: (reader: Reader<S>) => Promise<T>): Promise<T>;
  transact<T>(actor: Actor, work: (transaction: Transaction<S>) => Promise<T>): Promise<T>;
}

/** What a function returned or threw, and the records on which that hangs. */
interface Attempt<T> {
  readonly finish: () => T;
  /** The newest record that it saw and that was not durable yet: if that is undone, it runs again. */
  readonly seen: Pending | undefined;
  /** The record that it made: if that is undone, so is its promise. */
  readonly own?: Pending;
  /** What is to run when it counts. */
  readonly effects?: readonly (() => void)[];
}

const attempt = async <T>(work: () => Promise<T>): Promise<() => T> => {
  try {
    const value = await work();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
};

const refuse = (error: Error): (() => never) => {
  return () => {
    throw error;
  };
};

/** The reading and changing half of the port; see `Store` for what both promise. */
export const createRunner = <S extends Schema>(deps: RunnerDeps): Runner<S> => {
  const { tables, memory, turns, commit } = deps;
  const beginRead = createReads(tables);
  const beginTransaction = createTransactions(tables);
  const unsynced = createUnsynced();

  const checkOpen = (): void => {
    if (memory.closed) throw new Error('The store is closed.');
  };

  const readOnce = <T>(work: (reader: Reader<S>) => Promise<T>): Promise<Attempt<T>> =>
    turns.shared(async () => {
      const seen = createSeen(unsynced);
      const { reader, end } = beginRead(seen);
      // The tables are made from the schema, so the plain readers are those of its types.
      const finish = await attempt(() => work(reader as unknown as Reader<S>));
      end();
      return { finish, seen: seen.newest() };
    });

  const transactOnce = <T>(
    actor: Actor,
    work: (transaction: Transaction<S>) => Promise<T>,
  ): Promise<Attempt<T>> =>
    turns.exclusive(async () => {
      const seen = createSeen(unsynced);
      const session = beginTransaction(seen);
      let failed = false;
      const finish = await attempt(async () => {
        try {
          return await work(session.transaction as Transaction<S>);
        } catch (error) {
          failed = true;
          throw error;
        }
      });
      session.end();
      if (failed) {
        session.undo();
        return { finish, seen: seen.newest() };
      }
      const changes = session.bodies.size > 0;
      const said = session.act();
      const act = changes || said === undefined ? said : deps.repeats.take(actor, said, deps.now());
      if (act === undefined && !changes) {
        session.undo();
        return { finish, seen: seen.newest(), effects: session.effects };
      }
      const reason = memory.readOnly;
      if (act === undefined || commit === undefined || reason !== undefined) {
        session.undo();
        return {
          finish: refuse(
            act === undefined
              ? new Error('A transaction that changes documents must record what it does.')
              : new StoreError(
                  'read-only',
                  reason ?? 'The data folder was opened for reading only.',
                ),
          ),
          seen: undefined,
        };
      }
      const before = memory.tip;
      const { header, line, change } = sealRecord(
        before,
        memory.durable.seq,
        deps.now(),
        actor,
        act,
        session.bodies,
      );
      const own = createPending(change, line, () => {
        session.undo();
        memory.tip = before;
      });
      memory.tip = { seq: header.seq, hash: header.hash };
      commit.add(own);
      unsynced.add(own, session.touched);
      return { finish, seen: undefined, own, effects: session.effects };
    });

  /** The transaction is durable: an effect that fails can't undo it, nor keep the others from running. */
  const run = (effects: readonly (() => void)[]): void => {
    for (const effect of effects) {
      try {
        effect();
      } catch (error) {
        deps.log.error({ error: messageOf(error) }, 'What should follow a transaction failed.');
      }
    }
  };

  /** Repeats until what was seen became durable. */
  const settle = async <T>(once: () => Promise<Attempt<T>>): Promise<T> => {
    for (;;) {
      checkOpen();
      const { finish, seen, own, effects = [] } = await once();
      const error = await (own ?? seen)?.settled;
      if (error === undefined) {
        run(effects);
        return finish();
      }
      if (own !== undefined) throw error;
    }
  };

  return {
    read: (work) => settle(() => readOnce(work)),
    transact: (actor, work) => settle(() => transactOnce(actor, work)),
  };
};
