/** A command made from an action: its fields as arguments and options, its danger asked, its answer printed. */
import { Command, Option } from 'commander';
import type { Action, Values } from '../client/actions/action.ts';
import type { Done } from '../client/actions/done.ts';
import type { Field } from '../client/actions/fields.ts';
import type { Failure } from '../client/api/failure.ts';
import type { Connection } from './connect.ts';
import { connect } from './connect.ts';
import { looksLikePath } from '../state/local-path.ts';
import { confirmed } from './confirm.ts';
import { CommandError, exitCodes, toCommandError } from './failure.ts';
import { isInteractive, type Io } from './io.ts';
import { addExamples, addJsonOption, addServerOptions, type CommonOptions } from './options.ts';
import { printDone } from './print.ts';
import { placed } from './placed.ts';
import { showProgress } from './progress.ts';
import { ask } from './prompt.ts';
import { readCodeAtTerminal } from './read-code.ts';
import { openInput, readSecret, readText, type Input } from './secrets.ts';

export interface ActionCommand {
  readonly name: string;
  readonly action: Action;
  /** Names of fields that are given by place. */
  readonly places?: readonly string[];
  /** Of these, those whose place names a file with the text in it; - is standard input. */
  readonly files?: readonly string[];
  /** Lines after "licet ": what is worth copying. */
  readonly examples: readonly string[];
  /** After it is done, before it is printed: keeps a session, saves a file. What it gives is printed instead. */
  readonly after?: (context: {
    readonly io: Io;
    readonly connection: Connection;
    readonly done: Done;
    readonly options: Options;
  }) => Promise<Done | void>;
  /** Optional fields that this failure makes needed: they are asked for, and it runs again. */
  readonly askFor?: (failure: Failure) => readonly string[];
  /** False where `after` prints the result itself. */
  readonly prints?: (options: Options) => boolean;
  /** Options beside those of the fields. */
  readonly extra?: readonly Option[];
}

export interface Options extends CommonOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly [name: string]: unknown;
}

const kebab = (name: string): string =>
  name.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);

const fileOption = (field: Field): string => `${field.name}File`;
/** Others of the machine see arguments: secrets come from a file, standard input or a prompt. */
const isSecret = (field: Field): boolean => field.kind === 'password' || field.secret === true;
const takesFile = (field: Field): boolean => isSecret(field) || field.kind === 'block';

const describe = (field: Field): string =>
  field.hint === undefined ? field.label : `${field.label}: ${field.hint}`;

const addField = (command: Command, field: Field): void => {
  const flag = `--${kebab(field.name)}`;
  if (field.kind === 'toggle') {
    command.option(flag, describe(field));
    return;
  }
  if (!isSecret(field)) {
    const option = new Option(
      `${flag} <${field.kind === 'block' ? 'text' : 'value'}>`,
      describe(field),
    );
    if (field.choices) {
      const values = field.choices.map(({ value }) => value);
      option.choices(field.clears === true ? [...values, '-'] : values);
    }
    command.addOption(option);
  }
  if (takesFile(field))
    command.option(
      `${flag}-file <file>`,
      `${isSecret(field) ? describe(field) : 'The same'} (from a file; - is standard input)`,
    );
};

/** The text of an option; an empty one clears what can be cleared. */
const optionText = (field: Field, given: string, edits: boolean): string => {
  if (given !== '') return given;
  if (field.clears === true) return '-';
  if (!edits) return '';
  throw new CommandError(
    exitCodes.usage,
    `${field.label} can't be empty.`,
    `Give a value, or leave --${kebab(field.name)} out to keep what it is.`,
  );
};

/** A field's text: by place, option, file, or prompt. */
const fieldText = async (
  io: Io,
  input: Input,
  field: Field,
  options: Options,
  place: string | undefined,
  placeIsFile: boolean,
  edits: boolean,
): Promise<string> => {
  const given = options[field.name];
  const file = options[fileOption(field)];
  const flag = `--${kebab(field.name)}`;
  if (isSecret(field)) {
    if (field.optional && file === undefined) return '';
    return readSecret(io, input, typeof file === 'string' ? file : undefined, {
      label: field.label,
      option: `${flag}-file`,
      chosen: field.chosen === true,
      hidden: field.kind === 'password',
      check: field.check,
    });
  }
  if (field.kind === 'toggle') return given === true ? 'yes' : 'no';
  if (typeof file === 'string') return readText(input, file, true);
  if (typeof given === 'string') return optionText(field, given, edits);
  if (place !== undefined && placeIsFile) return readText(input, place, true);
  if (place !== undefined && field.code && looksLikePath(place))
    return readText(input, place, true);
  if (place !== undefined)
    return place === '-' && field.kind === 'block' ? readText(input, '-', true) : place;
  if (field.initial !== undefined) return field.initial;
  if (field.optional) return '';
  if (isInteractive(io)) return askField(io, field);
  throw new CommandError(
    exitCodes.usage,
    `${field.label} is needed.`,
    `Give it by ${takesFile(field) ? `${flag}-file FILE` : `${flag} VALUE`}.`,
  );
};

