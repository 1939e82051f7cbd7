/** The folders of the project: small enough to take in, and each says what it is for. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../support/terminal/pages.ts';

const rooms = ['data', 'docs', 'scripts', 'server', 'shared', 'test', 'tools', 'tui'];

/** About twenty: beyond that a newcomer meets a wall of names. */
const mostFiles = 24;

test('no folder of code or tests has more files than a newcomer takes in', async () => {
  const counts = new Map<string, number>();
  for (const room of ['scripts', 'server', 'shared', 'test', 'tui']) {
    const entries = await readdir(path.join(root, room), { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((one) => one.isFile())) {
      const folder = path.relative(root, entry.parentPath);
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
  }
  expect([...counts].filter(([, count]) => count > mostFiles)).toEqual([]);
});

test.each(rooms)('%s says what lives in it and what never does', async (room) => {
  const page = await readFile(path.join(root, room, 'README.md'), 'utf8');
  expect(page).toMatch(/^Never here: /mu);
  expect(page.trim().split('\n').length).toBeLessThanOrEqual(10);
});
