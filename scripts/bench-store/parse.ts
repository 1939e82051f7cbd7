/**
 * How long JSON.parse takes over the documents of a snapshot, all lines in memory before and all documents
 * kept, in milliseconds by the clock: what a start is measured by. With the memory that is resident then.
 */
import { open } from 'node:fs/promises';

import { readLines } from '../../server/store/lines.ts';
import { snapshotPath } from '../../server/store/snapshot-format.ts';

const [directory = ''] = process.argv.slice(2);
const handle = await open(snapshotPath(directory), 'r');
const documents: string[] = [];
for await (const { lines } of readLines(handle)) {
  for (const line of lines) {
    if (line.startsWith('{"id"')) documents.push(line.endsWith(',') ? line.slice(0, -1) : line);
  }
}
await handle.close();
const kept: unknown[] = [];
const started = performance.now();
for (const document of documents) kept.push(JSON.parse(document));
const took = performance.now() - started;
process.stdout.write(JSON.stringify({ took, documents: kept.length }));
