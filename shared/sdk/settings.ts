/** What the SDK is told: options first, then the environment, then what the platform says. */
import os from 'node:os';
import path from 'node:path';
import type { Trust } from '../statements/trust.ts';
import { parseTrust } from '../statements/trust.ts';
import { StateError } from './failure.ts';

/** Where the machine keeps its state and who it is. Every one has a default. */
export interface MachineOptions {
  /** Default: LICET_STATE_DIR, else licet below XDG_STATE_HOME, else ~/.local/state/licet. */
  readonly stateDir?: string | undefined;
  /** 64 hex digits. Default: LICET_FINGERPRINT, else made from what the platform calls the machine. */
  readonly fingerprint?: string | undefined;
  /** Default: the system's hostname. */
  readonly hostname?: string | undefined;
  /** Milliseconds since the epoch, now. Default: the system's clock. */
  readonly now?: (() => number) | undefined;
  /** Milliseconds that this machine has been running, by a clock that can't be set. Default: the system's. */
  readonly uptime?: (() => number) | undefined;
}

/** What is trusted: the text of a trust file, or of one or more public root keys. */
export interface TrustOptions {
  readonly roots: string | readonly string[];
}

/** The machine's state folder as an absolute path. */
export const stateDirOf = (options: MachineOptions, env = process.env): string => {
  const set = options.stateDir ?? env['LICET_STATE_DIR'];
  if (set) return path.resolve(set);
  const base = env['XDG_STATE_HOME'];
  // The XDG base directory specification: a relative path is not valid and must be ignored.
  if (base && path.isAbsolute(base)) return path.join(base, 'licet');
  const home = os.homedir();
  if (home === '') throw new StateError('There is no home folder. Set LICET_STATE_DIR.');
  return path.join(home, '.local', 'state', 'licet');
};

export const nowOf = (options: MachineOptions): number => (options.now ?? Date.now)();

export const hostnameOf = (options: MachineOptions): string => options.hostname ?? os.hostname();

/** Reads the roots and what comes with them. @throws StateError when one is not usable. */
export const trustOf = (options: TrustOptions): Trust => {
  const texts = typeof options.roots === 'string' ? [options.roots] : options.roots;
  const read = texts.map((text) => {
    const trust = parseTrust(text);
    if (!trust.ok) throw new StateError(trust.error);
    return trust.value;
  });
  if (read.length === 0) throw new StateError('No root key is given. Embed those of your server.');
  const lists = read.filter((trust) => trust.revocations !== undefined);
  const newest = lists.sort(
    (a, b) => (b.revocations?.licet.number ?? 0) - (a.revocations?.licet.number ?? 0),
  )[0];
  return {
    roots: read.flatMap((trust) => trust.roots),
    certificates: read.flatMap((trust) => trust.certificates),
    revocations: newest?.revocations,
    revocationsJws: newest?.revocationsJws,
    issuer: read.find((trust) => trust.issuer !== undefined)?.issuer,
  };
};
