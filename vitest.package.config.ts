import { defineConfig } from 'vitest/config';
import { cheapWork } from './test/support/cheap-work.ts';

/** `npm run test:package`: makes the packages and uses them; brings 100 MB of Node for other machines. */
export default defineConfig({
  plugins: [cheapWork],
  test: {
    include: ['test/package/*.long.ts'],
    globalSetup: ['test/support/once-a-run.ts'],
    setupFiles: ['test/support/patterns.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
    reporters: ['verbose'],
  },
});
