/** `licet journal tail`. */
import type { Command } from 'commander';
import { tailJournal } from '../actions/journal.ts';
import { group } from './group.ts';
import type { Io } from './io.ts';

export const journalCommand = (io: Io): Command =>
  group(io, 'journal', 'The journal of every change', [
    {
      name: 'tail',
      action: tailJournal,
      examples: ['journal tail', 'journal tail --lines 100 --json'],
    },
  ]);
