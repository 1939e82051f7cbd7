/** Tells watchers that a machine was seen: in memory, to who is there now. */
import type { Live } from './deps.ts';

export const createLive = (): Live => {
  const listeners = new Set<(licenseId: string, activationId: string) => void>();
  return {
    seen: (licenseId, activationId) => {
      for (const listener of listeners) listener(licenseId, activationId);
    },
    watch: (listener) => {
      // A function of its own, so that the same listener may watch twice.
      const own: typeof listener = (licenseId, activationId) => listener(licenseId, activationId);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  };
};
