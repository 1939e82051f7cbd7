/** Tombstones: the offline keys that this machine has given back. What is listed here never works again. */
import { z } from 'zod';
import { readState, writeState } from './state.ts';

const returnedFile = 'returned.json';

const Tombstone = z.object({
  keyId: z.string(),
  licenseId: z.string(),
  product: z.string(),
  fingerprint: z.string(),
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
};
