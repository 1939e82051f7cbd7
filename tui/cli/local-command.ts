/** A command that works on this machine's files and needs no server. */
import { Command } from 'commander';
import type { Done } from '../client/actions/done.ts';
import { addDataOption, type DataOptions } from './server/data-folder.ts';
import type { Io } from './io.ts';
import { addExamples, addJsonOption } from './options.ts';
import { printDone } from './print.ts';

export interface LocalOptions extends DataOptions {
  readonly json?: boolean;
}

export interface LocalCommand<O extends LocalOptions> {
  readonly name: string;
  readonly description: string;
  readonly examples: readonly string[];
  /** Adds arguments and options. */
  readonly options?: (command: Command) => unknown;
  readonly run: (options: O, args: readonly string[]) => Promise<Done>;
}

/** The command; it takes `--data` and `--json`, and prints what `run` gives. */
export const localCommand = <O extends LocalOptions>(io: Io, spec: LocalCommand<O>): Command => {
  const command = new Command(spec.name).description(spec.description);
  spec.options?.(command);
  addJsonOption(addDataOption(command));
  addExamples(command, spec.examples);
  return command.action(async () => {
    const options = command.optsWithGlobals<O>();
    printDone(io, await spec.run(options, command.args), options.json === true);
  });
};
