/** `--data DIR`: the data folder of commands that work on a server's own machine. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { CommandError, exitCodes } from '../failure.ts';
import type { Io } from '../io.ts';

export interface DataOptions {
  readonly data?: string;
}

export const addDataOption = (command: Command): Command =>
  command.option('--data <dir>', 'the data folder, else LICET_DATA, else ./data');

/** The absolute path of the data folder. */
export const dataFolder = (io: Io, options: DataOptions): string =>
  path.resolve(options.data ?? (io.env['LICET_DATA'] || 'data'));

/**
 * The data folder, for a command that writes to it. Data of a newer version is refused. What root writes
 * the server's own user could not read, so root is sent to become that user.
 */
export const writableDataFolder = async (io: Io, options: DataOptions): Promise<string> => {
  const directory = dataFolder(io, options);
  await refuseForeignOwner(directory);
  const { refuseNewer } = await import('../../../server/system/maintenance/refuse-newer.ts');
  await refuseNewer(directory);
  return directory;
};

const refuseForeignOwner = async (directory: string): Promise<void> => {
  if (process.getuid?.() !== 0) return;
  const owner = await stat(directory).then(
    ({ uid }) => uid,
    () => 0,
  );
  if (owner === 0) return;
  throw new CommandError(
    exitCodes.failed,
    `${directory} belongs to another user (number ${owner}), who could not read what root writes into it.`,
    `Run this as that user: sudo -u '#${owner}' licet … --data ${directory}. Where a service has the unlock secret: systemd-run --pty --uid=${owner} -p LoadCredential=unlock:/etc/licet/unlock licet … --data ${directory}`,
  );
};
