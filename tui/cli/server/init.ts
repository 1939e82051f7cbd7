/** `licet init`: makes a data folder, and ends with the recovery sheet. */
import type { Command } from 'commander';
import { Email, NewPassword } from '../../../shared/api/common.ts';
import type { Done } from '../../client/actions/done.ts';
import { dataFolder } from './data-folder.ts';
import { CommandError, exitCodes } from '../failure.ts';
import { isInteractive, type Io } from '../io.ts';
import { localCommand, type LocalOptions } from '../local-command.ts';
import { ask } from '../prompt.ts';
import { openInput, promptSecret, readText, type Input } from '../secrets.ts';

interface InitFlags extends LocalOptions {
  readonly operatorEmail?: string;
  readonly operatorName?: string;
  readonly operatorPasswordFile?: string;
  readonly rootPassphraseFile?: string;
  readonly unlockFile?: string;
}

const emailOf = async (io: Io, given: string | undefined): Promise<string> => {
  if (given !== undefined) return given;
  if (!isInteractive(io))
    throw new CommandError(
      exitCodes.usage,
      "The operator's e-mail is needed.",
      'Give it by --operator-email E.',
    );
  for (;;) {
    const email = await ask(io, "The first operator's e-mail: ");
    if (Email.safeParse(email).success) return email;
    io.stderr.write('This is not an e-mail address, such as ana@example.com.\n');
  }
};

const chosen = (label: string, option: string, least: number) => ({
  label,
  option,
  chosen: true,
  hidden: true,
  check: (text: string) =>
    text === '' || text.length >= least ? undefined : `${label} needs ${least} characters or more.`,
});

const shortestPassword = NewPassword.minLength ?? 15;
const shortestPassphrase = 12;

/** From the file; else asked, where Enter alone leaves it out. */
const optionalSecret = async (
  io: Io,
  input: Input,
  file: string | undefined,
  wish: ReturnType<typeof chosen>,
): Promise<string | undefined> => {
  if (file !== undefined) return readText(input, file, false);
  if (!isInteractive(io)) return undefined;
  return (await promptSecret(io, wish)) || undefined;
};

const run = async (io: Io, flags: InitFlags): Promise<Done> => {
  const [{ initData }, { createLogger }] = await Promise.all([
    import('../../../server/system/maintenance/init.ts'),
    import('../../../server/system/logger.ts'),
  ]);
  const input = openInput(io);
  const operatorEmail = await emailOf(io, flags.operatorEmail);
  if (isInteractive(io) && flags.operatorPasswordFile === undefined)
    io.stderr.write('A password for the operator. Enter alone: a one-time code is made instead.\n');
  const operatorPassword = await optionalSecret(
    io,
    input,
    flags.operatorPasswordFile,
    chosen('Password', '--operator-password-file', shortestPassword),
  );
  if (isInteractive(io) && flags.rootPassphraseFile === undefined)
    io.stderr.write('A passphrase for the root key. Enter alone: one is made for you.\n');
  const rootPassphrase = await optionalSecret(
    io,
    input,
    flags.rootPassphraseFile,
    chosen('Passphrase', '--root-passphrase-file', shortestPassphrase),
  );
  const made = await initData({
    directory: dataFolder(io, flags),
    operatorEmail,
    operatorName: flags.operatorName,
    operatorPassword,
    rootPassphrase,
    unlockFile: flags.unlockFile,
    environment: io.env,
    log: createLogger('warn'),
  });
  const { recoveryText, ...data } = made;
  const signIn =
    made.code === null
      ? `sign in as ${made.operator.email}`
      : `choose “I have a code” and set the password of ${made.operator.email}`;
  return {
    message: `The data folder ${made.directory} is ready.`,
    data,
    blocks: [
      { kind: 'verbatim', title: 'Recovery sheet', text: recoveryText, fileName: 'recovery.txt' },
    ],
    next: `Print the recovery sheet and keep it in a safe. Then start the server with “licet serve --data ${made.directory}”, open “licet” and ${signIn}.`,
  };
};

export const initCommand = (io: Io): Command =>
  localCommand<InitFlags>(io, {
    name: 'init',
    description:
      'Make a data folder: roots of trust, a certified signing key, the first operator, and the recovery sheet.',
    options: (command) =>
      command
        .option('--operator-email <email>', 'e-mail of the first operator')
        .option('--operator-name <name>', 'name of the first operator')
        .option(
          '--operator-password-file <file>',
          'password of the first operator, from a file (- is standard input); without it a one-time code is made',
        )
        .option(
          '--root-passphrase-file <file>',
          'passphrase of the root key, from a file (- is standard input); without it one is made',
        )
        .option('--unlock-file <file>', 'where the secret lies that unlocks the keys at start'),
    examples: ['init --data /var/lib/licet --operator-email ops@example.com'],
    run: (flags) => run(io, flags),
  });
