/** What ends an offline key: the proof of its machine, the report that it is lost, an operator's write-off. */
import { z } from 'zod';
import type { OfflineKey } from '../../../../shared/api/offline-keys.ts';
import { keyIdOfProof } from '../../../../shared/statements/typed/deactivation.ts';
import { fail, mapOk, ok } from '../../../../shared/result.ts';
import type { Client } from '../../api/client.ts';
import type { Answer } from '../../api/failure.ts';
import { action } from '../action.ts';
import { managing } from './activations.ts';
import { block, licenseField, Named, optional, text } from '../fields.ts';
import { allPages } from '../find.ts';
import { findOfflineKey } from './find-offline-key.ts';
import { licensesToList } from './list-offline-keys.ts';
import { isHeld } from './next-visit.ts';
import { Code, keyField } from './offline-keys.ts';

/** The key that a proof is about, wherever it is; or the one that replaced it, which the proof gives up too. */
const findProven = async (
  client: Client,
  license: string | undefined,
  proof: string,
): Promise<Answer<OfflineKey>> => {
  const told = keyIdOfProof(proof);
  if (!told.ok) return fail({ kind: 'invalid', fields: { proof: told.error } });
  const licenses = await licensesToList(client, license);
  if (!licenses.ok) return licenses;
  for (const { id } of licenses.value) {
    const all = await allPages((query) => client.offlineKeys(id, query));
    if (!all.ok) return all;
    const about = all.value.find((key) => key.id === told.value);
    const held = all.value.find((key) => key.fingerprint === about?.fingerprint && isHeld(key));
    if (about) return ok(isHeld(about) ? about : (held ?? about));
  }
  const names = licenses.value.map(({ name }) => name).join(', ');
  const text = `This proof is for the offline key ${told.value}, which is not on ${names}.`;
  return fail({ kind: 'invalid', fields: { proof: text } });
};

export const returnOfflineKey = action({
  id: 'offline-keys.return',
  title: 'Return a proof',
  send: 'Free the seat',
  description:
    'Free the seat of an offline key with the deactivation proof that its machine signed.',
  who: managing,
  fields: {
    key: optional(
      text(Named, {
        label: 'Offline key',
        hint: "Its id or the machine's hostname; empty for the one that the proof names.",
        refers: 'offline-key',
      }),
    ),
    proof: block(Code, {
      label: 'Deactivation proof',
      code: 'deactivation',
      hint: 'As the machine shows it: pasted, or typed line by line.',
    }),
    license: licenseField(),
  },
  run: async (client, { license, key, proof }) => {
    const found =
      key === undefined
        ? await findProven(client, license, proof)
        : await findOfflineKey(client, license, key);
    if (!found.ok) return found;
    return mapOk(
      await client.returnOfflineKey(found.value.licenseId, found.value.id, { proof }),
      () => ({
        message: `The key of ${found.value.hostname} is given back: its seat is free.`,
        data: { returned: found.value.id },
        blocks: [],
      }),
    );
  },
});

export const loseOfflineKey = action({
  id: 'offline-keys.lost',
  title: 'Report a lost machine',
  description: 'Report a machine with an offline key as lost; an operator writes it off.',
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
    const found = await findOfflineKey(client, license, key);
    if (!found.ok) return found;
    return mapOk(
      await client.loseOfflineKey(found.value.licenseId, found.value.id, { reason }),
      () => ({
        message: `${found.value.hostname} is reported as lost.`,
        data: { lost: found.value.id },
        blocks: [],
        next: 'Its seat is free when an operator has written the key off.',
      }),
    );
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
      const found = await findOfflineKey(client, license, key);
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
    const found = await findOfflineKey(client, license, key);
    if (!found.ok) return found;
    return mapOk(await client.writeOffOfflineKey(found.value.id), () => ({
      message: `The key of ${found.value.hostname} is written off: its seat is free.`,
      data: { writtenOff: found.value.id },
      blocks: [],
    }));
  },
});
