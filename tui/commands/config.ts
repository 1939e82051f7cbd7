/** `licet config`: the settings that a server would start with. */
import type { Command } from 'commander';
import type { Done } from '../actions/done.ts';
import { dataFolder } from './data-folder.ts';
import { group } from './group.ts';
import type { Io } from './io.ts';
import { localCommand, type LocalOptions } from './local-command.ts';

interface CheckFlags extends LocalOptions {
  readonly config?: string;
}

/** A setting as the file would have it. */
const shown = (name: string, value: unknown): string => {
  if (name === 'listen' && typeof value === 'object' && value !== null) {
    const { host, port } = value as { host: string; port: number };
    return `${host.includes(':') ? `[${host}]` : host}:${port}`;
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
};

const check = async (io: Io, flags: CheckFlags): Promise<Done> => {
  const { traceSettings } = await import('../../server/system/settings.ts');
  const { settings, from } = await traceSettings({
    directory: dataFolder(io, flags),
    configFile: flags.config,
    environment: io.env,
  });
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
    next: 'A server that runs takes them over by SIGHUP; where it listens, at its next start.',
  };
};

/** The group. */
export const configCommand = (io: Io): Command =>
  group(
    io,
    'config',
    'Settings of a server',
    [],
    [
      localCommand<CheckFlags>(io, {
        name: 'check',
        description:
          'Check the settings of a server by file and environment, and tell where each is from.',
        examples: ['config check --data /var/lib/licet'],
        options: (command) => command.option('--config <file>', 'settings, else DATA/licet.json'),
        run: (flags) => check(io, flags),
      }),
    ],
  );
