/**
 * What is true of a license's machines, whatever the server believes: who can still run, until when, and
 * which of them a release was allowed to leave running. Times are those of a clock that never goes back.
 */
import { parseJws } from '../../shared/statements/jws.ts';

/** Something that lets a machine run: the lease of a fingerprint, or an offline key on a key pair of its own. */
export interface Running {
  /** Milliseconds since the epoch. */
  until: number;
  /** It holds no seat any more: a release, a reset, a move or a new key pair left it running. */
  left: boolean;
}

/** An activation as its machine knows it. */
export interface HeldToken {
  readonly activation: string;
  readonly token: string;
  /** Who activated: an e-mail, or `license key`. */
  readonly by: string;
}

/** An offline key as its machine has it. */
export interface EnteredKey {
  readonly id: string;
  readonly host: number;
  readonly pair: number;
}

export class Model {
  /** Seats of the license. */
  seats: number;
  /** Used seats may be this many: more than the license has only after an operator lowered it below its offline keys. */
  most: number;
  /** The true time, in milliseconds since the epoch. */
  time: number;
  /** How far the server's clock is behind. */
  behind = 0;
  readonly running: Map<string, Running>;
  readonly tokens: Map<number, HeldToken>;
  readonly keys: EnteredKey[];

  constructor(seats: number, time: number) {
    this.seats = seats;
    this.most = seats;
    this.time = time;
    this.running = new Map();
    this.tokens = new Map();
    this.keys = [];
  }

  /** The host runs on a lease that holds a seat. */
  leased(host: number, lease: string): void {
    // With more keys than seats no machine has one online: so the keys that were too many are gone.
    this.most = this.seats;
    this.#runs(`lease of host ${host}`, endOf(lease));
  }

  /** The host runs on an offline key; its lease is left running. */
  entered(key: EnteredKey, until: number): void {
    this.keys.push(key);
    this.left(`lease of host ${key.host}`);
    this.#runs(keyOf(key.host, key.pair), until);
  }

  /** Their seats are free, and what runs goes on: all whose names begin so. */
  left(name: string): void {
    for (const [one, running] of this.running) if (one.startsWith(name)) running.left = true;
  }

  /** A proof was signed: that key pair runs nothing any more. */
  returned(key: EnteredKey): void {
    this.running.delete(keyOf(key.host, key.pair));
  }

  /** An operator decided that these need not count: a lost machine, or seats that were taken away. */
  excuse(isExcused: (name: string, running: Running) => boolean): void {
    for (const [name, running] of this.running) {
      if (isExcused(name, running)) this.running.delete(name);
    }
  }

  /** An operator lowered the seats: all but one key pair of each machine need not count. */
  excuseBeside(): void {
    for (const { host } of this.keys) {
      const pairs = [...this.running].filter(([name]) => name.startsWith(keyOf(host)));
      const last = pairs.toSorted(([, a], [, b]) => a.until - b.until).at(-1);
      for (const [name] of pairs) if (name !== last?.[0]) this.running.delete(name);
    }
  }

  /** Those that can run now: on seats, and left running. */
  count(): { readonly seated: number; readonly left: number } {
    this.excuse((_, { until }) => until <= this.time);
    const leases = [...this.running].filter(([name]) => name.startsWith('lease'));
    const left = leases.filter(([, one]) => one.left).length;
    const hosts = new Set(this.keys.map((key) => keyOf(key.host)));
    const pairsOf = [...hosts].map(
      (name) => [...this.running.keys()].filter((one) => one.startsWith(name)).length,
    );
    // One key pair of a machine is on its seat, the others were left running.
    const online = leases.length - left;
    const offline = pairsOf.filter((count) => count > 0).length;
    return { seated: online + offline, left: left + this.running.size - leases.length - offline };
  }

  #runs(name: string, until: number): void {
    const before = this.running.get(name)?.until ?? 0;
    this.running.set(name, { until: Math.max(before, until), left: false });
  }
}

/** When a statement ends. Milliseconds since the epoch. */
const endOf = (statement: string): number => {
  const parsed = parseJws(statement);
  if (!parsed.ok) throw new Error(`not a statement: ${statement}`);
  return (parsed.value.payload as { readonly exp: number }).exp * 1000;
};

/** How an offline key of a host runs, by its key pair; or the beginning of the names of all. */
export const keyOf = (of: number, pair?: number): string => `key of host ${of}, pair ${pair ?? ''}`;
