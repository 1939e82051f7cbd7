import { defineConfig } from 'vitest/config';
import { cheapWork } from './test/support/cheap-work.ts';

export default defineConfig({
  plugins: [cheapWork],
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    // Real processes on two shared cores: generous, since every wait is on a condition.
    globalSetup: ['test/support/once-a-run.ts'],
    setupFiles: ['test/support/patterns.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    maxWorkers: 2,
    // Each file leaves its worker clean, so that modules are loaded once a worker and keys made once.
    isolate: false,
  },
});
