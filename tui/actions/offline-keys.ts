/** Offline keys: made from a request code, renewed, given back by a proof, reported lost. */
import { z } from 'zod';
import type { OfflineKeyWithKey } from '../../shared/api/offline-keys.ts';
import { ok } from '../../shared/result.ts';
import type { Client } from '../api/client.ts';
import { action } from './action.ts';
import { managing } from './activations.ts';
import { carrySheet } from './carry-sheet.ts';
import { time, type Done } from './done.ts';
import { block, licenseField, Named, optional, text, wholeNumber } from './fields.ts';
import { allPages, findLicense, findOfflineKey } from './find.ts';

const Code = z.string().trim().min(1, 'is needed').max(20_000, 'is too long');
const days = optional(
  text(wholeNumber(1, 3650), {
    label: 'Days',
    hint: 'How long it works; as the license says if empty.',
  }),
);
const keyField = text(Named, {
  label: 'Offline key',
  hint: "Its id or the machine's hostname.",
  refers: 'offline-key',
});

export const listOfflineKeys = action({
  id: 'offline-keys.list',
  title: 'List offline keys',
  description: 'Show the offline keys of a license, those first that end first.',
  who: 'signed-in',
  fields: { license: licenseField() },
  run: async (client, { license }) => {
    const found = await findLicense(client, license);
    if (!found.ok) return found;
    const all = await allPages((query) => client.offlineKeys(found.value.id, query));
    if (!all.ok) return all;
    const items = [...all.value].sort((a, b) => a.expiresAt.localeCompare(b.expiresAt));
    return ok({
      message: `Offline keys of ${found.value.name}.`,
      data: { license: found.value.id, items },
      blocks: [
        {
          kind: 'table',
          columns: ['Machine', 'Status', 'Ends', 'Issued', 'By', 'Id'],
          rows: items.map((key) => [
            key.hostname,
            key.status,
            time(key.expiresAt),
            time(key.issuedAt),
            key.issuedBy,
            key.id,
          ]),
          empty: 'No offline keys. Make a request on the machine: licet offline-key request.',
        },
      ],
    });
  },
});

const keyDone = (message: string, key: OfflineKeyWithKey): Done => ({
  message,
  data: key,
  blocks: [
    {
      kind: 'verbatim',
      title: `Offline key for ${key.hostname}`,
      text: key.key,
      fileName: `${key.hostname.replaceAll(/[^\w.-]/gu, '_')}.key.txt`,
    },
  ],
  warnings: key.warnings,
  next: 'Carry it to the machine, and there: licet offline-key enter FILE.',
});

export const issueOfflineKey = action({
  id: 'offline-keys.issue',
  title: 'Make an offline key',
  description: 'Make the key of an air-gapped machine from its request code; it holds a seat.',
  who: managing,
  fields: {
    request: block(Code, {
      label: 'Request code',
      hint: 'As “licet offline-key request” shows it on the machine: pasted, typed, or a file.',
    }),
    days,
    license: licenseField(),
  },
  run: async (client, { license, request, days }) => {
    const found = await findLicense(client, license);
    if (!found.ok) return found;
    const answer = await client.issueOfflineKey(found.value.id, {
      request,
      ...(days === undefined ? {} : { days }),
    });
    return answer.ok
      ? ok(
          keyDone(
            `The offline key for ${answer.value.hostname} works until ${answer.value.expiresAt.slice(0, 10)}.`,
            answer.value,
          ),
        )
      : answer;
  },
});

const findKey = async (client: Client, license: string | undefined, named: string) => {
  const found = await findLicense(client, license);
  return found.ok ? findOfflineKey(client, found.value.id, named) : found;
};

export const showOfflineKey = action({
  id: 'offline-keys.show',
  title: 'Show an offline key again',
  description: 'Show a key that was made before, to copy or save it again.',
  who: managing,
  fields: { key: keyField, license: licenseField() },
  run: async (client, { license, key }) => {
    const found = await findKey(client, license, key);
    if (!found.ok) return found;
    const answer = await client.offlineKey(found.value.licenseId, found.value.id);
    return answer.ok
      ? ok(keyDone(`The offline key for ${answer.value.hostname}.`, answer.value))
      : answer;
  },
});

