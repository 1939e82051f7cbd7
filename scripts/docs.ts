/** Makes the pages of docs/ that tables of the code tell: `npm run docs`. A test says when one is stale. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { settingsTable, type Setting } from '../server/system/settings/settings-table.ts';
import { otherVariables } from '../server/system/settings/variables.ts';
import { groups } from '../tui/cli/groups.ts';
import { makeProgram } from '../tui/cli/program.ts';

const made = '<!-- Made by npm run docs. Change the code, not this page. -->';

const valueText = (value: unknown): string => {
  if (value === null) return 'none';
  if (typeof value === 'object' && 'port' in value && 'host' in value)
    return `\`${String(value.host)}:${String(value.port)}\``;
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
};

const settingText = (name: string, setting: Setting<unknown>): string =>
  [
    `## ${name}`,
    '',
    setting.about,
    '',
    `- Flag: \`${setting.flag}\``,
    `- Variable: \`${setting.variable}\``,
    `- Allowed: ${setting.allowed}`,
    `- Usual: ${valueText(setting.initial)}`,
  ].join('\n');

/** docs/configuration.md. */
export const configurationPage = (): string =>
  `${[
    '# Configuration',
    made,
    'A server takes each setting from the first that has it: a flag of `licet serve`, an environment variable, the file `licet.json` in the data folder (`--config FILE` names another). The file is one JSON object with the names below:',
    '```json\n{ "listen": "127.0.0.1:8417", "name": "Acme licenses" }\n```',
    '`licet config check --data DIR`, with the flags of `licet serve` if there are any, says whether they are good and where each is from. A setting that is true or false may be given by its flag alone (`--tls`), or with the word (`--tls false`). A server that runs takes changes over by SIGHUP (`systemctl reload licet`), except for where it listens.',
    ...Object.entries(settingsTable).map(([name, setting]) => settingText(name, setting)),
    '## Other variables',
    'Read by the commands that they concern. A variable that begins with `LICET_` and is none of this page is refused by `licet config check`; a server names it in its log, and starts.',
    Object.entries(otherVariables)
      .map(([name, about]) => `- \`${name}\`: ${about}`)
      .join('\n'),
  ].join('\n\n')}\n`;

const optionLines = (command: Command): string[] =>
  command.options
    .filter((option) => !option.hidden)
    .map((option) => `- \`${option.flags}\`: ${option.description}`);

/** The examples in a command's help, each a whole command line. */
export const examplesOf = (command: Command): string[] => {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
  const [, examples = ''] = /^Examples?:\n((?: {2}licet.*\n?)+)/mu.exec(help) ?? [];
  return examples.split('\n').flatMap((line) => (line === '' ? [] : [line.trim()]));
};

const commandText = (command: Command, names: readonly string[]): string => {
  const args = command.registeredArguments.map(
    (argument) => `- \`${argument.name()}\`: ${argument.description}`,
  );
  return [
    `## licet ${names.join(' ')}`,
    command.description(),
    `\`licet ${names.join(' ')} ${command.usage()}\``,
    ...(args.length === 0 ? [] : [args.join('\n')]),
    ...(command.options.length === 0 ? [] : [optionLines(command).join('\n')]),
    'In use:',
    examplesOf(command)
      .map((line) => `- \`${line}\``)
      .join('\n'),
  ].join('\n\n');
};

const leaves = (command: Command, names: readonly string[]): string[] =>
  command.commands.length === 0
    ? [commandText(command, names)]
    : command.commands.flatMap((child) => leaves(child, [...names, child.name()]));

/** The commands that people see. */
export const shownCommands = async (): Promise<Command[]> => {
  const { stdin, stdout, stderr } = process;
  const hidden = new Set(groups.filter((group) => group.hidden).map((group) => group.name));
  const program = await makeProgram({ stdin, stdout, stderr, env: {} }, '*');
  return program.commands.filter((command) => !hidden.has(command.name()));
};

/** docs/commands.md. */
export const commandsPage = async (): Promise<string> => {
  const commands = await shownCommands();
  return `${[
    '# Commands',
    made,
    '`licet` without a command opens the terminal UI. Every command takes `--help`, which shows examples. Results go to standard output, the rest to standard error.',
    'Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not signed in or not allowed, 4 license or statement not valid, 5 server not reachable.',
    ...commands.flatMap((command) => leaves(command, [command.name()])),
  ].join('\n\n')}\n`;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const docs = fileURLToPath(new URL('../docs', import.meta.url));
  await writeFile(path.join(docs, 'configuration.md'), configurationPage());
  await writeFile(path.join(docs, 'commands.md'), await commandsPage());
}
