/** The groups of commands: what each is called and does, and where its code is. Only the one that runs is loaded. */
import type { Command } from 'commander';
import type { Io } from './io.ts';

export interface Group {
  readonly name: string;
  readonly description: string;
  readonly hidden?: boolean;
  readonly load: () => Promise<(io: Io) => Command>;
}

export const groups: readonly Group[] = [
  {
    name: 'login',
    description: 'Sign in, and stay signed in',
    load: async () => (await import('./login.ts')).loginCommand,
  },
  {
    name: 'logout',
    description: 'End the session',
    load: async () => (await import('./login.ts')).logoutCommand,
  },
  {
    name: 'whoami',
    description: 'Who is signed in, and where',
    load: async () => (await import('./login.ts')).whoamiCommand,
  },
  {
    name: 'license',
    description: 'Licenses: list, show; for operators also create, renew, suspend, revoke',
    load: async () => (await import('./license.ts')).licenseCommand,
  },
  {
    name: 'activations',
    description: 'Machines on a license: list, release, reset',
    load: async () => (await import('./activations.ts')).activationsCommand,
  },
  {
    name: 'users',
    description: 'People on a license: list, add, remove, new code',
    load: async () => (await import('./users.ts')).usersCommand,
  },
  {
    name: 'offline-key',
    description: 'Licenses for machines without a network',
    load: async () => (await import('./offline-key.ts')).offlineKeyCommand,
  },
  {
    name: 'account',
    description: 'Your account: info, password, sessions, invitations',
    load: async () => (await import('./account.ts')).accountCommand,
  },
  {
    name: 'product',
    description: 'Products (operators)',
    load: async () => (await import('./product.ts')).productCommand,
  },
  {
    name: 'operator',
    description: 'Accounts and password requests (operators); recover on the server itself',
    load: async () => (await import('./operator.ts')).operatorCommand,
  },
  {
    name: 'journal',
    description: 'The journal of every change (operators)',
    load: async () => (await import('./journal.ts')).journalCommand,
  },
];
