import { defineConfig } from 'vitest/config';

/** `npm run test:faults`: minutes of kills, power cuts and full disks, one after the other. */
export default defineConfig({
  test: {
    include: ['test/faults/*.long.ts'],
    globalSetup: ['test/support/temporary-folder.ts'],
    setupFiles: ['test/support/patterns.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    maxWorkers: 1,
    reporters: ['verbose'],
  },
});
