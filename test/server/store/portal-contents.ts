/** What a portal's folder has: how many documents of each collection, and a hash of all of them. */
import { createHash } from 'node:crypto';

import { collections, type LicetSchema } from '../../../server/collections.ts';
import type { Store } from '../../../server/store/store.ts';

export interface Contents {
  readonly documents: number;
  /** Hex SHA-256 of their JSON, by id. */
  readonly sha256: string;
}

export const digestAll = async (
  store: Store<LicetSchema>,
): Promise<Readonly<Record<string, Contents>>> => {
  const contents: Record<string, Contents> = {};
  for (const name of Object.keys(collections) as (keyof LicetSchema)[]) {
    const all = await store.read(async (reader) => reader[name].list());
    contents[name] = {
      documents: all.length,
      sha256: createHash('sha256').update(JSON.stringify(all)).digest('hex'),
    };
  }
  return contents;
};
