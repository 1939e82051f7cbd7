/** How long JSON.parse alone takes over the lines of a snapshot, in milliseconds by the clock and of the processor. */
import { open } from 'node:fs/promises';

import { readLines } from '../../server/store/lines.ts';
import { snapshotPath } from '../../server/store/snapshot-format.ts';

const [directory = ''] = process.argv.slice(2);
const handle = await open(snapshotPath(directory), 'r');
const kept: unknown[] = [];
let took = 0;
let cpu = 0;
for await (const { lines } of readLines(handle)) {
  const documents = lines
    .filter((line) => line.startsWith('{"id"'))
    .map((line) => (line.endsWith(',') ? line.slice(0, -1) : line));
  const before = process.threadCpuUsage();
  const started = performance.now();
  for (const document of documents) kept.push(JSON.parse(document));
  took += performance.now() - started;
  const { user, system } = process.threadCpuUsage(before);
  cpu += (user + system) / 1000;
}
await handle.close();
process.stdout.write(JSON.stringify({ open: took, cpu }));
