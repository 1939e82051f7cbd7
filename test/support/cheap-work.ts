/**
 * For vitest: server/system/work-factors.ts is work-factors.ts beside this, so that hashing costs tests next to
 * nothing. What the program ships with is tested by running the program as shipped (test/attacks/flood.test.ts).
 */
import path from 'node:path';

export const cheapWork = {
  name: 'cheap-work',
  enforce: 'pre' as const,
  resolveId: (source: string): string | undefined =>
    source.endsWith('/work-factors.ts')
      ? path.join(import.meta.dirname, 'work-factors.ts')
      : undefined,
};
