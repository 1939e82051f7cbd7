/**
 * Tombstones: the offline keys that this machine has given back. What is listed here never works again.
 * The proofs are in a file of their own; without it, the list beside the private key still holds.
 */
import { z } from 'zod';
import type { OfflineKeyClaims } from '../statements/claims.ts';
import { listReturned, readMachine } from './machine.ts';
import { readState, writeState } from './state.ts';

const returnedFile = 'returned.json';

const Tombstone = z.object({
  keyId: z.string(),
  licenseId: z.string(),
  product: z.string(),
  fingerprint: z.string(),
  /** The public key that the offline key was bound to. */
  machineKey: z.string().optional(),
  /** RFC 3339 UTC. */
  at: z.string(),
  /** The signed proof; null between the two steps of giving back. */
  proof: z.string().nullable(),
});
export type Tombstone = z.infer<typeof Tombstone>;

const Returned = z.object({ version: z.literal(1), keys: z.array(Tombstone) });

/** The tombstones, the newest last. */
export const readTombstones = async (folder: string): Promise<Tombstone[]> =>
  (await readState(folder, returnedFile, Returned))?.keys ?? [];

/** Adds a tombstone, or replaces the one of the same key. */
export const writeTombstone = async (folder: string, tombstone: Tombstone): Promise<void> => {
  const others = (await readTombstones(folder)).filter((one) => one.keyId !== tombstone.keyId);
  await writeState(folder, returnedFile, { version: 1, keys: [...others, tombstone] });
  await listReturned(folder, tombstone);
};

/**
 * The tombstone that an offline key is under: its own, or that of another key of its license and pair that
 * was given back after it was signed. The server takes such a proof for both.
 */
export const tombstoneOf = async (
  folder: string,
  { jti, sub, iat, licet }: OfflineKeyClaims,
): Promise<{ readonly at: string } | undefined> => {
  const machine = await readMachine(folder);
  const listed = machine?.key.x === licet.machine.key ? (machine.returned ?? []) : [];
  const ofThisPair = (await readTombstones(folder)).filter(
    ({ keyId, machineKey }) => keyId === jti || machineKey === licet.machine.key,
  );
  return [...ofThisPair, ...listed].find(
    ({ keyId, licenseId, at }) =>
      keyId === jti || (licenseId === sub && iat * 1000 <= Date.parse(at)),
  );
};
