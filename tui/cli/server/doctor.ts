/** `licet doctor`: looks a data folder over, and mends what is safe to mend. */
import type { Command } from 'commander';
import { counted, time, type Block, type Done } from '../../client/actions/done.ts';
import { dataFolder, writableDataFolder } from './data-folder.ts';
import { CommandError, exitCodes } from '../failure.ts';
import type { Io } from '../io.ts';
import { localCommand, type LocalOptions } from '../local-command.ts';
import { printDone } from '../print.ts';

interface DoctorFlags extends LocalOptions {
  readonly repair?: boolean;
  readonly giveUp?: string;
  readonly unlockFile?: string;
  readonly config?: string;
}

/** What is shown of what the server's side says. */
interface Finding {
  readonly severity: 'damage' | 'warning' | 'note';
  readonly file: string;
  readonly line?: number | undefined;
  readonly message: string;
  readonly choices: readonly string[];
  readonly remedy?: object | undefined;
}

interface Diagnosis {
  readonly directory: string;
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  readonly inUseBy: number | undefined;
  readonly newestBackup: { readonly file: string; readonly at: string } | undefined;
  readonly signingKey: { readonly madeAt: string; readonly certifiedUntil: string } | undefined;
  readonly state:
    | {
        readonly seq: number;
        readonly era: number;
        readonly documents: number;
        readonly snapshotBytes: number;
        readonly journalBytes: number;
        readonly lastAt: number | undefined;
      }
    | undefined;
}

const findingText = ({ severity, file, line, message, choices }: Finding): string =>
  [
    `${severity}: ${file}${line === undefined ? '' : `, line ${line}`}: ${message}`,
    ...choices.map((choice) => `  - ${choice}`),
  ].join('\n');

const daysAgo = (at: string): string => {
  const days = Math.floor((Date.now() - Date.parse(at)) / 86_400_000);
  return days <= 0 ? 'today' : `${counted(days, 'day')} ago`;
};

const stateBlock = ({ state, inUseBy, newestBackup, signingKey }: Diagnosis): Block => ({
  kind: 'facts',
  rows: [
    ['Up to record', state?.seq ?? null],
    // Unknown where the journal can’t say.
    ...(state?.lastAt === undefined
      ? []
      : [['Last change', time(new Date(state.lastAt).toISOString())] as const]),
    ['Documents', state?.documents ?? null],
    ['Bytes', state === undefined ? null : state.snapshotBytes + state.journalBytes],
    ['Era', state?.era ?? null],
    ['In use by process', inUseBy ?? null],
    ['Newest backup', newestBackup ? `${newestBackup.file}, ${daysAgo(newestBackup.at)}` : null],
    ['Signing key', signingKey ? `made ${daysAgo(signingKey.madeAt)}` : null],
    ...(signingKey ? [['Certified until', time(signingKey.certifiedUntil)] as const] : []),
  ],
});

const blocksOf = (diagnosis: Diagnosis): readonly Block[] => {
  const { findings } = diagnosis;
  const text = findings.map(findingText).join('\n');
  const list: readonly Block[] =
    findings.length === 0
      ? []
      : [{ kind: 'verbatim', title: 'Findings', text, fileName: 'doctor.txt' }];
  return [stateBlock(diagnosis), ...list];
};

const summary = ({ directory, ok, findings }: Diagnosis): string => {
  const serious = findings.filter(({ severity }) => severity !== 'note').length;
  if (!ok)
    return `${directory}: ${counted(serious, 'finding needs', 'findings need')} to be seen to.`;
  const notes = findings.length === 0 ? '' : `, with ${counted(findings.length, 'note')}`;
  return `${directory} is well${notes}.`;
};

/** Prints what was found, and fails if there is something to see to. */
const conclude = (io: Io, flags: DoctorFlags, done: Done, diagnosis: Diagnosis): Done => {
  if (diagnosis.ok) return done;
  printDone(io, done, flags.json === true);
  const safe = diagnosis.findings.some(({ remedy }) => remedy !== undefined);
  throw new CommandError(
    exitCodes.failed,
    summary(diagnosis),
    safe
      ? `“licet doctor --repair --data ${diagnosis.directory}” does what is safe, and keeps what it removes.`
      : 'The choices stand beside each finding.',
  );
};

/** The records that `--give-up` names, such as 12-15. */
const recordsToGiveUp = ({ giveUp, repair }: DoctorFlags) => {
  if (giveUp === undefined) return undefined;
  const [, first, last] = /^(\d{1,15})-(\d{1,15})$/u.exec(giveUp) ?? [];
  if (first === undefined || last === undefined || repair !== true)
    throw new CommandError(
      exitCodes.usage,
      repair === true
        ? `--give-up ${giveUp} names no records.`
        : '--give-up goes with --repair: it changes the folder.',
      'Run “licet doctor” first: it says which records may be given up and what that costs. Then name them: --repair --give-up FIRST-LAST.',
    );
  return { first: Number(first), last: Number(last) };
};

const run = async (io: Io, flags: DoctorFlags): Promise<Done> => {
  const [{ diagnoseFolder, repairFolder }, { createLogger }] = await Promise.all([
    import('../../../server/system/maintenance/doctor.ts'),
    import('../../../server/system/logger.ts'),
  ]);
  const repairing = flags.repair === true;
  const giveUp = recordsToGiveUp(flags);
  const options = {
    directory: repairing ? await writableDataFolder(io, flags) : dataFolder(io, flags),
    configFile: flags.config,
    environment: io.env,
    flags: { unlockFile: flags.unlockFile },
    now: Date.now,
  };
  if (!repairing) {
    const diagnosis = await diagnoseFolder(options);
    const message = `The folder ${diagnosis.directory} was read, and not changed.`;
    const done = {
      message: diagnosis.ok ? summary(diagnosis) : message,
      data: diagnosis,
      blocks: blocksOf(diagnosis),
    };
    return conclude(io, flags, done, diagnosis);
  }
  const { repaired, after } = await repairFolder({ ...options, giveUp, log: createLogger('warn') });
  const said = repaired.map(({ finding, done }) => `${finding.file}: ${done}`);
  const nothing = 'There was nothing that can be repaired safely.';
  const done = {
    message: [
      ...(said.length === 0 ? [nothing] : said),
      ...(after.ok ? [summary(after)] : []),
    ].join('\n'),
    data: { repaired, after },
    blocks: blocksOf(after),
  };
  return conclude(io, flags, done, after);
};

export const doctorCommand = (io: Io): Command =>
  localCommand<DoctorFlags>(io, {
    name: 'doctor',
    description:
      'Look a data folder over without changing it: what is wrong, where, and what the choices are. Exit code 0: all is well; 1: something needs to be seen to.',
    options: (command) =>
      command
        .option('--repair', 'do the repairs that are safe, and keep what they remove')
        .option(
          '--give-up <records>',
          'with --repair: go on without these damaged records (FIRST-LAST), where doctor offers that',
        )
        .option('--unlock-file <file>', 'where the secret lies that unlocks the keys at start')
        .option('--config <file>', "the server's settings, else DATA/licet.json"),
    examples: [
      'doctor --data /var/lib/licet',
      'doctor --repair --data /var/lib/licet',
      'doctor --repair --give-up 4711-4715 --data /var/lib/licet',
    ],
    run: (flags) => run(io, flags),
  });
