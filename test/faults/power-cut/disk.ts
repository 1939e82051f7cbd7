/**
 * A disk by the letter of POSIX. Until a file is synced each of its sectors (512 bytes) may be kept,
 * dropped, torn or, where it is new, zeroed; until a folder is synced each name in it may be the old or
 * the new one. A rename is atomic. What was synced is there.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import type { Step } from './trace.ts';

const sector = 512;

/** A number from 0 to 1, the next of a row. */
export type Chance = () => number;

/** The same numbers for the same seed (mulberry32). */
export const createChance = (seed: number): Chance => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

interface Unsynced<T> {
  readonly step: number;
  readonly change: T;
}

type Content = { readonly at: number; readonly bytes: Buffer } | { readonly size: number };

interface DiskFile {
  durable: Buffer;
  unsynced: Unsynced<Content>[];
}

/** One name: to what it leads from then on, undefined for nothing. */
interface Naming {
  readonly name: string;
  readonly leadsTo: DiskNode | undefined;
  /** A removal by a rename: only together with the new name, which is another naming. */
  readonly with?: Naming;
}

interface DiskFolder {
  readonly durable: Map<string, DiskNode>;
  unsynced: Unsynced<Naming>[];
}

type DiskNode = DiskFile | DiskFolder;

const isFolder = (node: DiskNode): node is DiskFolder => !Buffer.isBuffer(node.durable);

const apply = (file: Buffer, content: Content): Buffer => {
  if ('size' in content) {
    return Buffer.concat([file.subarray(0, content.size)], content.size);
  }
  const { at, bytes } = content;
  const grown = Buffer.concat([file], Math.max(file.length, at + bytes.length));
  bytes.copy(grown, at);
  return grown;
};

/** What a disk that lost its power has of a write: each sector by itself. */
const applySome = (file: Buffer, content: Content, chance: Chance, keeps: number): Buffer => {
  if ('size' in content) return chance() < keeps ? apply(file, content) : file;
  let result = file;
  const { at, bytes } = content;
  for (let from = 0; from < bytes.length;) {
    const to = Math.min(bytes.length, from + sector - ((at + from) % sector));
    const part = bytes.subarray(from, to);
    const fate = chance();
    if (fate < keeps) result = apply(result, { at: at + from, bytes: part });
    else if (fate < keeps + (1 - keeps) / 3) {
      const torn = part.subarray(0, Math.floor(chance() * part.length));
      if (torn.length > 0) result = apply(result, { at: at + from, bytes: torn });
    } else if (fate < keeps + (2 * (1 - keeps)) / 3 && at + to > result.length) {
      result = apply(result, {
        at: Math.max(at + from, result.length),
        bytes: Buffer.alloc(at + to - Math.max(at + from, result.length)),
      });
    }
    from = to;
  }
  return result;
};

export interface Disk {
  /** Takes the next step. */
  take(step: Step): void;
  /** Writes what a power cut now could leave of the folder into another one. */
  cut(to: string, chance: Chance): Promise<void>;
}

