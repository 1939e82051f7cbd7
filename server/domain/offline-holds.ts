/**
 * Which offline keys can still run, and the seat that they hold. Whoever has a machine's state folder and
 * key can run on it until the key ends, whatever replaced it since: only a proof of the same key pair, or
 * an operator's write-off, says otherwise.
 */
import type { OfflineKeyDoc } from './documents.ts';

/** The seat that the keys of one machine hold. */
export interface OfflineHold {
  /** The key that holds it. `expiresAt` is when the last key of the machine ends. */
  readonly key: OfflineKeyDoc;
  /** When the machine's other key pairs end, which run beside the one on the seat. Milliseconds. */
  readonly beside: readonly number[];
}

/**
 * Whether a later key of the machine ended this one, returned by the same key pair or written off, in data of
 * a version that didn't mark those that a return or a write-off ends.
 */
const isClosedBy = (key: OfflineKeyDoc, later: OfflineKeyDoc): boolean =>
  !later.ended &&
  later.issuedAt > key.issuedAt &&
  (later.status === 'written-off' ||
    (later.status === 'returned' && later.machineKey === key.machineKey));

/** The keys of one machine that can still run, by all keys that it ever had. */
export const runningKeys = (
  ofMachine: readonly OfflineKeyDoc[],
  now: number,
): readonly OfflineKeyDoc[] =>
  ofMachine.filter(
    (key) =>
      key.expiresAt > now &&
      !key.ended &&
      key.status !== 'returned' &&
      key.status !== 'written-off' &&
      (key.status !== 'superseded' || !ofMachine.some((later) => isClosedBy(key, later))),
  );

/** The replaced keys that end with one that is returned or written off: those of its key pair, or of the machine. */
export const endedWith = (
  key: OfflineKeyDoc,
  ofMachine: readonly OfflineKeyDoc[],
  isEnded: (other: OfflineKeyDoc) => boolean,
): readonly OfflineKeyDoc[] =>
  ofMachine.filter(
    (other) =>
      other.id !== key.id && other.status === 'superseded' && !other.ended && isEnded(other),
  );

/** The seat that one machine holds by its offline keys; null when none of them can run. */
export const offlineHold = (
  ofMachine: readonly OfflineKeyDoc[],
  now: number,
): OfflineHold | null => {
  const running = runningKeys(ofMachine, now).toSorted((a, b) => a.expiresAt - b.expiresAt);
  const last = running.at(-1);
  if (!last) return null;
  const ends = new Map(running.map((key) => [key.machineKey, key.expiresAt]));
  const key = running.find(({ status }) => status !== 'superseded') ?? last;
  return {
    key: { ...key, expiresAt: last.expiresAt },
    beside: [...ends.values()].sort((a, b) => a - b).slice(0, -1),
  };
};
