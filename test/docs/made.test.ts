/** Pages that are made from tables of the code say what the code does now. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { commandsPage, configurationPage } from '../../scripts/docs.ts';

const page = (name: string): Promise<string> =>
  readFile(path.join(import.meta.dirname, '../../docs', name), 'utf8');

test('docs/configuration.md is fresh: npm run docs', async () => {
  expect(await page('configuration.md')).toBe(configurationPage());
});

test('docs/commands.md is fresh: npm run docs', async () => {
  expect(await page('commands.md')).toBe(await commandsPage());
});
