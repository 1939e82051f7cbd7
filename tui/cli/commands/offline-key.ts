/** `licet offline-key ...`: on the server's side by actions, on the machine's without a server. */
import path from 'node:path';
import { Option, type Command } from 'commander';
import { OfflineKeyWithKey } from '../../../shared/api/offline-keys.ts';
import { numberLines } from '../../../shared/statements/typed/typed-lines.ts';
import {
  loseOfflineKey,
  returnOfflineKey,
  writeOffOfflineKey,
} from '../../client/actions/seats/close-offline-keys.ts';
import { listOfflineKeys } from '../../client/actions/seats/list-offline-keys.ts';
import * as keys from '../../client/actions/seats/offline-keys.ts';
import { toQrText } from '../../../shared/statements/codes.ts';
import type { ActionCommand } from '../action-command.ts';
import { group } from '../group.ts';
import type { Io } from '../io.ts';
import { printCodes } from '../qr.ts';
import { saveText } from '../save.ts';
import { machineCommands } from './this-machine.ts';

const keyOptions = [
  new Option('--out <file>', 'also save the key to this file'),
  new Option('--typed', 'print the lines to type instead of the file'),
  new Option('--qr', 'also draw it as a QR code'),
];

/** Saves the trust file where `--out` says. */
const giveTrust: NonNullable<ActionCommand['after']> = async ({ io, done, options }) => {
  const file = options['out'];
  if (typeof file === 'string') await saveText(io, file, `${JSON.stringify(done.data, null, 2)}\n`);
};

/** Saves the key where `--out` says, and gives it in the forms that are asked for. */
const giveKey: NonNullable<ActionCommand['after']> = async ({ io, done, options }) => {
  const { key, shortKey } = OfflineKeyWithKey.parse(done.data);
  const file = options['out'];
  const given =
    typeof file === 'string' ? { ...done, next: keys.nextFor(path.basename(file)) } : done;
  if (typeof file === 'string') {
    await saveText(io, file, `${key.trimEnd()}\n`, {
      next: 'The key was made. Show it again with: licet offline-key show.',
    });
  }
  if (options.json === true) return given;
  if (options['typed'] === true) {
    for (const warning of done.warnings ?? []) io.stderr.write(`Note: ${warning}\n`);
    io.stderr.write(`${done.message}\n`);
    io.stdout.write(
      `${shortKey === null ? 'This key has no form to type.' : numberLines(shortKey)}\n`,
    );
  }
  if (options['qr'] === true) await printCodes(io, toQrText(shortKey ?? key));
  return given;
};

const keyPrints: NonNullable<ActionCommand['prints']> = ({ json, typed }) =>
  json === true || typed !== true;

export const offlineKeyCommand = (io: Io): Command =>
  group(
    io,
    'offline-key',
    'Licenses for machines without a network',
    [
      {
        name: 'trust',
        action: keys.showTrust,
        extra: [new Option('--out <file>', 'save it to this file instead of showing it')],
        after: giveTrust,
        prints: ({ json, out }) => json === true || out === undefined,
        examples: ['offline-key trust --out trust.json'],
      },
      {
        name: 'issue',
        action: keys.issueOfflineKey,
        places: ['request'],
        extra: keyOptions,
        after: giveKey,
        prints: keyPrints,
        examples: [
          'offline-key issue request.txt --license Prod --out plant-7.key.txt',
          'offline-key issue - --license Prod < request.txt',
        ],
      },
      {
        name: 'list',
        action: listOfflineKeys,
        places: ['license'],
        examples: ['offline-key list', 'offline-key list Prod'],
      },
      {
        name: 'show',
        action: keys.showOfflineKey,
        places: ['key'],
        extra: keyOptions,
        after: giveKey,
        prints: keyPrints,
        examples: [
          'offline-key show plant-7 --out plant-7.key.txt',
          'offline-key show plant-7 --typed',
        ],
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
        extra: keyOptions,
        after: giveKey,
        prints: keyPrints,
        examples: [
          'offline-key renew plant-7 --out plant-7.key.txt',
          'offline-key renew plant-7 --days 90',
        ],
      },
      {
        name: 'return',
        action: returnOfflineKey,
        places: ['key', 'proof'],
        examples: [
          'offline-key return proof.txt --license Prod',
          'offline-key return plant-7 --license Prod',
        ],
      },
      {
        name: 'lost',
        action: loseOfflineKey,
        places: ['key'],
        examples: ['offline-key lost plant-7 --reason "The disk broke"'],
      },
      {
        name: 'write-off',
        action: writeOffOfflineKey,
        places: ['key'],
        examples: ['offline-key write-off key_01j...'],
      },
    ],
    machineCommands(io),
  );
