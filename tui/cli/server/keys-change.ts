/** `licet keys rotate | revoke`: what changes the keys of a data folder. */
import type { Command } from 'commander';
import { time, type Done } from '../../client/actions/done.ts';
import { writableDataFolder } from './data-folder.ts';
import { confirmed } from '../confirm.ts';
import { CommandError, exitCodes } from '../failure.ts';
import type { Io } from '../io.ts';
import { localCommand } from '../local-command.ts';
import { addRootOptions, rootPassphrase, type RootFlags } from './root-options.ts';

interface ChangeFlags extends RootFlags {
  readonly unlockFile?: string;
  readonly config?: string;
  readonly newUnlockSecret?: boolean;
}

interface RevokeFlags extends ChangeFlags {
  readonly reason?: string;
  readonly from?: string;
  readonly yes?: boolean;
}

const addChangeOptions = (command: Command): Command =>
  addRootOptions(command)
    .option('--unlock-file <file>', 'where the secret lies that unlocks the keys at start')
    .option('--config <file>', "the server's settings, else DATA/licet.json")
    .option('--new-unlock-secret', 'the unlock secret is lost: make another in its place');

/** Where the server finds its unlock secret: one that it doesn't know would lock it out. */
const unlockPlace = async (io: Io, directory: string, flags: ChangeFlags) => {
  const [{ readSettings }, { hasUnlockSecret }] = await Promise.all([
    import('../../../server/system/settings/settings.ts'),
    import('../../../server/system/keys/unlock.ts'),
  ]);
  const settings = await readSettings({
    directory,
    configFile: flags.config,
    environment: io.env,
    flags: { unlockFile: flags.unlockFile },
  });
  const place = {
    directory,
    unlockFile: settings.unlockFile ?? undefined,
    environment: io.env,
  };
  if (flags.newUnlockSecret === true || (await hasUnlockSecret(place))) return place;
  throw new CommandError(
    exitCodes.failed,
    'The unlock secret is not where it is looked for, and the new key must be locked by it. Nothing was changed.',
    'Name its file by --unlock-file FILE (a service may have it as a credential). If it is lost, add --new-unlock-secret.',
  );
};

/** Tells the journal and a server that runs; the change itself is done already. */
export const announceKeys = async (
  directory: string,
  action: 'keys.rotate' | 'keys.revoke',
  target: string,
  details?: Readonly<Record<string, string | number>>,
): Promise<string> => {
  const [{ announceKeyChange }, { createLogger }] = await Promise.all([
    import('../../../server/system/keys/announce-change.ts'),
    import('../../../server/system/logger.ts'),
  ]);
  try {
    const log = createLogger('warn');
    const change = { directory, action, target, details, log, now: Date.now };
    const pid = await announceKeyChange(change);
    if (process.platform === 'win32' && pid !== null)
      return `Restart the server (process ${pid}): it works with the old keys until then.`;
    return pid === null
      ? 'The server uses it from its next start on.'
      : `The server that runs (process ${pid}) was told to read its keys again.`;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `It could not be noted in the journal, and no server could be told: ${why} Restart the server if it runs.`;
  }
};

const rotate = async (io: Io, flags: ChangeFlags): Promise<Done> => {
  const directory = await writableDataFolder(io, flags);
  const place = await unlockPlace(io, directory, flags);
  const { rotateSigningKey } = await import('../../../server/system/keys/manage-keys.ts');
  const { rootFile } = flags;
  const passphrase = await rootPassphrase(io, flags);
  const rotated = await rotateSigningKey({ ...place, rootFile, passphrase, now: Date.now() });
  return {
    message: 'A new signing key is made and certified. What the old one signed stays valid.',
    data: rotated,
    blocks: [
      {
        kind: 'facts',
        rows: [
          ['New key', rotated.kid],
          ['Certified until', time(rotated.certifiedUntil)],
          ['Old key', rotated.former],
        ],
      },
    ],
    next: `${await announceKeys(directory, 'keys.rotate', rotated.kid)}\nCarry “licet keys export-trust” to machines without a network before they are given typed keys.`,
  };
};

