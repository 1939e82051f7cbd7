/** `licet login | logout | whoami`. */
import { Command } from 'commander';
import { SignedIn } from '../../../shared/api/accounts.ts';
import { signIn, signOut } from '../../client/actions/accounts/session.ts';
import { time } from '../../client/actions/done.ts';
import { actionCommand, type ActionCommand } from '../action-command.ts';
import { connect } from '../connect.ts';
import { toCommandError } from '../failure.ts';
import type { Io } from '../io.ts';
import { addExamples, addJsonOption, addServerOptions, type CommonOptions } from '../options.ts';
import { printDone } from '../print.ts';

const keepSession: NonNullable<ActionCommand['after']> = async ({ connection, done }) => {
  const { token, expiresAt, account } = SignedIn.parse(done.data);
  const { client, memory } = connection;
  await memory.remember(client.server, {
    token,
    expiresAt,
    email: account.email,
    ...(client.pin === null ? {} : { fingerprint: client.pin }),
  });
  await memory.setCurrent(client.server);
};

export const loginCommand = (io: Io): Command =>
  actionCommand(io, {
    name: 'login',
    action: signIn,
    places: ['email'],
    examples: [
      'login --server https://licet.example.com --email ana@example.com',
      'login --email ana@example.com --password-file /run/secrets/licet',
    ],
    askFor: (failure) =>
      failure.kind === 'problem' && failure.problem['totpRequired'] === true ? ['totp'] : [],
    after: keepSession,
  });

export const logoutCommand = (io: Io): Command =>
  actionCommand(io, {
    name: 'logout',
    action: signOut,
    examples: ['logout'],
    after: async ({ connection: { client, memory } }) =>
      memory.remember(client.server, { token: undefined, expiresAt: undefined }),
  });

export const whoamiCommand = (io: Io): Command => {
  const command = new Command('whoami').description('Show who is signed in, and where.');
  addJsonOption(addServerOptions(command));
  addExamples(command, ['whoami', 'whoami --json']);
  return command.action(async () => {
    const options = command.optsWithGlobals<CommonOptions>();
    const { client } = await connect(io, options, true);
    const answer = await client.session();
    if (!answer.ok) throw toCommandError(answer.error);
    const { account, expiresAt } = answer.value;
    printDone(
      io,
      {
        message: `Signed in to ${client.server}.`,
        data: { server: client.server, ...answer.value },
        blocks: [
          {
            kind: 'facts',
            rows: [
              ['Server', client.server],
              ['E-mail', account.email],
              ['Name', account.name],
              ['Role', account.role],
              ['Session ends', time(expiresAt)],
            ],
          },
        ],
      },
      options.json === true,
    );
  });
};
