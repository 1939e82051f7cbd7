/** `licet operator ...`: accounts and password requests. */
import type { Command } from 'commander';
import * as accounts from '../../client/actions/accounts/operator-accounts.ts';
import { eraseCommand } from '../server/erase.ts';
import { group } from '../group.ts';
import type { Io } from '../io.ts';
import { recoverCommand } from '../server/recover.ts';

const accountGroup = (io: Io): Command =>
  group(
    io,
    'account',
    'Accounts of this server',
    [
      {
        name: 'create',
        action: accounts.createAccount,
        places: ['email'],
        examples: ['operator account create ana@example.com --name "Ana Ruiz" --company Example'],
      },
      { name: 'list', action: accounts.listAccounts, examples: ['operator account list'] },
      {
        name: 'disable',
        action: accounts.disableAccount,
        places: ['account'],
        examples: ['operator account disable leo@example.com'],
      },
      {
        name: 'enable',
        action: accounts.enableAccount,
        places: ['account'],
        examples: ['operator account enable leo@example.com'],
      },
      {
        name: 'remove-second-factor',
        action: accounts.removeSecondFactor,
        places: ['account'],
        examples: ['operator account remove-second-factor ana@example.com'],
      },
      {
        name: 'code',
        action: accounts.accountCode,
        places: ['account'],
        examples: ['operator account code ana@example.com'],
      },
    ],
    [eraseCommand(io)],
  );

export const operatorCommand = (io: Io): Command =>
  group(
    io,
    'operator',
    'What operators of a server do',
    [
      {
        name: 'password-requests',
        action: accounts.listPasswordRequests,
        examples: ['operator password-requests'],
      },
    ],
    [accountGroup(io), recoverCommand(io)],
  );
