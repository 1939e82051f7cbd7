/**
 * What a machine has learned to trust, or no longer to trust: the newest list of revoked keys, and, for
 * the command line, the trust file that was used when a key was entered. A product's own roots always
 * decide; a list counts only if one of them signed it.
 */
import { z } from 'zod';
import { verifyStatement } from '../statements/statements.ts';
import { day } from '../time.ts';
import type { Trust } from '../statements/trust.ts';
import { stateDirOf, trustOf, type MachineOptions, type TrustOptions } from './settings.ts';
import { readState, writeState } from './state.ts';

const revocationsFile = 'revocations.json';
const RevocationsState = z.object({
  version: z.literal(1),
  jws: z.string().nullable(),
  /** Milliseconds. */
  fetchedAt: z.number(),
});

const trustFile = 'trust.json';
const TrustState = z.object({ version: z.literal(1), text: z.string() });

const numberOf = (trust: Trust): number => trust.revocations?.licet.number ?? -1;

/** Adds a list of revoked keys to a trust if one of its roots signed it and it is newer. */
const withList = (trust: Trust, jws: string | null): Trust => {
  const options = { roots: trust.roots, now: 0 };
  const verified = jws === null ? undefined : verifyStatement('revocations', jws, options);
  if (jws === null || !verified?.ok) return trust;
  const newer = { ...trust, revocations: verified.value.claims, revocationsJws: jws };
  return numberOf(newer) > numberOf(trust) ? newer : trust;
};

/** The roots that were given, with the newest list of revoked keys that this machine has seen. */
export const trustHere = async (options: MachineOptions & TrustOptions): Promise<Trust> => {
  const stored = await readState(stateDirOf(options), revocationsFile, RevocationsState);
  return withList(trustOf(options), stored?.jws ?? null);
};

/** Keeps the list of revoked keys that a trust brings, if it is newer than the one kept. */
export const keepRevocations = async (folder: string, trust: Trust): Promise<void> => {
  const stored = await readState(folder, revocationsFile, RevocationsState);
  const kept = withList({ ...trust, revocations: undefined }, stored?.jws ?? null);
  if (trust.revocationsJws === undefined || numberOf(trust) <= numberOf(kept)) return;
  const fetchedAt = stored?.fetchedAt ?? 0;
  await writeState(folder, revocationsFile, { version: 1, jws: trust.revocationsJws, fetchedAt });
};

/** Fetches the list of revoked keys once a day. `fetch` gives the list of the server, or nothing. */
export const refreshRevocations = async (
  folder: string,
  trust: Trust,
  now: number,
  fetch: () => Promise<string | null | undefined>,
): Promise<void> => {
  const stored = await readState(folder, revocationsFile, RevocationsState);
  if (stored && Math.abs(now - stored.fetchedAt) < day) return;
  const jws = await fetch();
  if (jws === undefined) return;
  const newest = withList(withList({ ...trust, revocations: undefined }, stored?.jws ?? null), jws);
  const kept = newest.revocationsJws ?? stored?.jws ?? null;
  await writeState(folder, revocationsFile, { version: 1, jws: kept, fetchedAt: now });
};

/** The trust file that was kept on this machine, as text. */
export const keptTrust = async (options: MachineOptions): Promise<string | undefined> =>
  (await readState(stateDirOf(options), trustFile, TrustState))?.text;

/** Keeps a trust file for later commands on this machine. */
export const keepTrust = (options: MachineOptions, text: string): Promise<void> =>
  writeState(stateDirOf(options), trustFile, { version: 1, text });
