/** Stands in for server/data-version.ts in a program of the next version: licenses got another name. */
import { collections, type LicetSchema } from '../../../server/collections.ts';
import type { OpenOptions } from '../../../server/store/folder/open-store.ts';

export const dataVersion = {
  schema: collections,
  schemaVersion: 2,
  migrations: [
    {
      to: 2,
      migrate: (documents) => {
        const licenses = documents.get('licenses') ?? new Map<string, { readonly id: string }>();
        for (const [id, license] of licenses) {
          licenses.set(id, { ...license, name: 'Named by the migration' } as typeof license);
        }
      },
    },
  ],
} satisfies Pick<OpenOptions<LicetSchema>, 'schema' | 'schemaVersion' | 'migrations'>;
