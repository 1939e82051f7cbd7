/** What all commands have in common in their help and options. */
import type { Command } from 'commander';

export interface CommonOptions {
  readonly server?: string;
  readonly pin?: string;
  readonly json?: boolean;
}

/** Options of commands that talk to a server. */
export const addServerOptions = (command: Command): Command =>
  command
    .option('--server <url>', 'the server, if not the one you signed in to last')
    .option('--pin <fingerprint>', "SHA-256 of the server's certificate, as on your card");

export const addJsonOption = (command: Command): Command =>
  command.option('--json', 'print the result as one line of JSON');

/** Adds examples below the help: lines after "licet ". */
export const addExamples = (command: Command, examples: readonly string[]): Command =>
  command.addHelpText(
    'after',
    `\n${examples.length === 1 ? 'Example' : 'Examples'}:\n${examples.map((line) => `  licet ${line}`.trimEnd()).join('\n')}`,
  );
