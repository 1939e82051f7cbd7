/**
 * For vitest: what the server's files import from server/system/work-factors.ts comes from work-factors.ts
 * beside this, so that hashing costs tests next to nothing. What a test itself imports is real.
 */
import path from 'node:path';

export const cheapWork = {
  name: 'cheap-work',
  enforce: 'pre' as const,
  resolveId: (source: string, importer = ''): string | undefined =>
    source.endsWith('/work-factors.ts') && !importer.includes('.test.ts')
      ? path.join(import.meta.dirname, 'work-factors.ts')
      : undefined,
};
