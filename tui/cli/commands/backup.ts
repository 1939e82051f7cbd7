/** `licet backup`: a data folder as one file, while the server runs; `--move` seals the folder behind it. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { time, type Done } from '../../client/actions/done.ts';
import { cancelable } from '../cancelable.ts';
import { dataFolder, writableDataFolder } from '../server/data-folder.ts';
import { confirmed } from '../confirm.ts';
import { CommandError, exitCodes } from '../failure.ts';
import type { Io } from '../io.ts';
import { localCommand, type LocalOptions } from '../local-command.ts';
import { showProgress } from '../progress.ts';

interface BackupFlags extends LocalOptions {
  readonly server?: string;
  readonly pin?: string;
  readonly passwordFile?: string;
  readonly out?: string;
  readonly move?: boolean;
  readonly yes?: boolean;
  /** False by `--no-releases`. */
  readonly releases?: boolean;
}

/** Beside the data it would be lost with them, and each backup would have the ones before it inside. */
const checkPlace = (directory: string, file: string): void => {
  const within = path.relative(directory, file);
  if (within.startsWith('..') || path.isAbsolute(within)) return;
  throw new CommandError(
    exitCodes.usage,
    `${file} is inside the data folder: a backup there is lost with the data.`,
    'Name a file or folder elsewhere (--out), best on another disk.',
  );
};

const askToMove = (io: Io, directory: string, flags: BackupFlags): Promise<void> =>
  confirmed(io, flags.yes, () => ({
    sentences: [
      `When the backup is made, ${directory} is sealed: no server starts on it any more, so that two never give out the same seats.`,
    ],
    ask: 'Move the server away?',
  }));

/** A name that ends like a folder's is one, also where there is none yet. */
const makeFolder = async (named: string): Promise<void> => {
  if (/[/\\]$/u.test(named)) await mkdir(named, { recursive: true, mode: 0o700 });
};

const run = async (io: Io, flags: BackupFlags, place: string | undefined): Promise<Done> => {
  const named = place ?? flags.out ?? '.';
  const out = path.resolve(named);
  if (flags.server !== undefined) {
    if (flags.data !== undefined || flags.move === true)
      throw new CommandError(
        exitCodes.usage,
        '--server fetches a backup over the network; --data and --move are for the machine itself.',
        'Give one or the other.',
      );
    const { fetchBackup } = await import('./backup-fetch.ts');
    await makeFolder(named);
    return fetchBackup(io, flags, out, flags.releases !== false);
  }
  const [{ backup, moveAway }, { refuseNewer }] = await Promise.all([
    import('../../../server/store/backup/backup.ts'),
    import('../../../server/system/maintenance/refuse-newer.ts'),
  ]);
  const move = flags.move === true;
  const directory = move ? await writableDataFolder(io, flags) : dataFolder(io, flags);
  await refuseNewer(directory);
  checkPlace(directory, out);
  if (move) await askToMove(io, directory, flags);
  await makeFolder(named);
  const progress = showProgress(io, flags.json === true);
  const made = await cancelable((signal) =>
    (move ? moveAway : backup)({
      directory,
      file: out,
      now: Date.now,
      releases: flags.releases !== false,
      onProgress: (done, total) => progress.work.report?.({ done, total }),
      signal,
    }),
  );
  progress.end();
  const again = `licet restore ${made.file} --data NEW-FOLDER`;
  return {
    message: move
      ? `The data moved away into ${made.file}. ${directory} is sealed.`
      : `The backup is made: ${made.file}`,
    data: { ...made, sealed: move },
    blocks: [
      {
        kind: 'facts',
        rows: [
          ['File', made.file],
          ['Bytes', made.bytes],
          ['Up to record', made.seq],
          ['Made', time(made.at)],
        ],
      },
    ],
    next: move
      ? `On the new machine: ${again}. Bring the unlock secret there by another way, or the passphrase of the root.`
      : `Keep it on another machine. It has all but the unlock secret. To bring it back: ${again}`,
  };
};

export const backupCommand = (io: Io): Command =>
  localCommand<BackupFlags>(io, {
    name: 'backup',
    description:
      'Write a data folder into one file, as of exactly one change. The server may run meanwhile. The unlock secret is left out.',
    options: (command) =>
      command
        .option('--server <url>', 'fetch it from this server, as the operator who is signed in')
        .option('--pin <fingerprint>', "SHA-256 of the server's certificate, as on your card")
        .option(
          '--password-file <file>',
          "the operator's password, which --server asks for again (- is standard input)",
        )
        .argument(
          '[file]',
          'the file, or a folder (one that ends in / is made) for a file named by the time; else here',
        )
        .option('--out <file>', 'the same')
        .option('--no-releases', 'leave the files to download out')
        .option(
          '--move',
          'to another machine: seal this folder, so that no server starts on it any more (the server must be stopped)',
        )
        .option('--yes', 'do not ask before a move; needed where there is no terminal to ask on'),
    examples: [
      'backup /mnt/backups --data /var/lib/licet',
      'backup /mnt/backups --server https://licet.example.com',
      'backup --move --out /media/usb/licet.tar.gz --data /var/lib/licet',
    ],
    run: (flags, [place]) => run(io, flags, place),
  });