export const rotateCommand = (io: Io): Command =>
  localCommand<ChangeFlags>(io, {
    name: 'rotate',
    description:
      'Make a new signing key and have the root certify it for a year. What the old key signed stays valid. The server may run.',
    options: addChangeOptions,
    examples: [
      'keys rotate --data /var/lib/licet',
      'keys rotate --root-file spare-root.pem --new-unlock-secret',
    ],
    run: (flags) => rotate(io, flags),
  });

/** A time in RFC 3339, or a day, as milliseconds. */
const parseFrom = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const at = /^\d{4}-\d{2}-\d{2}/u.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new CommandError(
    exitCodes.usage,
    `“${text}” is not a time.`,
    'Give --from as 2027-01-31 or 2027-01-31T12:00:00Z: what the key signed before stays valid.',
  );
};

const askToRevoke = (io: Io, kid: string, flags: RevokeFlags): Promise<void> =>
  confirmed(io, flags.yes, () => ({
    sentences: [
      `What the key ${kid} signed${flags.from === undefined ? '' : ` at ${flags.from} or later`} will be refused: leases are renewed at the next check-in, but each offline key that it signed must be renewed and carried again.`,
    ],
    ask: 'Revoke it?',
  }));

/** Whether it looks like the id of a key (RFC 7638). */
const isId = (text: string): boolean => /^[\w-]{43}$/u.test(text);

const revoke = async (io: Io, flags: RevokeFlags, kid: string | undefined): Promise<Done> => {
  if (kid === undefined || flags.reason === undefined)
    throw new CommandError(
      exitCodes.usage,
      kid === undefined ? 'A key is needed.' : 'A reason is needed: it stands on the list.',
      '“licet keys list” shows the keys. Then: licet keys revoke KEY --reason TEXT.',
    );
  if (kid.startsWith('-') && !isId(kid))
    throw new CommandError(
      exitCodes.usage,
      `There is no option ${kid}.`,
      'See: licet keys revoke --help',
    );
  const from = parseFrom(flags.from);
  const { reason, rootFile } = flags;
  const directory = await writableDataFolder(io, flags);
  const place = await unlockPlace(io, directory, flags);
  const { revokeKey } = await import('../../../server/system/keys/manage-keys.ts');
  await askToRevoke(io, kid, flags);
  const passphrase = await rootPassphrase(io, flags);
  const root = { ...place, rootFile, passphrase, now: Date.now() };
  const revoked = await revokeKey(root, { kid, reason, from });
  const { number, listEndsAt, replacedBy } = revoked;
  return {
    message: `The key ${kid} is revoked.`,
    data: revoked,
    blocks: [
      {
        kind: 'facts',
        rows: [
          ['Revocation list', number],
          ['A newer one is due', time(listEndsAt)],
          ['Signs in its place', replacedBy],
        ],
      },
    ],
    next: `${await announceKeys(directory, 'keys.revoke', kid, { reason, number })}\nCarry “licet keys export-trust” to machines without a network: they learn of it by that alone.`,
  };
};

export const revokeCommand = (io: Io): Command =>
  localCommand<RevokeFlags>(io, {
    name: 'revoke',
    description:
      'Put a key on the signed list of revoked ones. The signing key in use is replaced at once. A root is revoked by the other root. The server may run.',
    options: (command) =>
      // One in 64 ids begins with a dash, and is no option.
      addChangeOptions(
        command
          .allowUnknownOption()
          .argument('[key]', 'the id of the key, as “licet keys list” has it'),
      )
        .option('--reason <text>', 'why: it stands on the list')
        .option('--from <time>', 'what the key signed before this time stays valid')
        .option('--yes', 'do not ask first; needed where there is no terminal to ask on'),
    examples: [
      'keys revoke vZ3hY0… --reason "laptop stolen" --from 2027-01-31',
      'keys revoke 8kQd1x… --root-file spare-root.pem --reason "passphrase leaked"',
    ],
    run: (flags, [kid]) => revoke(io, flags, kid),
  });
