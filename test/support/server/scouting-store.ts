/**
 * Holds a server to the port's contract: a callback may run any number of times. Every callback runs
 * twice, the first run thrown away, as a store does that scouts what a batch of transactions will read.
 * What a callback does outside the documents is refused: `tx.afterCommit` is for that.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

import type { LicetSchema } from '../../../server/collections.ts';
import type { FileStore } from '../../../server/store/folder/open-store.ts';
import type { Actor, Store } from '../../../server/store/store.ts';
import type { Deps, LicetReader, LicetTransaction } from '../../../server/usecases/deps.ts';

const inCallback = new AsyncLocalStorage<boolean>();

/** The object, but that these methods throw while a callback runs. */
const refuseInCallbacks = <T extends object>(target: T, methods: readonly string[]): T =>
  new Proxy(target, {
    get: (object, name) => {
      const member: unknown = Reflect.get(object, name, object);
      if (typeof member !== 'function') return member;
      return (...values: unknown[]): unknown => {
        if (inCallback.getStore() && methods.includes(String(name)))
          throw new Error(`A callback of the store calls ${String(name)}: use tx.afterCommit.`);
        return Reflect.apply(member, object, values);
      };
    },
  });

const thrownAway = new Error('This run was thrown away.');

/** The store, with each callback scouted before it runs for real. */
export const scoutingStore = (store: FileStore<LicetSchema>): FileStore<LicetSchema> => {
  const scouted: Pick<Store<LicetSchema>, 'read' | 'transact' | 'marks'> = {
    read: async <T>(work: (reader: LicetReader) => Promise<T>): Promise<T> => {
      const run = (reader: LicetReader): Promise<T> => inCallback.run(true, () => work(reader));
      return store.read(async (reader) => {
        await Promise.allSettled([run(reader)]);
        return run(reader);
      });
    },
    transact: async <T>(
      actor: Actor,
      work: (transaction: LicetTransaction) => Promise<T>,
    ): Promise<T> => {
      const run = (transaction: LicetTransaction): Promise<T> =>
        inCallback.run(true, () => work(transaction));
      const scouting = store.transact(actor, async (transaction) => {
        await run(transaction);
        throw thrownAway;
      });
      // Whatever it ended with, the real run ends with its own.
      await Promise.allSettled([scouting]);
      return store.transact(actor, run);
    },
    marks: refuseInCallbacks(store.marks, ['set', 'delete']),
  };
  return { ...store, ...scouted };
};

/** What use cases are given, with everything refused in callbacks that a second run would do twice. */
export const withoutEffectsInCallbacks = <D extends Deps>(deps: D): D => ({
  ...deps,
  throttle: refuseInCallbacks(deps.throttle, ['failed', 'codeFailed', 'succeeded']),
  failures: refuseInCallbacks(deps.failures, ['add', 'flush']),
  live: refuseInCallbacks(deps.live, ['seen']),
  usage: refuseInCallbacks(deps.usage, ['settled', 'flush']),
  releaseFiles: refuseInCallbacks(deps.releaseFiles, ['adopt', 'receive', 'remove']),
  passwords: refuseInCallbacks(deps.passwords, ['hash', 'verify']),
  transientSessions: refuseInCallbacks(deps.transientSessions, ['set', 'delete']),
  transientSteps: refuseInCallbacks(deps.transientSteps, ['set', 'delete']),
});
