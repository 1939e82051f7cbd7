/** The program of this server as one file, where it is one. */
import { isSea } from 'node:sea';
import type { ProgramFile } from '../usecases/own-release.ts';

const names: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  win32: 'windows',
  darwin: 'macos',
};

/** The executable that runs; null when the program is a folder of scripts. */
export const ownProgram = (): ProgramFile | null =>
  isSea()
    ? {
        path: process.execPath,
        fileName: process.platform === 'win32' ? 'licet.exe' : 'licet',
        platform: `${names[process.platform] ?? process.platform}-${process.arch}`,
      }
    : null;
