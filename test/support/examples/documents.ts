/** The examples of the documentation, so that tests can run them as they stand there. */
import { readFile } from 'node:fs/promises';

/** The code that a page names by `file=NAME` in its fence. */
export const exampleOf = async (page: string, file: string): Promise<string> => {
  const text = await readFile(new URL(`../../../docs/${page}`, import.meta.url), 'utf8');
  for (const [, name, code] of text.matchAll(/^```\w+ file=(\S+)\n([\s\S]*?)^```$/gmu)) {
    if (name === file) return code ?? '';
  }
  throw new Error(`docs/${page} has no example ${file}`);
};
