import { onTestFinished } from 'vitest';

/** Closes what a test opened when the test ends, however it ends: `const it = closing(open())`. */
export const closing = <T extends { close(): unknown }>(resource: T): T => {
  onTestFinished(async () => {
    await resource.close();
  });
  return resource;
};