export const printCarrySheet = action({
  id: 'offline-keys.sheet',
  title: 'Print a carry sheet',
  description:
    'A page to print and carry: the key to type, when the next visit is due, what to do.',
  who: managing,
  fields: { key: keyField, license: licenseField() },
  run: async (client, { license, key }) => {
    const found = await findKey(client, license, key);
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
    const found = await findKey(client, license, key);
    if (!found.ok) return found;
    const answer = await client.renewOfflineKey(
      found.value.licenseId,
      found.value.id,
      days === undefined ? {} : { days },
    );
    return answer.ok
      ? ok(
          keyDone(
            `The renewed key for ${answer.value.hostname} works until ${answer.value.expiresAt.slice(0, 10)}.`,
            answer.value,
          ),
        )
      : answer;
  },
});

export const returnOfflineKey = action({
  id: 'offline-keys.return',
  title: 'Return a proof',
  description:
    'Free the seat of an offline key with the deactivation proof that its machine signed.',
  who: managing,
  fields: {
    key: keyField,
    proof: block(Code, {
      label: 'Deactivation proof',
      hint: 'As “licet offline-key deactivate” shows it on the machine.',
    }),
    license: licenseField(),
  },
  run: async (client, { license, key, proof }) => {
    const found = await findKey(client, license, key);
    if (!found.ok) return found;
    const answer = await client.returnOfflineKey(found.value.licenseId, found.value.id, { proof });
    return answer.ok
      ? ok({
          message: `The key of ${found.value.hostname} is given back: its seat is free.`,
          data: { returned: found.value.id },
          blocks: [],
        })
      : answer;
  },
});

export const loseOfflineKey = action({
  id: 'offline-keys.lost',
  title: 'Report a lost machine',
  description: 'Report a machine with an offline key as lost; an operator writes its key off.',
  who: managing,
  fields: {
    key: keyField,
    reason: text(z.string().trim().min(1, 'is needed').max(300, 'is too long'), {
      label: 'Reason',
      example: 'The disk broke and was destroyed',
    }),
    license: licenseField(),
  },
  run: async (client, { license, key, reason }) => {
    const found = await findKey(client, license, key);
    if (!found.ok) return found;
    const answer = await client.loseOfflineKey(found.value.licenseId, found.value.id, { reason });
    return answer.ok
      ? ok({
          message: `${found.value.hostname} is reported as lost.`,
          data: { lost: found.value.id },
          blocks: [],
          next: 'Its seat is free when an operator has written the key off.',
        })
      : answer;
  },
});

export const writeOffOfflineKey = action({
  id: 'offline-keys.write-off',
  title: 'Write off an offline key',
  description: 'Free the seat of a key whose machine is lost.',
  who: 'operator',
  fields: { key: keyField, license: licenseField() },
  danger: {
    confirm: 'Write it off',
    preview: async (client, { license, key }) => {
      const found = await findKey(client, license, key);
      if (!found.ok) return found;
      return ok({
        sentences: [
          `The seat of ${found.value.hostname} becomes free.`,
          `If that machine still exists it runs until ${found.value.expiresAt.slice(0, 10)}: nobody can reach it.`,
        ],
        gentler: [],
        data: found.value,
      });
    },
  },
  run: async (client, { license, key }) => {
    const found = key.startsWith('key_')
      ? ok({ id: key, hostname: key })
      : await findKey(client, license, key);
    if (!found.ok) return found;
    const answer = await client.writeOffOfflineKey(found.value.id);
    return answer.ok
      ? ok({
          message: `The key of ${found.value.hostname} is written off: its seat is free.`,
          data: { writtenOff: found.value.id },
          blocks: [],
        })
      : answer;
  },
});
