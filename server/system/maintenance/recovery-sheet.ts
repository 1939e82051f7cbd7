/** The recovery sheet: each secret of a new server, where it is, and what losing it costs. */

export interface SheetEntry {
  readonly secret: string;
  readonly where: string;
  /** What can't be done without it, and the way back. */
  readonly losing: string;
  /** The secret itself, where this sheet is the only place that has it. */
  readonly value: string | null;
}

export interface RecoverySheet {
  /** The id in every statement's `iss`. */
  readonly issuer: string;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly entries: readonly SheetEntry[];
}

export interface SheetFacts {
  readonly issuer: string;
  readonly createdAt: string;
  readonly directory: string;
  readonly unlockPath: string;
  readonly operatorEmail: string;
  /** The one-time code of the first operator; null when a password was given. */
  readonly operatorCode: string | null;
  readonly rootKid: string;
  readonly rootPath: string;
  /** The passphrase, when it was made here. */
  readonly madePassphrase: string | null;
  readonly spareKid: string;
  /** The spare root as PEM. */
  readonly sparePem: string;
}

/** The sheet of a new server; it holds secrets. */
export const makeRecoverySheet = (facts: SheetFacts): RecoverySheet => ({
  issuer: facts.issuer,
  createdAt: facts.createdAt,
  entries: [
    {
      secret: `Sign-in of the operator ${facts.operatorEmail}`,
      where:
        facts.operatorCode === null
          ? 'You chose the password.'
          : 'The code below, once, for 24 hours.',
      losing: `Nothing is lost: stop the server and run "licet operator recover ${facts.operatorEmail} --data ${facts.directory}" for a new code.`,
      value: facts.operatorCode,
    },
    {
      secret: 'Passphrase of the root key',
      where:
        facts.madePassphrase === null
          ? 'You chose it. Write it here: ____________________'
          : 'Below.',
      losing:
        'No new signing key can be certified, at the latest in a year. Then only the spare root helps.',
      value: facts.madePassphrase,
    },
    {
      secret: `Root key ${facts.rootKid}`,
      where: `${facts.rootPath}, encrypted by the passphrase. It may be kept off the server ("licet keys export-root").`,
      losing: 'As for the passphrase. Every backup of the data folder has a copy.',
      value: null,
    },
    {
      secret: `Spare root key ${facts.spareKid}`,
      where:
        'Below, and nowhere else. Keep this sheet in a safe: whoever has this key can permit anything.',
      losing:
        'If root key or passphrase are lost too, products must be shipped anew with other roots.',
      value: facts.sparePem,
    },
    {
      secret: 'Unlock secret',
      where: facts.unlockPath,
      losing:
        'The server does not start. Run "licet keys rotate --new-unlock-secret" with the passphrase of the root. Backups leave it out.',
      value: null,
    },
    {
      secret: 'Data folder',
      where: facts.directory,
      losing: 'All licenses. Make backups with "licet backup" and keep them on another machine.',
      value: null,
    },
  ],
});

const wrap = (text: string, width: number): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
};

const labeled = (label: string, text: string): readonly string[] =>
  wrap(text, 62).map((line, index) => `   ${(index === 0 ? label : '').padEnd(12)} ${line}`);

/** The sheet as plain text of 80 columns, to be printed. */
export const printRecoverySheet = (sheet: RecoverySheet): string =>
  [
    'RECOVERY SHEET OF A LICET SERVER',
    `Server ${sheet.issuer}, set up ${sheet.createdAt}`,
    'Print this and keep the paper in a safe. If you saved it as a file, delete the file.',
    ...sheet.entries.flatMap(({ secret, where, losing, value }, index) => [
      '',
      `${index + 1}. ${secret}`,
      ...labeled('Where', where),
      ...labeled('If lost', losing),
      ...(value === null
        ? []
        : [
            '',
            ...value
              .trimEnd()
              .split('\n')
              .map((line) => `   ${line}`),
          ]),
    ]),
    '',
  ].join('\n');
