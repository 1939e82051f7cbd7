/** `licet serve`: the server on a data folder. */
import { Command } from 'commander';
import { groupedFingerprint } from '../../../shared/sdk/certificate.ts';
import { version } from '../../version.ts';
import { addDataOption, writableDataFolder, type DataOptions } from './data-folder.ts';
import type { Io } from '../io.ts';
import { addExamples } from '../options.ts';
import { settingOptions } from './setting-options.ts';

interface ServeFlags extends DataOptions {
  readonly config?: string;
  readonly [flag: string]: unknown;
}

interface Greeted {
  readonly url: string;
  readonly fingerprint: string | null;
}

/** What to do next, for a person at a terminal. */
const greet = (io: Io, { url, fingerprint }: Greeted, directory: string): void => {
  if (io.stderr.isTTY !== true) return;
  io.stderr.write(
    [
      '',
      `licet answers at ${url} with the data in ${directory}.`,
      `Open the portal in another terminal:  licet --server ${url}`,
      ...(fingerprint === null
        ? []
        : [
            'At the first connection, people compare the fingerprint of its certificate:',
            groupedFingerprint(fingerprint),
          ]),
      'Stop it with Ctrl+C: requests under way end first, and a snapshot is written.',
      '',
      '',
    ].join('\n'),
  );
};

/** Where systemd started it, says that it answers; `fail` hears when that can't be said. */
const tellSystemd = async (io: Io, fail: (error: unknown) => void): Promise<void> => {
  const { notifyReady } = await import('../../../server/system/service/notify.ts');
  await notifyReady(io.env).catch(fail);
};

/** The command, with an option for each setting. */
export const serveCommand = async (io: Io): Promise<Command> => {
  const { options, flagsIn } = await settingOptions();
  const command = new Command('serve').description(
    'Run the server on a data folder, until it is stopped. When it answers, it prints one line of JSON with where.',
  );
  addDataOption(command).option('--config <file>', 'settings, else DATA/licet.json');
  for (const option of options) command.addOption(option);
  addExamples(command, ['serve --data /var/lib/licet --listen 127.0.0.1:8417']);
  return command.action(async (given: ServeFlags) => {
    const { serve, runUntilStopped } = await import('../../../server/main.ts');
    const directory = await writableDataFolder(io, given);
    const server = await serve({
      directory,
      version,
      configFile: given.config,
      environment: io.env,
      flags: flagsIn(given),
    });
    // Before it says that it is ready, so that no signal comes too early.
    const stopped = runUntilStopped(server);
    const { url: listening, fingerprint } = server;
    io.stdout.write(
      `${JSON.stringify(fingerprint === null ? { listening } : { listening, fingerprint })}\n`,
    );
    greet(io, server, directory);
    await tellSystemd(io, (error) =>
      server.log.error({ err: error }, 'systemd could not be told that the server answers.'),
    );
    await stopped;
  });
};
