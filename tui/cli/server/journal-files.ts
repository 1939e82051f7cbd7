/** `licet journal verify|export|archive`: the journal of a data folder on this machine. */
import { createWriteStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { counted, type Shown } from '../../client/actions/done.ts';
import { dataFolder, writableDataFolder } from './data-folder.ts';
import { jsonLine } from '../../state/cells.ts';
import { CommandError, exitCodes } from '../failure.ts';
import type { Io } from '../io.ts';
import { localCommand, type LocalOptions } from '../local-command.ts';
import { openInput, readText } from '../secrets.ts';

/** A line of DATA/checkpoints.jsonl, or the statement alone. */
const StoredLine = z.object({ statement: z.string() });

const statementIn = (line: string): string => {
  if (!line.startsWith('{')) return line;
  try {
    return StoredLine.parse(JSON.parse(line)).statement;
  } catch {
    return '';
  }
};

interface VerifyFlags extends LocalOptions {
  readonly checkpoint?: string;
}

/** Reads checkpoints by the keys of the folder; undefined for one that is not valid. */
const checkpointReader = async (directory: string) => {
  const [{ readKeyring, readRevocations, rootsOf }, { verifyStatement }] = await Promise.all([
    import('../../../server/system/keys/keyring.ts'),
    import('../../../shared/statements/statements.ts'),
  ]);
  const keyring = await readKeyring(directory);
  const options = {
    roots: rootsOf(keyring),
    revocations: readRevocations(keyring),
    issuer: keyring.issuer,
    now: Date.now(),
    anyTime: true,
  };
  return (statement: string) => {
    const verified = verifyStatement('checkpoint', statement, options);
    return verified.ok ? verified.value.claims.licet : undefined;
  };
};

/** Checkpoints that were carried away: one a line, as in DATA/checkpoints.jsonl or the statement alone. */
const readCheckpoints = async (
  io: Io,
  file: string | undefined,
  read: Awaited<ReturnType<typeof checkpointReader>>,
) => {
  if (file === undefined) return [];
  const text = await readText(openInput(io), file, true);
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line, i) => {
    const checkpoint = read(statementIn(line.trim()));
    if (checkpoint) return checkpoint;
    throw new CommandError(
      exitCodes.invalid,
      `${file}, line ${i + 1}: this checkpoint was not signed by a key of this server.`,
      'Check that file and data folder belong together.',
    );
  });
};

export const verifyCommand = (io: Io): Command =>
  localCommand<VerifyFlags>(io, {
    name: 'verify',
    description:
      'Verify the journal of a data folder: no record was edited, removed, reordered or cut off.',
    options: (command) =>
      command.option(
        '--checkpoint <file>',
        'checkpoints kept elsewhere (a copy of DATA/checkpoints.jsonl): they show a cut-off tail',
      ),
    examples: [
      'journal verify --data /var/lib/licet',
      'journal verify --checkpoint /media/usb/checkpoints.jsonl --data /var/lib/licet',
    ],
    run: async (flags) => {
      const { verifyJournal } = await import('../../../server/store/journal/verify-journal.ts');
      const directory = dataFolder(io, flags);
      const verify = await checkpointReader(directory);
      const checkpoints = await readCheckpoints(io, flags.checkpoint, verify);
      const report = await verifyJournal({ directory, verify, checkpoints });
      if (!report.ok)
        throw new CommandError(
          exitCodes.invalid,
          [
            'The journal does not verify.',
            ...report.problems.map(
              ({ file, line, message }) =>
                `${file}${line === undefined ? '' : `, line ${line}`}: ${message}`,
            ),
          ].join('\n'),
          'Keep the folder as it is, compare it with your newest backup, and ask who had access to it.',
          { report },
        );
      const rows: readonly (readonly [string, Shown])[] = [
        ['Records', report.records],
        ['Last record', report.last],
        ['Its hash', report.hash],
        ['Checkpoints', report.checkpoints],
        ['Erased bodies', report.erased],
        ['Archived through', report.archivedThrough],
        ...(report.givenUp.length === 0
          ? []
          : [['Given up as damaged', report.givenUp.join(', ')] as const]),
      ];
      return {
        message: `The journal verifies: ${counted(report.records, 'record')}.`,
        data: report,
        blocks: [{ kind: 'facts', rows }],
      };
    },
  });

