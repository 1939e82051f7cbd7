/** What the demo's server, a child process, tells its parent. */
import { z } from 'zod';

export const DemoMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready'), url: z.string(), directory: z.string() }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
]);
export type DemoMessage = z.infer<typeof DemoMessage>;
