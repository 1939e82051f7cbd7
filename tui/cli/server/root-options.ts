/** How commands open the root key: by its passphrase, or by the spare root that the recovery sheet has. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Io } from '../io.ts';
import type { LocalOptions } from '../local-command.ts';
import { openInput, readSecret } from '../secrets.ts';

export interface RootFlags extends LocalOptions {
  readonly rootFile?: string;
  readonly rootPassphraseFile?: string;
}

export const addRootOptions = (command: Command): Command =>
  command
    .option(
      '--root-file <file>',
      'the root key, if it was taken elsewhere; or the PEM of the spare root, which has no passphrase',
    )
    .option(
      '--root-passphrase-file <file>',
      'passphrase of the root key, from a file (- is standard input)',
    );

/** Whether the file is a bare key: the spare root, as the recovery sheet has it. */
const isPem = async (file: string): Promise<boolean> => {
  try {
    return (await readFile(file, 'utf8')).trimStart().startsWith('-----BEGIN');
  } catch {
    // Whoever opens the root says what is wrong with the file.
    return false;
  }
};

/** The passphrase by file, prompt or standard input; none is asked for where the root needs none. */
export const rootPassphrase = async (io: Io, flags: RootFlags): Promise<string> => {
  const { rootFile, rootPassphraseFile } = flags;
  if (rootFile !== undefined && (await isPem(rootFile))) return '';
  return readSecret(io, openInput(io), rootPassphraseFile, {
    label: 'The passphrase of the root key',
    option: '--root-passphrase-file',
    chosen: false,
    hidden: true,
    check: (text) => (text === '' ? 'The passphrase is needed.' : undefined),
  });
};
