/** A disk that takes its time: from now on each fdatasync of this process waits until it is let go. */
import { open } from 'node:fs/promises';

interface Synced {
  datasync: () => Promise<void>;
}

export interface HeldSyncs {
  /** Resolves when something waits. */
  readonly begun: Promise<void>;
  readonly letGo: () => void;
}

/** Holds all syncs until they are let go. */
export const holdSyncs = async (): Promise<HeldSyncs> => {
  const handle = await open(import.meta.filename);
  const prototype = Object.getPrototypeOf(handle) as Synced;
  await handle.close();
  const { datasync } = prototype;
  const begun = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  prototype.datasync = async function held(this: unknown) {
    begun.resolve();
    await end.promise;
    await datasync.call(this);
  };
  return {
    begun: begun.promise,
    letGo: () => {
      prototype.datasync = datasync;
      end.resolve();
    },
  };
};
