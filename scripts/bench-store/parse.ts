/** How long JSON.parse alone takes over the lines of a snapshot, in milliseconds. */
import { open } from 'node:fs/promises';

import { readLines } from '../../server/store/lines.ts';
import { snapshotPath } from '../../server/store/snapshot-format.ts';

const [directory = ''] = process.argv.slice(2);
const handle = await open(snapshotPath(directory), 'r');
const kept: unknown[] = [];
let took = 0;
for await (const { lines } of readLines(handle)) {
  const documents = lines
    .filter((line) => line.startsWith('{"id"'))
    .map((line) => (line.endsWith(',') ? line.slice(0, -1) : line));
  const started = performance.now();
  for (const document of documents) kept.push(JSON.parse(document));
  took += performance.now() - started;
}
await handle.close();
process.stdout.write(JSON.stringify(took));
