/**
 * Preloaded into a process (`--import`), writes down what it does to a folder: `LICET_TRACE` is the file
 * for that, `LICET_TRACE_OF` the folder. Files are watched where Node hands them to the system.
 */
import fs, { type PathLike } from 'node:fs';
import promises, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, resolve, sep } from 'node:path';

import type { Step } from './trace.ts';

const root = resolve(process.env['LICET_TRACE_OF'] ?? '');
const { openSync, writeSync, existsSync } = fs;
const trace = openSync(process.env['LICET_TRACE'] ?? '', 'a');
let steps = 0;

const note = (step: Step): void => {
  steps += 1;
  writeSync(trace, `${JSON.stringify(step)}\n`);
};

/** Files by their path now, and by the descriptors through which they are open. */
const files = new Map<string, string>();
const folders = new Set<string>();
const opened = new Map<number, { readonly file: string } | { readonly folder: string }>();

const inside = (path: unknown): string | undefined => {
  if (typeof path !== 'string') return undefined;
  const full = resolve(path);
  return full === root || full.startsWith(root + sep) || full === dirname(root) ? full : undefined;
};

const fileAt = (path: string): string => {
  const known = files.get(path) ?? path;
  files.set(path, known);
  return known;
};

const creates = (flags: unknown): boolean =>
  typeof flags === 'number' ? (flags & fs.constants.O_CREAT) !== 0 : /^[wa]/u.test(String(flags));

/** Before an open: what it makes, and what it cuts. */
const beforeOpen = (path: string, flags: unknown): void => {
  if (!creates(flags)) return;
  if (!existsSync(path)) {
    files.set(path, `${path}#${steps}`);
    note({ what: 'make-file', path, file: fileAt(path) });
  } else if (typeof flags === 'string' && flags.startsWith('w')) {
    note({ what: 'truncate', file: fileAt(path), size: 0 });
  }
};

const afterOpen = (path: string, descriptor: number): void => {
  const isFolder = folders.has(path) || fs.fstatSync(descriptor).isDirectory();
  opened.set(descriptor, isFolder ? { folder: path } : { file: fileAt(path) });
};

const noteWrite = (descriptor: number, bytes: Uint8Array, at: number): void => {
  const open = opened.get(descriptor);
  if (open === undefined || !('file' in open)) return;
  const copy = Buffer.from(bytes).toString('base64');
  note({ what: 'write', file: open.file, at, bytes: copy });
};

const noteSync = (descriptor: number, began: number): void => {
  const open = opened.get(descriptor);
  if (open === undefined) return;
  if ('file' in open) note({ what: 'sync', file: open.file, began });
  else note({ what: 'sync-folder', path: open.folder, began });
};

const noteRename = (from: string, to: string): void => {
  const file = fileAt(from);
  files.delete(from);
  files.set(to, file);
  note({ what: 'rename', from, to });
};

/** As properties, since they are replaced. */
interface Methods {
  readonly write: (...args: unknown[]) => Promise<unknown>;
  readonly writeFile: (text: string) => Promise<void>;
  readonly sync: () => Promise<void>;
  readonly datasync: () => Promise<void>;
  readonly truncate: (size: number) => Promise<void>;
}

const watchHandles = (handle: FileHandle): void => {
  const prototype = Object.getPrototypeOf(handle) as Methods;
  const { write, writeFile, sync, datasync, truncate } = prototype;
  Object.assign(prototype, {
    write(this: FileHandle, bytes: Uint8Array, from: number, length: number, at: number) {
      noteWrite(this.fd, bytes.subarray(from, from + length), at);
      return write.call(this, bytes, from, length, at);
    },
    writeFile(this: FileHandle, text: string) {
      // The store writes small files whole, or appends to them.
      noteWrite(this.fd, Buffer.from(text), fs.fstatSync(this.fd).size);
      return writeFile.call(this, text);
    },
    async sync(this: FileHandle) {
      const began = steps;
      await sync.call(this);
      noteSync(this.fd, began);
    },
    async datasync(this: FileHandle) {
      const began = steps;
      await datasync.call(this);
      noteSync(this.fd, began);
    },
    truncate(this: FileHandle, size = 0) {
      const open = opened.get(this.fd);
      if (open !== undefined && 'file' in open) note({ what: 'truncate', file: open.file, size });
      return truncate.call(this, size);
    },
  });
};

const real = { ...promises };
watchHandles(await real.open(import.meta.filename));

Object.assign(promises, {
  open: async (path: PathLike, flags: string | number = 'r', mode?: number) => {
    const name = inside(path);
    if (name !== undefined) beforeOpen(name, flags);
    const handle = await real.open(path, flags, mode);
    if (name !== undefined) afterOpen(name, handle.fd);
    else opened.delete(handle.fd);
    return handle;
  },
  mkdir: async (path: PathLike, options?: fs.MakeDirectoryOptions) => {
    const name = inside(path);
    const missing: string[] = [];
    for (let folder = name; folder !== undefined && !existsSync(folder);) {
      missing.unshift(folder);
      folder = inside(resolve(folder, '..'));
    }
    for (const folder of missing) {
      folders.add(folder);
      note({ what: 'make-folder', path: folder });
    }
    return real.mkdir(path, options);
  },
  rename: async (from: PathLike, to: PathLike) => {
    const [source, target] = [inside(from), inside(to)];
    if (source !== undefined && target !== undefined) noteRename(source, target);
    return real.rename(from, to);
  },
  rm: async (path: PathLike, options?: fs.RmOptions) => {
    const name = inside(path);
    if (name !== undefined && existsSync(name)) {
      files.delete(name);
      note({ what: 'remove', path: name });
    }
    return real.rm(path, options);
  },
  copyFile: async (from: string, to: string, mode?: number) => {
    const bytes = await real.readFile(from);
    const handle = await promises.open(to, 'w', 0o600);
    await handle.write(bytes, 0, bytes.length, 0);
    await handle.close();
    await real.copyFile(from, to, (mode ?? 0) & ~fs.constants.COPYFILE_EXCL);
  },
});

Object.assign(fs, {
  openSync: (path: PathLike, flags: string | number, mode?: number) => {
    const name = inside(path);
    if (name !== undefined) beforeOpen(name, flags);
    const descriptor = openSync(path, flags, mode);
    if (name !== undefined) afterOpen(name, descriptor);
    else opened.delete(descriptor);
    return descriptor;
  },
  writeSync: (descriptor: number, text: string, at?: number) => {
    if (descriptor === 1) note({ what: 'say', line: text.trimEnd() });
    else noteWrite(descriptor, Buffer.from(text), at ?? 0);
    return writeSync(descriptor, text, at);
  },
});
syncBuiltinESMExports();