const checkNew = async (file: string): Promise<void> => {
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (isThere)
    throw new CommandError(exitCodes.failed, `${file} is there already.`, 'Name another file.');
};

interface ExportFlags extends LocalOptions {
  readonly out?: string;
}

export const exportCommand = (io: Io): Command =>
  localCommand<ExportFlags>(io, {
    name: 'export',
    description: 'Write the journal as lines of JSON, without hashes, also while the server runs.',
    options: (command) =>
      command.option('--out <file>', 'to this new file instead of standard output'),
    examples: ['journal export --out journal.jsonl --data /var/lib/licet'],
    run: async (flags) => {
      const { exportJournal } = await import('../../../server/store/journal/journal-view.ts');
      let records = 0;
      const lines = async function* (): AsyncGenerator<string> {
        for await (const view of exportJournal(dataFolder(io, flags))) {
          records += 1;
          yield jsonLine(view);
        }
      };
      if (flags.out === undefined) {
        await pipeline(lines, io.stdout, { end: false });
        return { message: `${counted(records, 'record')} exported.`, blocks: [] };
      }
      const file = path.resolve(flags.out);
      await checkNew(file);
      await pipeline(lines, createWriteStream(file, { flags: 'wx', mode: 0o600 }));
      return {
        message: `${counted(records, 'record')} exported to ${file}.`,
        data: { records, file },
        blocks: [],
      };
    },
  });

interface ArchiveFlags extends LocalOptions {
  readonly before?: string;
  readonly to?: string;
  readonly unlockFile?: string;
}

export const archiveCommand = (io: Io): Command =>
  localCommand<ArchiveFlags>(io, {
    name: 'archive',
    description:
      'Move old segments of the journal to another folder, behind a signed checkpoint. The server must be stopped; the setting journalArchive does it while it runs.',
    options: (command) =>
      command
        .requiredOption('--before <date>', 'records from before this day, such as 2026-01-01')
        .requiredOption('--to <dir>', 'the folder to move them to')
        .option('--unlock-file <file>', 'where the unlock secret lies'),
    examples: ['journal archive --before 2026-01-01 --to /archive/licet --data /var/lib/licet'],
    run: async (flags) => {
      const before = Date.parse(flags.before ?? '');
      if (Number.isNaN(before))
        throw new CommandError(
          exitCodes.usage,
          `--before ${String(flags.before)} is not a date.`,
          'Give it as 2026-01-31: records from before that day are moved.',
        );
      const [{ openStore }, { dataVersion }, { loadKeys }, { createLogger }, { readSettings }] =
        await Promise.all([
          import('../../../server/store/folder/open-store.ts'),
          import('../../../server/data-version.ts'),
          import('../../../server/system/keys/load-keys.ts'),
          import('../../../server/system/logger.ts'),
          import('../../../server/system/settings/settings.ts'),
        ]);
      const directory = await writableDataFolder(io, flags);
      const { unlockFile } = await readSettings({
        directory,
        environment: io.env,
        flags: { unlockFile: flags.unlockFile },
      });
      const { signer } = await loadKeys({
        directory,
        unlockFile: unlockFile ?? undefined,
        environment: io.env,
      });
      const log = createLogger('warn');
      const store = await openStore({ directory, ...dataVersion, now: Date.now, log });
      try {
        const report = await store.archive(
          { id: 'system', from: 'local' },
          {
            before,
            to: path.resolve(flags.to ?? ''),
            sign: (licet) =>
              signer.sign('checkpoint', { iat: Math.floor(Date.now() / 1000), licet }),
          },
        );
        return {
          message:
            report.segments === 0
              ? 'No whole segment of the journal is that old: nothing was moved.'
              : `Records ${report.first} to ${report.last} are now in ${report.folder}.`,
          data: report,
          blocks: [],
        };
      } finally {
        await store.close();
      }
    },
  });
