/** Files of the person at the terminal: keys to save, requests to load. Handed in, so that a session over SSH has none. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileWords } from '../client/file-words.ts';
import { fail, ok, type Result } from '../../shared/result.ts';

export interface LocalFiles {
  /** Writes a new file (mode 0600, never over an old one); gives its full path, or a sentence. */
  readonly save: (name: string, text: string) => Promise<Result<string, string>>;
  /** Reads a small text file, or gives a sentence. */
  readonly load: (name: string) => Promise<Result<string, string>>;
}

/** Codes and keys have a few kilobytes; a larger file is another one. */
const largest = 64 * 1024;

const expand = (name: string): string =>
  path.resolve(name.replace(/^@/u, '').replace(/^~(?=\/|$)/u, homedir()));

/** The files of the process's own user. */
export const localFiles: LocalFiles = {
  async save(name, text) {
    const file = expand(name);
    try {
      await writeFile(file, text, { flag: 'wx', mode: 0o600 });
      return ok(file);
    } catch (error) {
      return fail(fileWords(file, error));
    }
  },
  async load(name) {
    const file = expand(name);
    try {
      const { size } = await stat(file);
      if (size > largest) return fail(`${file} is too large to be a code or a key.`);
      return ok(await readFile(file, 'utf8'));
    } catch (error) {
      return fail(fileWords(file, error));
    }
  },
};
