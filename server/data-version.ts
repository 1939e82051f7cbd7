/** The shape of the data that this program reads and writes, and the way to it from former ones. */
import { collections, type LicetSchema } from './collections.ts';
import type { OpenOptions } from './store/folder/open-store.ts';

/**
 * Collections that a restore empties: a session that was signed out, or a one-time code that was spent,
 * after the backup was made must not work again. Their people sign in, or get a new code.
 */
export const endedByRestore: readonly (keyof LicetSchema)[] = ['sessions', 'codes'];

/**
 * What every opening of the data needs. Whoever changes the shape of a stored document raises the version by
 * one and adds the migration that makes it: a start then backs the data up and migrates it, once, and older
 * programs refuse it.
 */
export const dataVersion = {
  schema: collections,
  schemaVersion: 1,
  migrations: [],
} satisfies Pick<OpenOptions<LicetSchema>, 'schema' | 'schemaVersion' | 'migrations'>;
