/**
 * The throttle of failed credentials. What must hold: guessing is slow, and nobody can lock an owner
 * out. So no count stops an account everywhere: failures count for the pair of account and address,
 * and for the address; an account that is guessed at from many addresses only leaves each new address
 * fewer free tries. An address from which the account signed in before is held up by its own pair alone.
 *
 * Wrong codes of a second factor are another matter: whoever tries them has the password, and six digits are
 * guessed soon from many addresses. They count for the account, whatever the address.
 */
import { addressKey } from './address-key.ts';
import type { Attempt, Throttle } from '../deps.ts';

/** Wrong tries for one account from one address before the first delay. */
const pairFree = 10;
/** The same for an account that is under attack from several addresses. */
const pairFreeUnderAttack = 2;
/** Wrong tries for all accounts from one address before the first delay. */
const addressFree = 50;
/** Wrong tries for one account from all addresses after which it counts as under attack. */
const accountLimit = 100;
/** Wrong codes for one account, after its right password, before the first delay. */
const codesFree = 20;
/** The longest delay: 15 minutes. */
const longestDelay = 900;
/** Failures are forgotten when none came for an hour, wrong codes when none came for a day. Milliseconds. */
const memory = 3_600_000;
const codeMemory = 86_400_000;
/** Entries of each kind at most; the one not touched for longest goes first. */
const capacity = 20_000;

interface Failures {
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly last: number;
}

/** A map that forgets what was not touched for longest when it is full. */
const boundedMap = <T>() => {
  const entries = new Map<string, T>();
  return {
    get: (key: string): T | undefined => entries.get(key),
    set: (key: string, value: T): void => {
      entries.delete(key);
      entries.set(key, value);
      if (entries.size > capacity) {
        for (const oldest of entries.keys()) {
          entries.delete(oldest);
          break;
        }
      }
    },
    delete: (key: string): void => void entries.delete(key),
  };
};

/** Seconds that so many failures beyond the free ones cost: 1, 2, 4, ... up to the longest. */
const penalty = (failures: number, free: number): number =>
  failures < free ? 0 : Math.min(2 ** (failures - free), longestDelay);

/** Makes a throttle. `now` in milliseconds since the epoch. */
export const createThrottle = (now: () => number): Throttle => {
  const pairs = boundedMap<Failures>();
  const addresses = boundedMap<Failures>();
  const accounts = boundedMap<Failures>();
  const codes = boundedMap<Failures>();
  const known = boundedMap<true>();

  const keysOf = ({ account, address }: Attempt) => {
    const from = addressKey(address);
    return { account, from, pair: account === null ? null : `${from} ${account}` };
  };

  /** What counts now. The clock may have been set back since: what is in the future was just now. */
  const recent = (map: typeof pairs, key: string): Failures | undefined => {
    const failures = map.get(key);
    if (failures && failures.last > now()) {
      const moved = { ...failures, last: now() };
      map.set(key, moved);
      return moved;
    }
    const lifetime = map === codes ? codeMemory : memory;
    return failures && now() - failures.last < lifetime ? failures : undefined;
  };

  const wait = (map: typeof pairs, key: string, free: number): number => {
    const counted = recent(map, key);
    if (!counted) return 0;
    const until = counted.last + penalty(counted.count, free) * 1000;
    return Math.max(0, Math.ceil((until - now()) / 1000));
  };

  const count = (map: typeof pairs, key: string): void =>
    map.set(key, { count: (recent(map, key)?.count ?? 0) + 1, last: now() });

  return {
    delay(attempt) {
      const { account, from, pair } = keysOf(attempt);
      if (account === null || pair === null) return wait(addresses, from, addressFree);
      if (known.get(pair)) return wait(pairs, pair, pairFree);
      const attacked = (recent(accounts, account)?.count ?? 0) >= accountLimit;
      return Math.max(
        wait(pairs, pair, attacked ? pairFreeUnderAttack : pairFree),
        wait(addresses, from, addressFree),
      );
    },

    codeDelay(attempt) {
      const { account, pair } = keysOf(attempt);
      if (account === null || pair === null || known.get(pair)) return 0;
      return wait(codes, account, codesFree);
    },

    failed(attempt) {
      const { account, from, pair } = keysOf(attempt);
      count(addresses, from);
      if (account !== null) count(accounts, account);
      if (pair !== null) count(pairs, pair);
    },

    codeFailed({ account }) {
      if (account !== null) count(codes, account);
    },

    succeeded(attempt) {
      const { pair } = keysOf(attempt);
      if (pair === null) return;
      pairs.delete(pair);
      known.set(pair, true);
    },
  };
};