/** A disk that has the folder as it is, all of it synced; an empty one where there is none. */
export const createDisk = async (directory: string, content?: string): Promise<Disk> => {
  const files = new Map<string, DiskFile>();
  const outside: DiskFolder = { durable: new Map(), unsynced: [] };
  let steps = 0;

  const load = async (from: string, path: string): Promise<DiskFolder> => {
    const folder: DiskFolder = { durable: new Map(), unsynced: [] };
    for (const entry of await readdir(from, { withFileTypes: true })) {
      const [source, target] = [join(from, entry.name), join(path, entry.name)];
      if (entry.isDirectory()) folder.durable.set(entry.name, await load(source, target));
      else {
        const file = { durable: await readFile(source), unsynced: [] };
        files.set(target, file);
        folder.durable.set(entry.name, file);
      }
    }
    return folder;
  };
  if (content !== undefined) {
    outside.durable.set(basename(directory), await load(content, directory));
  }

  /** As the process sees it, synced or not. */
  const lookUp = (folder: DiskFolder, name: string): DiskNode | undefined => {
    const last = folder.unsynced.findLast(({ change }) => change.name === name);
    return last ? last.change.leadsTo : folder.durable.get(name);
  };

  const folderAt = (path: string): DiskFolder => {
    if (path === dirname(directory)) return outside;
    const found = lookUp(folderAt(dirname(path)), basename(path));
    if (found === undefined || !isFolder(found)) throw new Error(`${path} is no folder.`);
    return found;
  };

  const fileOf = (name: string): DiskFile => {
    const file = files.get(name);
    if (file === undefined) throw new Error(`Nobody made ${name}.`);
    return file;
  };

  const call = (path: string, leadsTo: DiskNode | undefined, together?: Naming): Naming => {
    const change: Naming = {
      name: basename(path),
      leadsTo,
      ...(together === undefined ? {} : { with: together }),
    };
    folderAt(dirname(path)).unsynced.push({ step: steps, change });
    return change;
  };

  const syncFile = (file: DiskFile, began: number): void => {
    const isOld = ({ step }: Unsynced<Content>): boolean => step < began;
    for (const { change } of file.unsynced.filter(isOld))
      file.durable = apply(file.durable, change);
    file.unsynced = file.unsynced.filter((unsynced) => !isOld(unsynced));
  };

  const settle = (folder: DiskFolder, { name, leadsTo }: Naming): void => {
    if (leadsTo === undefined) folder.durable.delete(name);
    else folder.durable.set(name, leadsTo);
  };

  const syncFolder = (folder: DiskFolder, began: number): void => {
    for (const { change } of folder.unsynced.filter(({ step }) => step < began)) {
      settle(folder, change);
    }
    folder.unsynced = folder.unsynced.filter(({ step }) => step >= began);
  };

  const rename = (from: string, to: string): void => {
    const node = lookUp(folderAt(dirname(from)), basename(from));
    if (node === undefined) return;
    call(from, undefined, call(to, node));
  };

  const write = async (
    folder: DiskFolder,
    to: string,
    chance: Chance,
    keeps: number,
    kept: Set<Naming>,
  ): Promise<void> => {
    const names = new Map(folder.durable);
    for (const { change } of folder.unsynced) {
      const isKept = change.with === undefined ? chance() < keeps : kept.has(change.with);
      if (!isKept) continue;
      kept.add(change);
      if (change.leadsTo === undefined) names.delete(change.name);
      else names.set(change.name, change.leadsTo);
    }
    await mkdir(to, { recursive: true, mode: 0o700 });
    for (const [name, node] of names) {
      const path = join(to, name);
      if (isFolder(node)) {
        await write(node, path, chance, keeps, kept);
        continue;
      }
      let bytes = node.durable;
      for (const { change } of node.unsynced) bytes = applySome(bytes, change, chance, keeps);
      await writeFile(path, bytes, { mode: 0o600 });
    }
  };

  return {
    take: (step) => {
      switch (step.what) {
        case 'make-folder':
          call(step.path, { durable: new Map(), unsynced: [] });
          break;
        case 'make-file': {
          const file: DiskFile = { durable: Buffer.alloc(0), unsynced: [] };
          files.set(step.file, file);
          call(step.path, file);
          break;
        }
        case 'rename':
          rename(step.from, step.to);
          break;
        case 'remove':
          call(step.path, undefined);
          break;
        case 'truncate':
          fileOf(step.file).unsynced.push({ step: steps, change: { size: step.size } });
          break;
        case 'write': {
          const change = { at: step.at, bytes: Buffer.from(step.bytes, 'base64') };
          fileOf(step.file).unsynced.push({ step: steps, change });
          break;
        }
        case 'sync':
          syncFile(fileOf(step.file), step.began);
          break;
        case 'sync-folder':
          syncFolder(step.path === dirname(directory) ? outside : folderAt(step.path), step.began);
          break;
        case 'say':
      }
      steps += 1;
    },
    cut: (to, chance) => {
      // Also all or nothing: what a disk does that writes at once, or never.
      const keeps = [0, 0.1, 0.5, 0.9, 1][Math.floor(chance() * 5)] ?? 0.5;
      return write(outside, to, chance, keeps, new Set());
    },
  };
};
