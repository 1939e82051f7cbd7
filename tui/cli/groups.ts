/** The groups of commands: what each is called and does, and where its code is. Only the one that runs is loaded. */
import type { Command } from 'commander';
import type { Io } from './io.ts';

export interface Group {
  readonly name: string;
  readonly description: string;
  readonly hidden?: boolean;
  readonly load: (io: Io) => Promise<Command>;
}

export const groups: readonly Group[] = [
  {
    name: 'demo',
    description: 'Look around: everything, with sample data',
    load: async (io) => (await import('./commands/demo.ts')).demoCommand(io),
  },
  {
    name: 'demo-server',
    description: 'The server of the demo',
    hidden: true,
    load: async () => (await import('./commands/demo.ts')).demoServerCommand(),
  },
  {
    name: 'init',
    description: 'Make a data folder for a server',
    load: async (io) => (await import('./server/init.ts')).initCommand(io),
  },
  {
    name: 'serve',
    description: 'Run the server',
    load: async (io) => (await import('./server/serve.ts')).serveCommand(io),
  },
  {
    name: 'login',
    description: 'Sign in, and stay signed in',
    load: async (io) => (await import('./commands/login.ts')).loginCommand(io),
  },
  {
    name: 'logout',
    description: 'End the session',
    load: async (io) => (await import('./commands/login.ts')).logoutCommand(io),
  },
  {
    name: 'whoami',
    description: 'Who is signed in, and where',
    load: async (io) => (await import('./commands/login.ts')).whoamiCommand(io),
  },
  {
    name: 'license',
    description: 'Licenses: list, show; for operators also create, renew, suspend, revoke',
    load: async (io) => (await import('./commands/license.ts')).licenseCommand(io),
  },
  {
    name: 'activations',
    description: 'Machines on a license: list, release, reset',
    load: async (io) => (await import('./commands/activations.ts')).activationsCommand(io),
  },
  {
    name: 'users',
    description: 'People on a license: list, add, remove, new code',
    load: async (io) => (await import('./commands/users.ts')).usersCommand(io),
  },
  {
    name: 'offline-key',
    description: 'Licenses for machines without a network',
    load: async (io) => (await import('./commands/offline-key.ts')).offlineKeyCommand(io),
  },
  {
    name: 'account',
    description: 'Your account: info, password, sessions, invitations',
    load: async (io) => (await import('./commands/account.ts')).accountCommand(io),
  },
  {
    name: 'release',
    description: 'Downloads: list, download, link; for operators also publish, withdraw',
    load: async (io) => (await import('./commands/release.ts')).releaseCommand(io),
  },
  {
    name: 'trial',
    description: 'Trying products: list, start, open; for operators also purchase',
    load: async (io) => (await import('./commands/trial.ts')).trialCommand(io),
  },
  {
    name: 'search',
    description: 'Find anything by a part of its name (operators)',
    load: async (io) => (await import('./commands/search.ts')).searchCommand(io),
  },
  {
    name: 'product',
    description: 'Products (operators)',
    load: async (io) => (await import('./commands/product.ts')).productCommand(io),
  },
  {
    name: 'operator',
    description: 'Accounts and password requests (operators); recover on the server itself',
    load: async (io) => (await import('./commands/operator.ts')).operatorCommand(io),
  },
  {
    name: 'keys',
    description: "A server's keys, on its own machine: list, rotate, revoke, export",
    load: async (io) => (await import('./server/keys.ts')).keysCommand(io),
  },
  {
    name: 'backup',
    description: 'Write a data folder into one file, while the server runs',
    load: async (io) => (await import('./commands/backup.ts')).backupCommand(io),
  },
  {
    name: 'restore',
    description: 'Put a backup into a new data folder',
    load: async (io) => (await import('./server/restore.ts')).restoreCommand(io),
  },
  {
    name: 'journal',
    description: 'The journal of every change (operators)',
    load: async (io) => (await import('./commands/journal.ts')).journalCommand(io),
  },
  {
    name: 'config',
    description: 'Check the settings of a server, and see where each is from',
    load: async (io) => (await import('./server/config.ts')).configCommand(io),
  },
  {
    name: 'service',
    description: 'The server as a systemd service: install, status, uninstall',
    load: async (io) => (await import('./server/service.ts')).serviceCommand(io),
  },
  {
    name: 'licenses',
    description: 'Print the licenses of the packages that licet contains',
    load: async (io) => (await import('./commands/licenses.ts')).licensesCommand(io),
  },
  {
    name: 'doctor',
    description: 'Look a data folder over: what is wrong, and what to do',
    load: async (io) => (await import('./server/doctor.ts')).doctorCommand(io),
  },
];
