/** `licet trial ...`: for owners; `purchase` for operators. */
import { Option, type Command } from 'commander';
import { z } from 'zod';
import * as trials from '../../client/actions/licenses/trials.ts';
import { openBrowser } from '../../terminal/browser.ts';
import type { ActionCommand } from '../action-command.ts';
import { group } from '../group.ts';
import { isInteractive, type Io } from '../io.ts';

const noBrowser = new Option('--no-browser', 'show the address and its QR code only');

/** Takes the person there, where there is a browser and nobody said otherwise. */
const takeThere: NonNullable<ActionCommand['after']> = async ({ io, done, options }) => {
  const { url } = z.looseObject({ url: z.string().optional() }).parse(done.data);
  if (url === undefined || options['browser'] === false || options.json === true) return;
  if (isInteractive(io) && (await openBrowser(io.env, url)))
    io.stderr.write('Your browser opens it now.\n');
};

export const trialCommand = (io: Io): Command =>
  group(io, 'trial', 'Trying products', [
    { name: 'list', action: trials.listTrials, examples: ['trial list'] },
    {
      name: 'start',
      action: trials.startTrial,
      places: ['product'],
      extra: [noBrowser],
      after: takeThere,
      examples: ['trial start acme-server', 'trial start acme-server --json'],
    },
    {
      name: 'open',
      action: trials.openTrial,
      places: ['product'],
      extra: [noBrowser],
      after: takeThere,
      examples: ['trial open acme-server'],
    },
    {
      name: 'purchase',
      action: trials.purchaseTrial,
      places: ['license'],
      examples: ['trial purchase lic_01j... --type subscription --expires-at 2027-12-31'],
    },
  ]);
