/** `licet operator account erase EMAIL`: takes a person out of the data and out of the journal. */
import type { Command } from 'commander';
import { counted } from '../../client/actions/done.ts';
import { writableDataFolder } from './data-folder.ts';
import { confirmed } from '../confirm.ts';
import { CommandError, exitCodes } from '../failure.ts';
import type { Io } from '../io.ts';
import { localCommand, type LocalOptions } from '../local-command.ts';

interface EraseFlags extends LocalOptions {
  readonly yes?: boolean;
}

export const eraseCommand = (io: Io): Command =>
  localCommand<EraseFlags>(io, {
    name: 'erase',
    description:
      'Erase the data of a person who owns no license, in the journal too, whose chain still verifies. The server must be stopped.',
    options: (command) =>
      command
        .argument('[email]', "the person's e-mail")
        .option('--yes', 'do not ask first; needed where there is no terminal to ask on'),
    examples: ['operator account erase leo@example.com --data /var/lib/licet'],
    run: async (flags, [email]) => {
      if (email === undefined)
        throw new CommandError(
          exitCodes.usage,
          "The person's e-mail is needed.",
          'Name it: licet operator account erase EMAIL --data DIR.',
        );
      const directory = await writableDataFolder(io, flags);
      await confirmed(io, flags.yes, () => ({
        sentences: [
          `The account ${email} and all that the journal kept of it are erased for good. Machines that it activated run on.`,
        ],
        ask: 'Erase it?',
      }));
      const [{ eraseAccount }, { createLogger }] = await Promise.all([
        import('../../../server/system/maintenance/erase-account.ts'),
        import('../../../server/system/logger.ts'),
      ]);
      const erased = await eraseAccount({ directory, email, log: createLogger('warn') });
      return {
        message: `The account ${email} is erased: ${counted(erased.documents, 'document')} taken out of the journal, which still verifies.`,
        data: erased,
        blocks: [],
        next: 'Backups from before still have it: delete them when their time comes. Offline keys that were made while the person owned a license name them until they end.',
      };
    },
  });
