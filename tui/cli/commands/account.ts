/** `licet account ...`: one's own account. */
import type { Command } from 'commander';
import * as account from '../../client/actions/accounts/account.ts';
import * as secondFactor from '../../client/actions/accounts/second-factor.ts';
import { forgotPassword, setPassword } from '../../client/actions/accounts/session.ts';
import { group } from '../group.ts';
import type { Io } from '../io.ts';

export const accountCommand = (io: Io): Command =>
  group(io, 'account', 'Your account', [
    { name: 'show', action: account.showAccount, examples: ['account show --json'] },
    {
      name: 'edit',
      action: account.editAccount,
      examples: ['account edit --company "Example Ltd" --phone "+34 600 000 000"'],
    },
    { name: 'password', action: account.changePassword, examples: ['account password'] },
    {
      name: 'second-factor',
      action: secondFactor.beginSecondFactor,
      examples: ['account second-factor'],
    },
    {
      name: 'confirm-second-factor',
      action: secondFactor.confirmSecondFactor,
      examples: ['account confirm-second-factor'],
    },
    {
      name: 'end-second-factor',
      action: secondFactor.endSecondFactor,
      examples: ['account end-second-factor'],
    },
    {
      name: 'forgot',
      action: forgotPassword,
      places: ['email'],
      examples: ['account forgot ana@example.com'],
    },
    {
      name: 'set-password',
      action: setPassword,
      places: [],
      examples: ['account set-password', 'account set-password --code-file code.txt'],
    },
    { name: 'sessions', action: account.listSessions, examples: ['account sessions'] },
    {
      name: 'end-session',
      action: account.endSession,
      places: ['session'],
      examples: ['account end-session ses_01j...'],
    },
    { name: 'invitations', action: account.listInvitations, examples: ['account invitations'] },
    {
      name: 'accept',
      action: account.acceptInvitation,
      places: ['invitation'],
      examples: ['account accept mem_01j...'],
    },
    {
      name: 'decline',
      action: account.declineInvitation,
      places: ['invitation'],
      examples: ['account decline mem_01j...'],
    },
  ]);
