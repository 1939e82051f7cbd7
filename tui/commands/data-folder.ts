/** `--data DIR`: the data folder of commands that work on a server's own machine. */
import path from 'node:path';
import type { Command } from 'commander';
import type { Io } from './io.ts';

export interface DataOptions {
  readonly data?: string;
}

export const addDataOption = (command: Command): Command =>
  command.option('--data <dir>', 'the data folder, else LICET_DATA, else ./data');

/** The absolute path of the data folder. */
export const dataFolder = (io: Io, options: DataOptions): string =>
  path.resolve(options.data ?? (io.env['LICET_DATA'] || 'data'));
