/** When somebody should go to an offline machine with the next key. */
import type { OfflineKey } from '../../../../shared/api/offline-keys.ts';

const day = 86_400_000;
/** So long before a key ends the next one should be there; a key for a short time leaves a quarter of it. */
const headStart = 14 * day;

type Key = Pick<OfflineKey, 'issuedAt' | 'expiresAt' | 'status'>;

/** Milliseconds since the epoch, at midnight UTC. */
export const nextVisit = ({ issuedAt, expiresAt }: Omit<Key, 'status'>): number => {
  const end = Date.parse(expiresAt);
  const early = Math.min(headStart, (end - Date.parse(issuedAt)) / 4);
  return Math.floor((end - early) / day) * day;
};

/** Whether the key still holds its seat, so that its machine waits for a next one. */
export const isHeld = ({ status }: Pick<Key, 'status'>): boolean =>
  status === 'active' || status === 'lost';

/** The order of a list: the next visits first, then what needs none, the latest first. */
export const byNextVisit = (a: Key, b: Key): number =>
  Number(isHeld(b)) - Number(isHeld(a)) ||
  (isHeld(a) ? nextVisit(a) - nextVisit(b) : b.expiresAt.localeCompare(a.expiresAt));
