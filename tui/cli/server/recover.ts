/** `licet operator recover EMAIL`: brings back an operator who lost the password. */
import type { Command } from 'commander';
import { time } from '../../client/actions/done.ts';
import { writableDataFolder } from './data-folder.ts';
import { CommandError, exitCodes } from '../failure.ts';
import type { Io } from '../io.ts';
import { localCommand } from '../local-command.ts';

export const recoverCommand = (io: Io): Command =>
  localCommand(io, {
    name: 'recover',
    description:
      'Make a one-time code for an operator who lost the password. The server must be stopped.',
    options: (command) => command.argument('[email]', "the operator's e-mail"),
    examples: ['operator recover ops@example.com --data /var/lib/licet'],
    run: async (options, [email]) => {
      if (email === undefined)
        throw new CommandError(
          exitCodes.usage,
          "The operator's e-mail is needed.",
          'Name it: licet operator recover EMAIL --data DIR.',
        );
      const [{ recoverOperator }, { createLogger }] = await Promise.all([
        import('../../../server/system/maintenance/recover-operator.ts'),
        import('../../../server/system/logger.ts'),
      ]);
      const recovered = await recoverOperator({
        directory: await writableDataFolder(io, options),
        email,
        log: createLogger('warn'),
      });
      return {
        message: `A one-time code for the operator ${recovered.email}. All sessions of this account have ended.`,
        data: recovered,
        blocks: [
          {
            kind: 'card',
            title: `For ${recovered.email}`,
            rows: [
              ['E-mail', recovered.email],
              ['Code', recovered.code],
              ['Until', time(recovered.expiresAt)],
            ],
            note: 'Start the server, run licet, choose “I have a code”, and set a password.',
          },
        ],
        warnings: recovered.secondFactorRemoved
          ? ['The second factor of this account is removed; set it up again.']
          : [],
      };
    },
  });