const askField = async (io: Io, field: Field): Promise<string> => {
  const choices = field.choices ? ` (${field.choices.map(({ value }) => value).join(', ')})` : '';
  if (field.code) return readCodeAtTerminal(io, field.code);
  for (;;) {
    const text = (await ask(io, `${field.label}${choices}: `)).trim();
    const fault = field.check(text);
    if (fault === undefined) return text;
    io.stderr.write(`${fault}\n`);
  }
};

/** Says what will happen and asks; with `--dry-run` only says it. Whether to go on. */
const warn = async (
  io: Io,
  spec: ActionCommand,
  connection: Connection,
  values: Values,
  options: Options,
): Promise<boolean> => {
  const { danger } = spec.action;
  if (!danger) return true;
  const preview = async () => {
    const answer = await danger.preview(connection.client, values);
    if (!answer.ok) throw toCommandError(answer.error);
    return answer.value;
  };
  if (options.dryRun === true) {
    const { sentences, data } = await preview();
    printDone(io, { message: sentences.join('\n'), data, blocks: [] }, options.json === true);
    return false;
  }
  await confirmed(io, options.yes, async () => {
    const { sentences, gentler } = await preview();
    const hints = gentler.map(({ title, values }) => {
      const flags = Object.entries(values).map(([name, value]) => `--${kebab(name)} ${value}`);
      return `Gentler: ${title} (${flags.join(' ')}).`;
    });
    return { sentences: [...sentences, ...hints], ask: `${danger.confirm}?` };
  });
  return true;
};

/** Gathers the values, asks where it is dangerous, runs, and prints. */
export const runAction = async (io: Io, spec: ActionCommand, command: Command): Promise<void> => {
  const options = command.optsWithGlobals<Options>();
  const connection = await connect(io, options, spec.action.who !== 'anyone');
  const places = await placed(command.args, spec.places ?? [], spec.action.fields);
  const input = openInput(io);
  const values: Record<string, string> = {};
  for (const field of spec.action.fields)
    values[field.name] = await fieldText(
      io,
      input,
      field,
      options,
      places[field.name],
      spec.files?.includes(field.name) === true,
      spec.action.edits === true,
    );
  if (!(await warn(io, spec, connection, values, options))) return;
  const progress = spec.action.long === true ? showProgress(io, options.json === true) : undefined;
  let answer = await spec.action.run(connection.client, values, progress?.work);
  progress?.end();
  const missing = answer.ok ? [] : (spec.askFor?.(answer.error) ?? []);
  if (missing.length > 0 && isInteractive(io)) {
    for (const field of spec.action.fields)
      if (missing.includes(field.name)) values[field.name] = await askField(io, field);
    answer = await spec.action.run(connection.client, values);
  }
  if (!answer.ok) throw toCommandError(answer.error);
  const done =
    (await spec.after?.({ io, connection, done: answer.value, options })) ?? answer.value;
  if (spec.prints?.(options) ?? true) printDone(io, done, options.json === true);
};

/** The command; `io` is used only when it runs. */
export const actionCommand = (io: Io, spec: ActionCommand): Command => {
  const { action } = spec;
  const command = new Command(spec.name).description(action.description);
  for (const name of spec.places ?? []) {
    const field = action.fields.find((one) => one.name === name);
    if (!field) continue;
    const text = field.code
      ? 'its file, or - for standard input; if left out, it is typed or pasted at the terminal'
      : describe(field);
    command.argument(`[${kebab(name)}]`, text);
  }
  for (const field of action.fields) addField(command, field);
  for (const option of spec.extra ?? []) command.addOption(option);
  addJsonOption(addServerOptions(command));
  if (action.danger) {
    command
      .option('--dry-run', 'say what would happen, and change nothing')
      .option('--yes', 'do not ask first; needed where there is no terminal to ask on');
  }
  addExamples(command, spec.examples);
  return command.action(() => runAction(io, spec, command));
};
