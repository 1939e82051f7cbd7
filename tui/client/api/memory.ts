/**
 * What the client remembers between runs: the current server and, for each server, its certificate's
 * fingerprint (known-hosts style) and the session. One file, `client.json`, for its owner's eyes only.
 */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const Remembered = z.object({
  /** SHA-256 of the certificate that was trusted. */
  fingerprint: z.string().optional(),
  token: z.string().optional(),
  email: z.string().optional(),
  expiresAt: z.string().optional(),
});
export type Remembered = z.infer<typeof Remembered>;

const MemoryFile = z.object({
  currentServer: z.string().optional(),
  servers: z.record(z.string(), Remembered).default({}),
});
type MemoryFile = z.infer<typeof MemoryFile>;

export interface Memory {
  /** Names the file in messages. */
  readonly file: string;
  currentServer(): Promise<string | null>;
  of(server: string): Promise<Remembered>;
  /** Merges into what is remembered of the server; `undefined` forgets a member. */
  remember(
    server: string,
    change: { readonly [K in keyof Remembered]?: Remembered[K] | undefined },
  ): Promise<void>;
  setCurrent(server: string): Promise<void>;
}

/** Opens the memory in the folder; the file is made by the first change. */
export const openMemory = (folder: string): Memory => {
  const file = path.join(folder, 'client.json');

  const read = async (): Promise<MemoryFile> => {
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch {
      return { servers: {} };
    }
    try {
      return MemoryFile.parse(JSON.parse(text));
    } catch {
      // Nothing in it is worth more than a new sign-in; a damaged file must not lock anybody out.
      return { servers: {} };
    }
  };

  const write = async (change: (memory: MemoryFile) => MemoryFile): Promise<void> => {
    const next = change(await read());
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const draft = `${file}.${process.pid}`;
    try {
      await writeFile(draft, `${JSON.stringify(next, null, 2)}\n`, { mode: 0o600 });
      await rename(draft, file);
    } finally {
      await rm(draft, { force: true });
    }
  };

  return {
    file,
    currentServer: async () => (await read()).currentServer ?? null,
    of: async (server) => (await read()).servers[server] ?? {},
    remember: (server, change) =>
      write((memory) => ({
        ...memory,
        servers: {
          ...memory.servers,
          [server]: Remembered.parse({ ...memory.servers[server], ...change }),
        },
      })),
    setCurrent: (server) => write((memory) => ({ ...memory, currentServer: server })),
  };
};
