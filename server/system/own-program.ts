/** The program of this server as one file, where it is one. */
import { isSea } from 'node:sea';
import { platformName } from '../../shared/platform.ts';
import type { ProgramFile } from '../usecases/releases/own-release.ts';

/** The executable that runs; null when the program is a folder of scripts. */
export const ownProgram = (): ProgramFile | null =>
  isSea()
    ? {
        path: process.execPath,
        fileName: process.platform === 'win32' ? 'licet.exe' : 'licet',
        platform: platformName(`${process.platform}-${process.arch}`),
      }
    : null;
