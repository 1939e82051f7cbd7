/** `licet backup` and `licet restore`: one file, exactly one commit. */
import { mkdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { time } from '../actions/done.ts';
import { dataFolder } from './data-folder.ts';
import { CommandError, exitCodes } from './failure.ts';
import type { Io } from './io.ts';
import { localCommand, type LocalOptions } from './local-command.ts';
import { openInput, readSecret } from './secrets.ts';

interface BackupFlags extends LocalOptions {
  readonly to?: string;
  readonly move?: boolean;
  readonly releases?: boolean;
}

const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;

/** A line on standard error that is written over, where a person looks on. */
const showProgress = (io: Io): ((done: number, total: number) => void) => {
  let shown = -1;
  return (done, total) => {
    const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
    if (io.stderr.isTTY !== true || percent === shown) return;
    shown = percent;
    io.stderr.write(`\r${percent} % of ${megabytes(total)}${percent === 100 ? '\n' : ''}`);
  };
};

/** Aborts at Ctrl+C, so that no half file is left. */
const cancelable = async <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    return await work(abort.signal);
  } catch (error) {
    if (abort.signal.aborted)
      throw new CommandError(exitCodes.failed, 'Stopped: nothing was left behind.');
    throw error;
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
};

export const backupCommand = (io: Io): Command =>
  localCommand<BackupFlags>(io, {
    name: 'backup',
    description:
      'Back a data folder up into one file, also while its server runs. The unlock secret is left out.',
    options: (command) =>
      command
        .argument('[file]', 'the file to make, or a folder in which it gets a name')
        .option(
          '--move',
          'seal the folder afterwards, so that only the restored copy gives out seats',
        )
        .option('--no-releases', 'leave the files to download out'),
    examples: [
      'backup /backups --data /var/lib/licet',
      'backup --move /media/usb/licet.tar.gz --data /var/lib/licet',
    ],
    run: async (flags, [file]) => {
      if (file === undefined)
        throw new CommandError(
          exitCodes.usage,
          'The file to make is needed.',
          'Name it: licet backup FILE --data DIR.',
        );
      const { backup, moveAway } = await import('../../server/store/backup.ts');
      const options = {
        directory: dataFolder(io, flags),
        file: path.resolve(file),
        now: Date.now,
        releases: flags.releases,
        onProgress: showProgress(io),
      };
      const report = await cancelable((signal) =>
        (flags.move === true ? moveAway : backup)({ ...options, signal }),
      );
      return {
        message: `Backed up to ${report.file}: ${megabytes(report.bytes)}, everything up to record ${report.seq}.`,
        data: report,
        blocks: [],
        next:
          flags.move === true
            ? `${options.directory} is sealed: no server starts on it. Restore the file elsewhere: licet restore.`
            : 'Keep it on another machine. Try a restore into an empty folder now and then.',
      };
    },
  });

interface RestoreFlags extends LocalOptions {
  readonly rootPassphraseFile?: string;
  readonly rootFile?: string;
  readonly unlockFile?: string;
}

/** Backups hold no unlock secret: the root's passphrase makes a new one, and certifies a new signing key. */
const unlock = async (io: Io, flags: RestoreFlags, directory: string): Promise<string> => {
  const [{ rotateSigningKey }, { announceKeyChange }, { createLogger }] = await Promise.all([
    import('../../server/system/keys/manage-keys.ts'),
    import('../../server/system/keys/announce-change.ts'),
    import('../../server/system/logger.ts'),
  ]);
  const passphrase = await readSecret(io, openInput(io), flags.rootPassphraseFile, {
    label: 'Passphrase of the root key',
    option: '--root-passphrase-file',
    chosen: false,
    hidden: true,
    check: (text) => (text === '' ? 'The passphrase is needed.' : undefined),
  });
  const { kid } = await rotateSigningKey({
    directory,
    passphrase,
    rootFile: flags.rootFile,
    unlockFile: flags.unlockFile,
    environment: io.env,
    now: Date.now(),
  });
  await announceKeyChange({
    directory,
    action: 'keys.rotate',
    target: kid,
    log: createLogger('warn'),
    now: Date.now,
  });
  return kid;
};

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

export const restoreCommand = (io: Io): Command =>
  localCommand<RestoreFlags>(io, {
    name: 'restore',
    description:
      'Restore a backup into an empty folder. Without the unlock secret the passphrase of the root certifies a new signing key.',
    options: (command) =>
      command
        .argument('<file>', 'the backup')
        .option(
          '--root-passphrase-file <file>',
          'passphrase of the root key, from a file (- is standard input)',
        )
        .option('--root-file <file>', 'the root key, where it is not in the backup')
        .option('--unlock-file <file>', 'where the unlock secret lies, or is to lie'),
    examples: ['restore /backups/licet-20270131T120000Z-8812.tar.gz --data /var/lib/licet'],
    run: async (flags, [file = '']) => {
      const [{ restore }, { createLogger }, { hasUnlockSecret }] = await Promise.all([
        import('../../server/store/restore.ts'),
        import('../../server/system/logger.ts'),
        import('../../server/system/keys/unlock.ts'),
      ]);
      const directory = dataFolder(io, flags);
      const wasThere = await exists(directory);
      const report = await cancelable((signal) =>
        restore({
          file: path.resolve(file),
          directory,
          now: Date.now,
          log: createLogger('warn'),
          onProgress: showProgress(io),
          signal,
        }),
      );
      const place = { directory, unlockFile: flags.unlockFile, environment: io.env };
      let signingKey: string | null = null;
      if (!(await hasUnlockSecret(place))) {
        try {
          signingKey = await unlock(io, flags, directory);
        } catch (error) {
          // All or nothing: a folder that no server can open is not restored.
          await rm(directory, { recursive: true, force: true });
          if (wasThere) await mkdir(directory);
          throw error;
        }
      }
      return {
        message: `Restored into ${directory}: everything up to record ${report.seq}, as of ${report.madeAt.slice(0, 16).replace('T', ' ')}Z.`,
        data: { ...report, signingKey },
        blocks: [
          {
            kind: 'facts',
            rows: [
              ['Folder', report.directory],
              ['Backup made', time(report.madeAt)],
              ['Last record', report.seq],
              ['Era', report.era],
              ...(signingKey === null ? [] : [['New signing key', signingKey] as const]),
            ],
          },
        ],
        next: `Start it: licet serve --data ${directory}. Products report that the server went back in time.`,
      };
    },
  });
