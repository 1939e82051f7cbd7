/** The command line: finds the group that is meant, loads only that, and runs it to an exit code. */
import { Command, CommanderError } from 'commander';
import { prefersPlain } from '../terminal/traits.ts';
import { version } from '../version.ts';
import { addExamples, addJsonOption, addServerOptions, type CommonOptions } from './options.ts';
import { endWith, exitCodes } from './failure.ts';
import { groups } from './groups.ts';
import { inertIo, screenOf } from './inert-output.ts';
import type { Io } from './io.ts';
import { runToExit } from './run.ts';

/** Makes commander speak through the given streams and throw instead of ending the process. */
const prepare = (io: Io, command: Command): void => {
  command.exitOverride().configureOutput({
    writeOut: (text) => void io.stdout.write(text),
    writeErr: (text) => void io.stderr.write(text),
    outputError: (text, write) => write(text.replace(/^error: /u, 'licet: ')),
    getOutHelpWidth: () => io.stdout.columns ?? 100,
    getErrHelpWidth: () => io.stdout.columns ?? 100,
  });
  for (const child of command.commands) prepare(io, child);
};

const addHints = (command: Command): void => {
  command.showHelpAfterError(`See: ${pathOf(command)} --help`);
  for (const child of command.commands) addHints(child);
};

const pathOf = (command: Command): string => {
  const names: string[] = [];
  for (let one: Command | null = command; one?.parent; one = one.parent) names.unshift(one.name());
  return ['licet', ...names].join(' ');
};

/** The whole program with the named group loaded, or with all of them for the docs. */
export const makeProgram = async (io: Io, wanted: string | undefined): Promise<Command> => {
  const program = new Command('licet')
    .description(
      'A license portal: a server that keeps licenses, and a terminal in which their owners look after them.\nWithout a command it opens the terminal UI.',
    )
    .version(version, '-V, --version')
    // What stands after a command's name is the command's: `release publish FILE --version 1.4.0`.
    .enablePositionalOptions()
    .helpCommand(false);
  addJsonOption(addServerOptions(program));
  for (const group of groups) {
    if (wanted === group.name || wanted === '*') program.addCommand(await group.load(io));
    else
      program.command(group.name, { hidden: group.hidden === true }).description(group.description);
  }
  program.option('--plain', 'ask and answer line by line: for screen readers and pipes');
  if (wanted === undefined)
    program.action(async () => {
      const { server, pin, plain } = program.opts<CommonOptions & { readonly plain?: boolean }>();
      if (plain === true || (prefersPlain(io.env) && io.stdout.isTTY === true)) {
        const { startPlain } = await import('./plain/start-plain.ts');
        endWith(await startPlain({ ...io, server, pin }));
        return;
      }
      const { startTui } = await import('../start-tui.ts');
      endWith(await startTui({ ...screenOf(io), server, pin }));
    });
  addExamples(program, ['demo', 'login --server https://licet.example.com', 'license list --json']);
  prepare(io, program);
  addHints(program);
  return program;
};

/** The name of the group: the first word that is neither an option nor the value of one. */
export const groupIn = (args: readonly string[]): string | undefined => {
  for (let i = 0; i < args.length; i += 1) {
    const word = args[i] ?? '';
    if (word === '--server' || word === '--pin') i += 1;
    else if (!word.startsWith('-')) return word;
  }
  return undefined;
};

/** Runs the command line (without the names of node and script) to its exit code. */
export const runProgram = async (given: Io, args: readonly string[]): Promise<number> => {
  const io = inertIo(given);
  const program = await makeProgram(io, groupIn(args));
  let usage: number | undefined;
  const exit = await runToExit(
    io,
    () => args.includes('--json'),
    async () => {
      try {
        await program.parseAsync([...args], { from: 'user' });
      } catch (error) {
        // Commander has said already what is wrong with the arguments, or shown the help.
        if (!(error instanceof CommanderError)) throw error;
        usage = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
      }
    },
  );
  return usage ?? exit;
};
