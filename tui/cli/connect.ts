/** The client that a command talks through: which server, whom it trusts, who is signed in. */
import { isExposed, parseServer } from '../client/api/address.ts';
import { createClient, type Client } from '../client/api/client.ts';
import { configFolder } from '../client/api/config-folder.ts';
import { openMemory, type Memory } from '../client/api/memory.ts';
import { groupedFingerprint, normalizePin } from '../../shared/sdk/certificate.ts';
import { version } from '../version.ts';
import { CommandError, exitCodes, toCommandError } from './failure.ts';
import { isInteractive, type Io } from './io.ts';
import { confirm } from './prompt.ts';

export interface ConnectOptions {
  readonly server?: string | undefined;
  readonly pin?: string | undefined;
}

/** Where the server is: the option, LICET_SERVER, or where one signed in last. */
const chooseServer = async (io: Io, memory: Memory, given: string | undefined): Promise<string> => {
  const named = given ?? (io.env['LICET_SERVER'] || undefined);
  if (named === undefined) {
    const current = await memory.currentServer();
    if (current !== null) return current;
    throw new CommandError(
      exitCodes.usage,
      'No server is named.',
      'Give it by --server URL or LICET_SERVER, or sign in once: licet login --server URL.',
    );
  }
  const parsed = parseServer(named);
  if (parsed.ok) return parsed.value;
  throw new CommandError(exitCodes.usage, `“${named}” ${parsed.error}.`);
};

const choosePin = (io: Io, given: string | undefined): string | undefined => {
  const text = given ?? (io.env['LICET_PIN'] || undefined);
  if (text === undefined) return undefined;
  const pin = normalizePin(text);
  if (pin.length === 64) return pin;
  throw new CommandError(
    exitCodes.usage,
    'The pin is not a fingerprint.',
    'It has 64 hex digits, as the card shows them.',
  );
};

/**
 * Meets a server over TLS before anything secret is sent: a certificate that nobody vouches for is
 * shown, and remembered if the person says so; one that changed ends the command.
 */
const meet = async (io: Io, memory: Memory, client: Client): Promise<string | undefined> => {
  if (isExposed(client.server))
    io.stderr.write(
      `${client.server} is not encrypted: others on the network can read your password. Ask the operator for an https:// address.\n`,
    );
  if (!client.server.startsWith('https:')) return client.pin ?? undefined;
  const answer = await client.about();
  if (answer.ok || answer.error.kind === 'problem') return client.pin ?? undefined;
  const failure = answer.error;
  if (failure.kind !== 'untrusted' || failure.expected !== null || !isInteractive(io))
    throw toCommandError(failure);
  io.stderr.write(
    `The server ${client.server} is not known yet. The fingerprint of its certificate:\n\n${groupedFingerprint(failure.fingerprint)}\n\n`,
  );
  if (!(await confirm(io, 'Is it the one on your card?')))
    throw new CommandError(
      exitCodes.unreachable,
      'The server is not trusted; nothing was sent.',
      'Ask the operator for the fingerprint.',
    );
  await memory.remember(client.server, { fingerprint: failure.fingerprint });
  return failure.fingerprint;
};

export interface Connection {
  readonly client: Client;
  readonly memory: Memory;
}

/**
 * A client for the chosen server. `session: true` for what needs one: without a token it ends with
 * exit code 3. `session: false` meets the server first, since passwords are about to be sent.
 */
export const connect = async (
  io: Io,
  options: ConnectOptions,
  session: boolean,
): Promise<Connection> => {
  const memory = openMemory(configFolder(io.env));
  const server = await chooseServer(io, memory, options.server);
  const known = await memory.of(server);
  const pin = choosePin(io, options.pin) ?? known.fingerprint;
  const agent = `licet/${version}`;
  const open = (pin: string | undefined, token?: string): Client =>
    createClient({ server, pin, token, agent });
  if (!session) {
    const trusted = await meet(io, memory, open(pin));
    return { client: open(trusted), memory };
  }
  const token = io.env['LICET_TOKEN'] || known.token;
  if (token === undefined || token === '')
    throw new CommandError(
      exitCodes.forbidden,
      `You are not signed in to ${server}.`,
      `Sign in: licet login --server ${server}.`,
    );
  return { client: open(pin, token), memory };
};
