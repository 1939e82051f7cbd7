/** `licet doctor`: looks a data folder over, and mends what is safe to mend. */
import type { Command } from 'commander';
import type { Block, Done } from '../actions/done.ts';
import { dataFolder } from './data-folder.ts';
import { CommandError, exitCodes } from './failure.ts';
import type { Io } from './io.ts';
import { localCommand, type LocalOptions } from './local-command.ts';

interface DoctorFlags extends LocalOptions {
  readonly repair?: boolean;
}

interface Found {
  readonly severity: string;
  readonly file: string;
  readonly line?: number | undefined;
  readonly message: string;
  readonly choices: readonly string[];
}

const findingText = ({ severity, file, line, message, choices }: Found): string =>
  [
    `${severity}: ${file}${line === undefined ? '' : `, line ${line}`}: ${message}`,
    ...choices.map((choice) => `  - ${choice}`),
  ].join('\n');

const findingsBlock = (findings: readonly Found[]): readonly Block[] =>
  findings.length === 0
    ? []
    : [
        {
          kind: 'verbatim',
          title: 'Findings',
          text: findings.map(findingText).join('\n'),
          fileName: 'doctor.txt',
        },
      ];

const diagnosisDone = (
  directory: string,
  diagnosis: { readonly ok: boolean; readonly findings: readonly Found[] },
  data: unknown,
): Done => ({
  message: diagnosis.ok
    ? `${directory} is well.`
    : `${directory} has ${diagnosis.findings.filter(({ severity }) => severity !== 'note').length} findings to see to.`,
  data,
  blocks: findingsBlock(diagnosis.findings),
  ...(diagnosis.ok
    ? {}
    : { next: '“licet doctor --repair” does what is safe, and keeps what it removes.' }),
});

export const doctorCommand = (io: Io): Command =>
  localCommand<DoctorFlags>(io, {
    name: 'doctor',
    description:
      'Look a data folder over without changing it: what is wrong, where, and what the choices are.',
    options: (command) =>
      command.option('--repair', 'do the repairs that are safe, and keep what they remove'),
    examples: ['doctor --data /var/lib/licet', 'doctor --repair --data /var/lib/licet'],
    run: async (flags) => {
      const directory = dataFolder(io, flags);
      const options = { directory, now: Date.now };
      if (flags.repair === true) {
        const [{ repair }, { createLogger }] = await Promise.all([
          import('../../server/store/repair.ts'),
          import('../../server/system/logger.ts'),
        ]);
        const { repaired, after } = await repair({ ...options, log: createLogger('warn') });
        const report = diagnosisDone(directory, after, { repaired, after });
        return {
          ...report,
          message: `${repaired.map(({ done }) => done).join('\n')}\n${report.message}`.trim(),
        };
      }
      const { diagnose } = await import('../../server/store/doctor.ts');
      const diagnosis = await diagnose(options);
      const damage = diagnosis.findings.filter(({ severity }) => severity === 'damage');
      if (damage.length > 0)
        throw new CommandError(
          exitCodes.failed,
          `${directory} is damaged.\n${diagnosis.findings.map(findingText).join('\n')}`,
          '“licet doctor --repair” does what is safe, and keeps what it removes.',
          { diagnosis },
        );
      return diagnosisDone(directory, diagnosis, diagnosis);
    },
  });
