/** A server in a process of its own: `node serve-process.ts FOLDER [SETTINGS AS JSON]`. */
import { runUntilStopped, serve } from '../../../server/main.ts';

const [, , directory = '', flags = '{}'] = process.argv;
const server = await serve({
  directory,
  version: 'test',
  environment: process.env,
  flags: JSON.parse(flags) as Record<string, unknown>,
});
// Before it says that it is ready, so that no signal comes too early.
const stopped = runUntilStopped(server);
process.stdout.write(`${JSON.stringify({ listening: server.url })}\n`);
await stopped;
