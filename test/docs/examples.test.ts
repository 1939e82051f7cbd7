/** Every example of every command's help, which docs/commands.md shows too, runs as it is shown. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { buildProgram } from '../../scripts/build.ts';
import { examplesOf, shownCommands } from '../../scripts/docs.ts';
import { makeWorld, type World } from '../support/examples/example-world.ts';
import { runExample, type Stage } from '../support/examples/example.ts';
import { makeFolder } from '../support/licet.ts';
import { root } from '../support/terminal/pages.ts';
import { ranElsewhere, stages } from './stages/index.ts';

vi.setConfig({ testTimeout: 180_000 });

interface Example {
  readonly command: string;
  readonly line: string;
}

const examplesBelow = (command: Command, above: string): Example[] => {
  const name = `${above} ${command.name()}`.trim();
  return [
    ...examplesOf(command).map((line) => ({ command: name, line })),
    ...command.commands.flatMap((child) => examplesBelow(child, name)),
  ];
};

const commands = await shownCommands();
const below = commands.flatMap((command) => examplesBelow(command, ''));
/** The help of the program itself shows some, of which most are shown below too. */
const ofProgram = commands[0]?.parent ? examplesOf(commands[0].parent) : [];
const examples = [
  ...below,
  ...ofProgram
    .filter((line) => below.every((example) => example.line !== line))
    .map((line) => ({ command: 'licet', line })),
];
const stageOf = ({ command, line }: Example): Stage | undefined => stages[line] ?? stages[command];
const here = examples.filter(({ line }) => !Object.hasOwn(ranElsewhere, line));

const built = await makeFolder();
let world: World;
beforeAll(async () => {
  await buildProgram(built.path);
  world = await makeWorld();
});
afterAll(async () => {
  await built.remove();
  await world.remove();
});

test('no example is left out: each has a stage, and each stage has an example', () => {
  expect(here.filter((example) => !stageOf(example))).toEqual([]);
  const used = new Set(examples.flatMap(({ command, line }) => [command, line]));
  const named = [...Object.keys(stages), ...Object.keys(ranElsewhere)];
  expect(named.filter((name) => !used.has(name))).toEqual([]);
});

test.each(Object.entries(ranElsewhere))('%s is run by %s', async (line, file) => {
  expect(await readFile(path.join(root, file), 'utf8')).toContain(line);
});

test.concurrent.for(here)('$line', async (example, { expect }) => {
  const stage = stageOf(example);
  if (!stage) throw new Error(`test/docs/stages/ has nothing for “${example.line}”.`);
  const ran = await runExample(path.join(built.path, 'licet.js'), world, example.line, stage);
  const code: unknown = stage.interrupted === true ? expect.toBeOneOf([0, 130]) : 0;
  expect(ran).toEqual({ code, output: expect.stringMatching(stage.says) });
});
