/** A command that only holds others. */
import { Command } from 'commander';
import { actionCommand, type ActionCommand } from './action-command.ts';
import type { Io } from './io.ts';

/** A group of commands made from actions, with others beside them. */
export const group = (
  io: Io,
  name: string,
  description: string,
  actions: readonly ActionCommand[],
  others: readonly Command[] = [],
): Command => {
  const command = new Command(name).description(description).helpCommand(false);
  for (const spec of actions) command.addCommand(actionCommand(io, spec));
  for (const other of others) command.addCommand(other);
  return command;
};
