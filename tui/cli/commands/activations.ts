/** `licet activations list|reset|release`. */
import type { Command } from 'commander';
import {
  listActivations,
  releaseActivation,
  resetActivations,
} from '../../client/actions/seats/activations.ts';
import { group } from '../group.ts';
import type { Io } from '../io.ts';

export const activationsCommand = (io: Io): Command =>
  group(io, 'activations', 'Machines on a license', [
    {
      name: 'list',
      action: listActivations,
      places: ['license'],
      examples: ['activations list Prod', 'activations list Prod --filter build --json'],
    },
    {
      name: 'reset',
      action: resetActivations,
      places: ['license'],
      examples: [
        'activations reset Prod --dry-run',
        'activations reset Prod',
        'activations reset Prod --unseen-days 7',
      ],
    },
    {
      name: 'release',
      action: releaseActivation,
      places: ['activation'],
      examples: ['activations release build-3', 'activations release act_01j... --license Prod'],
    },
  ]);
