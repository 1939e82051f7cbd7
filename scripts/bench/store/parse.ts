/**
 * How long JSON.parse takes over the lines that a start reads (documents of the snapshot, last-seen marks,
 * journal), all in memory before and all values kept, in milliseconds by the clock.
 */
import { open } from 'node:fs/promises';

import { listSegments } from '../../../server/store/journal/journal-file.ts';
import { readLines } from '../../../server/store/journal/lines.ts';
import { marksPath } from '../../../server/store/memory/marks.ts';
import { snapshotPath } from '../../../server/store/snapshot/snapshot-format.ts';

const [directory = ''] = process.argv.slice(2);
const texts: string[] = [];

/** Takes in the lines of a file that are JSON, once `toJson` made them so. */
const take = async (path: string, toJson: (line: string) => string | undefined): Promise<void> => {
  const handle = await open(path, 'r');
  for await (const { lines } of readLines(handle)) {
    for (const line of lines) {
      const text = toJson(line);
      if (text !== undefined) texts.push(text);
    }
  }
  await handle.close();
};

const withoutComma = (line: string): string => (line.endsWith(',') ? line.slice(0, -1) : line);

await take(snapshotPath(directory), (line) =>
  line.startsWith('{"id"') ? withoutComma(line) : undefined,
);
await take(marksPath(directory), (line) =>
  line.startsWith('"') ? `{${withoutComma(line)}}` : undefined,
);
for (const { path } of await listSegments(directory)) await take(path, (line) => line);
const kept: unknown[] = [];
const started = performance.now();
for (const text of texts) kept.push(JSON.parse(text));
const took = performance.now() - started;
process.stdout.write(JSON.stringify({ took, lines: kept.length }));
