/** Where the client's own files are, and the one thing of them that the first frame shows. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import envPaths from 'env-paths';

/** The folder of the client's own files: LICET_CONFIG_DIR, else the platform's (XDG on Linux). */
export const configFolder = (env: NodeJS.ProcessEnv): string =>
  env['LICET_CONFIG_DIR'] || envPaths('licet', { suffix: '' }).config;

/**
 * Where one signed in last, read without the schemas of the whole file (memory.ts): they would hold
 * up the first frame. Anything that is not there or not readable is null.
 */
export const peekCurrentServer = async (folder: string): Promise<string | null> => {
  try {
    const file: unknown = JSON.parse(await readFile(path.join(folder, 'client.json'), 'utf8'));
    if (typeof file !== 'object' || file === null || !('currentServer' in file)) return null;
    return typeof file.currentServer === 'string' ? file.currentServer : null;
  } catch {
    return null;
  }
};
