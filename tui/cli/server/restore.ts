/** `licet restore`: a backup into a new folder, made ready to be served. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { time, type Done } from '../../client/actions/done.ts';
import { cancelable } from '../cancelable.ts';
import { writableDataFolder } from './data-folder.ts';
import { CommandError, exitCodes } from '../failure.ts';
import { isInteractive, type Io } from '../io.ts';
import { announceKeys } from './keys-change.ts';
import { localCommand } from '../local-command.ts';
import { showProgress } from '../progress.ts';
import { addRootOptions, rootPassphrase, type RootFlags } from './root-options.ts';

interface RestoreFlags extends RootFlags {
  readonly unlockFile?: string;
  readonly keepLocked?: boolean;
}

interface Place {
  readonly directory: string;
  readonly unlockFile: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

const loaders = () =>
  Promise.all([
    import('../../../server/system/keys/load-keys.ts'),
    import('../../../server/system/keys/manage-keys.ts'),
    import('../../../server/system/keys/unlock.ts'),
    import('../../../server/system/settings/settings.ts'),
  ]);

/** Where a server on the folder will look: its settings came with the backup. */
const placeOf = async (io: Io, directory: string, flags: RestoreFlags): Promise<Place> => {
  const [, , , { readSettings }] = await loaders();
  const sources = { directory, environment: io.env, flags: { unlockFile: flags.unlockFile } };
  const { unlockFile } = await readSettings(sources);
  return { directory, unlockFile: unlockFile ?? undefined, environment: io.env };
};

/** Whether an unlock secret is there that opens the keys. */
const opens = async (place: Place): Promise<boolean> => {
  const [{ loadKeys }, , { hasUnlockSecret }] = await loaders();
  if (!(await hasUnlockSecret(place))) return false;
  return loadKeys(place).then(
    () => true,
    () => false,
  );
};

/** Whether the authority that clients pinned came along, and opens: a pin that breaks is told now. */
const authorityWarnings = async (place: Place): Promise<readonly string[]> => {
  const { checkAuthority } = await import('../../../server/system/tls/own-identity.ts');
  return checkAuthority(place).then(
    () => [],
    (error: unknown) => [error instanceof Error ? error.message : String(error)],
  );
};

const isWrongPassphrase = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && error.code === 'passphrase';

/** A new unlock secret and signing key by the root; a person may try the passphrase again. */
const renewKeys = async (
  io: Io,
  place: Place,
  flags: RestoreFlags,
  given: string | undefined,
): Promise<string> => {
  const [, { rotateSigningKey }] = await loaders();
  for (;;) {
    try {
      const passphrase = given ?? (await rootPassphrase(io, flags));
      const root = { ...place, rootFile: flags.rootFile, passphrase, now: Date.now() };
      return (await rotateSigningKey(root)).kid;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const again = isInteractive(io) && flags.rootPassphraseFile === undefined;
      if (!again || !isWrongPassphrase(error))
        throw new CommandError(
          exitCodes.failed,
          `The data is restored in ${place.directory}, but its keys are still locked. ${error.message}`,
          `To unlock them: licet keys rotate --data ${place.directory} --new-unlock-secret`,
        );
      io.stderr.write(`${error.message}\n`);
    }
  }
};

type Unlocked = 'by the secret' | 'by the root' | 'not yet';

const nextSteps = (directory: string, unlocked: Unlocked): string => {
  const steps = [`Start the server: licet serve --data ${directory}`];
  if (unlocked === 'not yet')
    steps.unshift(
      `Put the unlock secret into ${path.join(directory, 'keys', 'unlock')} (0600), or run: licet keys rotate --data ${directory} --new-unlock-secret`,
    );
  if (process.getuid?.() === 0)
    steps.unshift(`If the server runs as another user: chown -R USER ${directory}`);
  return [
    ...steps,
    'Never let the old server run beside it: both would give out the same seats.',
  ].join('\n');
};

const run = async (io: Io, flags: RestoreFlags, file: string | undefined): Promise<Done> => {
  if (file === undefined)
    throw new CommandError(
      exitCodes.usage,
      'The backup is needed.',
      'Name its file: licet restore FILE --data NEW-FOLDER.',
    );
  const [
    [, , { hasUnlockSecret, readUnlockSecret }],
    { readBackupHead, restore },
    {
      dataVersion: { schemaVersion },
      endedByRestore,
    },
    { createLogger },
  ] = await Promise.all([
    loaders(),
    import('../../../server/store/backup/restore.ts'),
    import('../../../server/data-version.ts'),
    import('../../../server/system/logger.ts'),
  ]);
  const directory = await writableDataFolder(io, flags);
  await readBackupHead(file);
  const place = { directory, unlockFile: flags.unlockFile, environment: io.env };
  const hasSecret = await hasUnlockSecret(place);
  // One that others may read, or that is too short, is refused before anything is written.
  if (hasSecret) await readUnlockSecret(place);
  const wanted = flags.keepLocked !== true && !hasSecret;
  // Where nobody can be asked later, it is asked for before anything is written.
  const given = wanted && !isInteractive(io) ? await rootPassphrase(io, flags) : undefined;
  const progress = showProgress(io, flags.json === true);
  const restored = await cancelable(
    (signal) =>
      restore({
        file,
        directory,
        schemaVersion,
        ends: endedByRestore,
        now: Date.now,
        log: createLogger('warn'),
        onProgress: (done, total) => progress.work.report?.({ done, total }),
        signal,
      }),
    // It was empty, or not there: a restore goes nowhere else.
    () => rm(directory, { recursive: true, force: true }),
  );
  progress.end();
  const found = await placeOf(io, directory, flags);
  let unlocked: Unlocked = 'by the secret';
  let signingKey: string | null = null;
  if (!(await opens(found))) {
    unlocked = flags.keepLocked === true ? 'not yet' : 'by the root';
    if (unlocked === 'by the root') {
      signingKey = await renewKeys(io, found, flags, given);
      await announceKeys(directory, 'keys.rotate', signingKey);
    }
  }
  return {
    message: `Restored into ${directory}: ${restored.files} files, all verified.`,
    data: { ...restored, unlocked, signingKey },
    warnings: unlocked === 'not yet' ? [] : await authorityWarnings(found),
    blocks: [
      {
        kind: 'facts',
        rows: [
          ['Folder', directory],
          ['Backup made', time(restored.madeAt)],
          ['Up to record', restored.seq],
          ['Era', restored.era],
          ['Keys unlocked', unlocked],
        ],
      },
    ],
    next: nextSteps(directory, unlocked),
  };
};

export const restoreCommand = (io: Io): Command =>
  localCommand<RestoreFlags>(io, {
    name: 'restore',
    description:
      "Put a backup into a new folder and verify all of it. Without the unlock secret, the root's passphrase certifies a new signing key. Products are told that the server went back in time.",
    options: (command) =>
      addRootOptions(command.argument('[file]', 'the backup'))
        .option('--unlock-file <file>', 'where the secret lies that unlocks the keys at start')
        .option('--keep-locked', 'leave the keys locked: the unlock secret is brought later'),
    examples: [
      'restore licet-20270131T120000Z-4711.tar.gz --data /var/lib/licet',
      'restore licet.tar.gz --data /srv/licet --unlock-file /etc/licet/unlock',
    ],
    run: (flags, [file]) => run(io, flags, file),
  });
