/** `licet offline-key ...`: on the server's side by actions, on the machine's without a server. */
import { writeFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { OfflineKeyWithKey } from '../../shared/api/offline-keys.ts';
import * as keys from '../actions/offline-keys.ts';
import type { ActionCommand } from './action-command.ts';
import { CommandError, exitCodes } from './failure.ts';
import { group } from './group.ts';
import type { Io } from './io.ts';
import { machineCommands } from './this-machine.ts';

const outOption = new Option('--out <file>', 'also save the key to this file');

/** Saves the key where `--out` says. */
const saveKey: NonNullable<ActionCommand['after']> = async ({ io, done, options }) => {
  const file = options['out'];
  if (typeof file !== 'string') return;
  const { key } = OfflineKeyWithKey.parse(done.data);
  try {
    await writeFile(file, `${key.trimEnd()}\n`);
  } catch (error) {
    throw new CommandError(
      exitCodes.failed,
      `The key was made, but could not be saved to ${file}: ${error instanceof Error ? error.message : String(error)}.`,
      'Show it again with: licet offline-key show.',
    );
  }
  io.stderr.write(`Saved to ${file}.\n`);
};

export const offlineKeyCommand = (io: Io): Command =>
  group(
    io,
    'offline-key',
    'Licenses for machines without a network',
    [
      {
        name: 'issue',
        action: keys.issueOfflineKey,
        places: ['request'],
        extra: [outOption],
        after: saveKey,
        examples: [
          'offline-key issue --request-file request.txt --license Prod --out plant-7.key.txt',
          'offline-key issue - --license Prod < request.txt',
        ],
      },
      {
        name: 'list',
        action: keys.listOfflineKeys,
        places: ['license'],
        examples: ['offline-key list Prod'],
      },
      {
        name: 'show',
        action: keys.showOfflineKey,
        places: ['key'],
        extra: [outOption],
        after: saveKey,
        examples: ['offline-key show plant-7 --out plant-7.key.txt'],
      },
      {
        name: 'sheet',
        action: keys.printCarrySheet,
        places: ['key'],
        examples: ['offline-key sheet plant-7 > plant-7.sheet.txt'],
      },
      {
        name: 'renew',
        action: keys.renewOfflineKey,
        places: ['key'],
        extra: [outOption],
        after: saveKey,
        examples: ['offline-key renew plant-7 --days 365'],
      },
      {
        name: 'return',
        action: keys.returnOfflineKey,
        places: ['key'],
        examples: ['offline-key return plant-7 --proof-file proof.txt'],
      },
      {
        name: 'lost',
        action: keys.loseOfflineKey,
        places: ['key'],
        examples: ['offline-key lost plant-7 --reason "The disk broke"'],
      },
      {
        name: 'write-off',
        action: keys.writeOffOfflineKey,
        places: ['key'],
        examples: ['offline-key write-off key_01j...'],
      },
    ],
    machineCommands(io),
  );
