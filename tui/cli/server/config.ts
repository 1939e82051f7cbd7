/** `licet config`: the settings that a server would start with. */
import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Done } from '../../client/actions/done.ts';
import { dataFolder } from './data-folder.ts';
import { CommandError, exitCodes } from '../failure.ts';
import { group } from '../group.ts';
import type { Io } from '../io.ts';
import { settingOptions } from './setting-options.ts';
import { localCommand, type LocalOptions } from '../local-command.ts';

interface CheckFlags extends LocalOptions {
  readonly config?: string;
  readonly [flag: string]: unknown;
}

/** A setting as the file would have it. */
const shown = (name: string, value: unknown): string => {
  if (name === 'listen' && typeof value === 'object' && value !== null) {
    const { host, port } = value as { host: string; port: number };
    return `${host.includes(':') ? `[${host}]` : host}:${port}`;
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
};

const isThere = (directory: string): Promise<boolean> =>
  stat(directory).then(
    () => true,
    () => false,
  );

const check = async (
  io: Io,
  given: CheckFlags,
  flags: Readonly<Record<string, unknown>>,
): Promise<Done> => {
  const [{ traceSettings }, { checkSettings }, { unknownVariables }] = await Promise.all([
    import('../../../server/system/settings/settings.ts'),
    import('../../../server/system/settings/check-settings.ts'),
    import('../../../server/system/settings/variables.ts'),
  ]);
  const directory = dataFolder(io, given);
  const { settings, from } = await traceSettings({
    directory,
    configFile: given.config,
    environment: io.env,
    flags,
  });
  await checkSettings(directory, settings, Date.now());
  const unknown = unknownVariables(io.env);
  if (unknown.length > 0)
    throw new CommandError(
      exitCodes.usage,
      unknown.map(({ message }) => message).join('\n'),
      'A server would start without them, and say so in its log.',
    );
  const rows = Object.entries(settings).map(
    ([name, value]) => [name, shown(name, value), from[name as keyof typeof from]] as const,
  );
  return {
    message: 'The settings are good.',
    data: Object.fromEntries(rows.map(([name, value, source]) => [name, { value, from: source }])),
    blocks: [
      {
        kind: 'table',
        columns: ['Setting', 'Value', 'From'],
        rows: rows.map(([name, value, source]) => [name, value, source ?? 'as usual']),
        empty: '',
      },
    ],
    warnings: (await isThere(directory)) ? [] : [`There is no folder ${directory} yet.`],
    next: 'A server that runs takes them over by SIGHUP; where it listens, at its next start.',
  };
};

/** The group. */
export const configCommand = async (io: Io): Promise<Command> => {
  const { options, flagsIn } = await settingOptions();
  return group(
    io,
    'config',
    'Settings of a server',
    [],
    [
      localCommand<CheckFlags>(io, {
        name: 'check',
        description:
          'Check the settings of a server by file, environment and flags as for serve, and tell where each is from.',
        examples: [
          'config check --data /var/lib/licet',
          'config check --data /var/lib/licet --listen 0.0.0.0:443 --tls',
        ],
        options: (command) => {
          command.option('--config <file>', 'settings, else DATA/licet.json');
          for (const option of options) command.addOption(option);
        },
        run: (given) => check(io, given, flagsIn(given)),
      }),
    ],
  );
};
