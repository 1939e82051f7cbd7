/** `licet search TEXT`. */
import type { Command } from 'commander';
import { searchAll } from '../../client/actions/licenses/insight.ts';
import { actionCommand } from '../action-command.ts';
import type { Io } from '../io.ts';

export const searchCommand = (io: Io): Command =>
  actionCommand(io, {
    name: 'search',
    action: searchAll,
    places: ['text'],
    examples: ['search db-7', 'search ana@example.com --json'],
  });
