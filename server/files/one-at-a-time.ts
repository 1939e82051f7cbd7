/** Runs pieces of work that share a key one after the other, in order of arrival; others at the same time. */
export type OneAtATime = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** Nothing runs yet. */
export const createOneAtATime = (): OneAtATime => {
  const last = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const before = last.get(key);
    const mine = (async () => {
      await Promise.allSettled([before]);
      return work();
    })();
    last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (last.get(key) === mine) last.delete(key);
    }
  };
};
