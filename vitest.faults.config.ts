import { defineConfig } from 'vitest/config';
import { cheapWork } from './test/support/cheap-work.ts';

/** `npm run test:faults`: minutes of kills, power cuts and full disks, one after the other. */
export default defineConfig({
  plugins: [cheapWork],
  test: {
    include: ['test/faults/*.long.ts', 'test/seats/*.long.ts'],
    globalSetup: ['test/support/once-a-run.ts'],
    setupFiles: ['test/support/patterns.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    maxWorkers: 1,
    reporters: ['verbose'],
  },
});
