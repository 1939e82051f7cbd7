/** `licet service`: the server as a systemd service. */
import { Command } from 'commander';
import type { Done } from '../../client/actions/done.ts';
import { dataFolder } from './data-folder.ts';
import { CommandError, endWith, exitCodes } from '../failure.ts';
import { group } from '../group.ts';
import type { Io } from '../io.ts';
import { localCommand, type LocalOptions } from '../local-command.ts';
import { addExamples, addJsonOption } from '../options.ts';
import { printDone } from '../print.ts';

interface RootFlags extends LocalOptions {
  readonly root: string;
}

interface InstallFlags extends RootFlags {
  readonly listen?: string;
  readonly unlockFile: string;
  readonly user: string;
  readonly dryRun?: boolean;
}

const load = () => import('../../../server/system/service/install.ts');

const addRoot = (command: Command): Command =>
  command.option('--root <dir>', 'the system to change, such as an image that is mounted', '/');

/** How this program is started: the executable alone, or Node with the program. */
const thisProgram = async (): Promise<string[]> => {
  const { isSea } = await import('node:sea');
  const { realpath } = await import('node:fs/promises');
  if (isSea()) return [process.execPath];
  return [process.execPath, await realpath(process.argv[1] ?? '')];
};

const install = async (io: Io, flags: InstallFlags): Promise<Done> => {
  const { hiddenFrom, installService, makeUnit } = await load();
  const options = {
    root: flags.root,
    program: await thisProgram(),
    data: dataFolder(io, flags),
    unlockFile: flags.unlockFile,
    user: flags.user,
    listen: flags.listen,
  };
  if (flags.dryRun === true) {
    const unit = await makeUnit(options);
    return {
      message: 'This is the unit; nothing was changed.',
      data: { unit },
      warnings: hiddenFrom(options),
      blocks: [
        {
          kind: 'verbatim',
          title: 'licet.service',
          text: unit.trimEnd(),
          fileName: 'licet.service',
        },
      ],
    };
  }
  await installService(options);
  return {
    message:
      flags.root === '/'
        ? 'The service is installed, runs, and starts with the machine.'
        : `The service was written below ${flags.root}; it starts with that system.`,
    data: { data: options.data, unlockFile: options.unlockFile, user: options.user },
    blocks: [],
    next: `The unlock secret lies at ${options.unlockFile}; back it up apart from the data. See: licet service status, journalctl -u licet.`,
  };
};

const installCommand = (io: Io): Command =>
  localCommand<InstallFlags>(io, {
    name: 'install',
    description:
      'Run the server as a systemd service of a user of its own, which starts with the machine.',
    examples: [
      'service install --data /var/lib/licet',
      'service install --data /var/lib/licet --dry-run',
    ],
    options: (command) =>
      addRoot(command)
        .option('--listen <host:port>', 'where it listens, when not as DATA/licet.json says')
        .option('--unlock-file <file>', 'where the unlock secret is to lie', '/etc/licet/unlock')
        .option('--user <name>', 'the user of this system that it runs as', 'licet')
        .option('--dry-run', 'print the unit and change nothing'),
    run: (flags) => install(io, flags),
  });

const status = async (flags: RootFlags): Promise<Done & { readonly active: boolean }> => {
  const { serviceState } = await load();
  const state = await serviceState(flags);
  return {
    active: state.state === 'active',
    message: state.installed ? `The service is ${state.state}.` : 'The service is not installed.',
    data: state,
    blocks: [],
    next: state.installed
      ? 'What it logs: journalctl -u licet.'
      : 'Install it: licet service install --data DIR.',
  };
};

const statusCommand = (io: Io): Command => {
  const command = new Command('status').description(
    'Whether the service is installed and runs. Exit code 0 when it does, else 1.',
  );
  addExamples(addJsonOption(addRoot(command)), ['service status']);
  return command.action(async () => {
    const flags = command.optsWithGlobals<RootFlags>();
    const done = await status(flags);
    printDone(io, done, flags.json === true);
    endWith(done.active ? exitCodes.done : exitCodes.failed);
  });
};

const uninstallCommand = (io: Io): Command =>
  localCommand<RootFlags>(io, {
    name: 'uninstall',
    description: 'Stop the service and take it away. Data, unlock secret and user stay.',
    examples: ['service uninstall'],
    options: addRoot,
    run: async (flags) => {
      const { uninstallService } = await load();
      if (!(await uninstallService(flags)))
        throw new CommandError(exitCodes.failed, 'The service is not installed.');
      return {
        message: 'The service is gone. The data, the unlock secret and the user are still there.',
        data: { uninstalled: true },
        blocks: [],
      };
    },
  });

/** The group. */
export const serviceCommand = (io: Io): Command =>
  group(
    io,
    'service',
    'The server as a systemd service',
    [],
    [installCommand(io), statusCommand(io), uninstallCommand(io)],
  );
