import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    // Real processes on two shared cores: generous, since every wait is on a condition.
    globalSetup: ['test/support/temporary-folder.ts'],
    setupFiles: ['test/support/patterns.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    maxWorkers: 2,
  },
});
