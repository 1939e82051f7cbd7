/** Offline keys: made from a request code, shown again, printed, renewed. */
import { z } from 'zod';
import type { OfflineKeyWithKey } from '../../../../shared/api/offline-keys.ts';
import { mapOk, ok } from '../../../../shared/result.ts';
import { action } from '../action.ts';
import { managing } from './activations.ts';
import { carrySheet } from './carry-sheet.ts';
import type { Done } from '../done.ts';
import { block, licenseField, Named, optional, text, wholeNumber } from '../fields.ts';
import { foundLicense } from '../find.ts';
import { findOfflineKey } from './find-offline-key.ts';

/** The text of a code in any form. */
export const Code = z.string().trim().min(1, 'is needed').max(20_000, 'is too long');
const days = optional(
  text(wholeNumber(1, 3650), {
    label: 'Days',
    hint: 'How long it works; as the license says if empty.',
  }),
);
/** Names a key of a license. */
export const keyField = text(Named, {
  label: 'Offline key',
  hint: "Its id or the machine's hostname.",
  refers: 'offline-key',
});

const fileNameOf = (hostname: string): string => `${hostname.replaceAll(/[^\w.-]/gu, '_')}.key.txt`;

/** The trust file's name, as commands and screens say it. */
const trustName = 'trust.json';

/** What to do with a key in a file, command by command. */
export const nextFor = (file: string): string =>
  [
    `Carry ${file} to the machine. There: licet offline-key enter ${file}`,
    `The first key on a machine needs the server's trust file too: licet offline-key trust --out ${trustName}`,
    `Carry both, and there: licet offline-key enter ${file} --root ${trustName}`,
  ].join('\n');

const keyDone = (message: string, key: OfflineKeyWithKey): Done => ({
  message,
  data: key,
  blocks: [
    {
      kind: 'verbatim',
      title: `Offline key for ${key.hostname}`,
      text: key.key.trimEnd(),
      fileName: fileNameOf(key.hostname),
    },
  ],
  warnings: key.warnings,
  next: nextFor(fileNameOf(key.hostname)),
});

export const issueOfflineKey = action({
  id: 'offline-keys.issue',
  title: 'Make an offline key',
  description: "Make an air-gapped machine's key from its request code; it holds a seat.",
  who: managing,
  fields: {
    request: block(Code, {
      label: 'Request code',
      code: 'request',
      hint: 'As the machine shows it: pasted, or typed line by line.',
    }),
    days,
    license: foundLicense(),
  },
  run: async (client, { license, request, days }) => {
    return mapOk(
      await client.issueOfflineKey(license.id, {
        request,
        ...(days === undefined ? {} : { days }),
      }),
      (value) =>
        keyDone(
          `The offline key for ${value.hostname} works until ${value.expiresAt.slice(0, 10)}.`,
          value,
        ),
    );
  },
});

export const showOfflineKey = action({
  id: 'offline-keys.show',
  title: 'Show an offline key again',
  description: 'Show a key that was made before, to copy or save it again.',
  who: managing,
  reads: true,
  fields: { key: keyField, license: licenseField() },
  run: async (client, { license, key }) => {
    const found = await findOfflineKey(client, license, key);
    if (!found.ok) return found;
    return mapOk(await client.offlineKey(found.value.licenseId, found.value.id), (value) =>
      keyDone(`The offline key for ${value.hostname}.`, value),
    );
  },
});

export const printCarrySheet = action({
  id: 'offline-keys.sheet',
  title: 'Print a carry sheet',
  description:
    'A page to print and carry: the key to type, when the next visit is due, what to do.',
  who: managing,
  shows: true,
  fields: { key: keyField, license: licenseField() },
  run: async (client, { license, key }) => {
    const found = await findOfflineKey(client, license, key);
    if (!found.ok) return found;
    const answer = await client.offlineKey(found.value.licenseId, found.value.id);
    if (!answer.ok) return answer;
    const sheet = carrySheet(answer.value);
    const { hostname } = answer.value;
    return ok({
      message: `The carry sheet for ${hostname}.`,
      data: { key: answer.value.id, sheet },
      blocks: [
        {
          kind: 'verbatim',
          title: `Carry sheet for ${hostname}`,
          text: sheet,
          fileName: `${hostname.replaceAll(/[^\w.-]/gu, '_')}.sheet.txt`,
        },
      ],
      next: 'Print it: it is of use on that machine only.',
    });
  },
});

export const renewOfflineKey = action({
  id: 'offline-keys.renew',
  title: 'Renew an offline key',
  description: 'Make the next key from the stored request; only the new key is carried.',
  who: managing,
  fields: { key: keyField, days, license: licenseField() },
  run: async (client, { license, key, days }) => {
    const found = await findOfflineKey(client, license, key);
    if (!found.ok) return found;
    return mapOk(
      await client.renewOfflineKey(
        found.value.licenseId,
        found.value.id,
        days === undefined ? {} : { days },
      ),
      (value) =>
        keyDone(
          `The renewed key for ${value.hostname} works until ${value.expiresAt.slice(0, 10)}.`,
          value,
        ),
    );
  },
});

export const showTrust = action({
  id: 'offline-keys.trust',
  title: 'Take the trust file along',
  description:
    'What a machine without a network needs beside its first offline key; nothing secret.',
  who: 'signed-in',
  fields: {},
  run: async (client) => {
    return mapOk(await client.trust(), (value) => ({
      message: 'The trust file of this server.',
      data: value,
      blocks: [
        {
          kind: 'verbatim',
          title: 'Trust file',
          text: JSON.stringify(value, null, 2),
          fileName: trustName,
        },
      ],
      next: `Carry it to the machine with the key, and there: licet offline-key enter FILE --root ${trustName}`,
    }));
  },
});
