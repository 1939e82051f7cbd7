/** Finds an offline key by its id or its machine: on the named license, or wherever it is. */
import type { OfflineKey } from '../../../../shared/api/offline-keys.ts';
import { mapOk, ok } from '../../../../shared/result.ts';
import type { Client } from '../../api/client.ts';
import type { Answer } from '../../api/failure.ts';
import { allPages, findLicense, refused } from '../find.ts';
import { isHeld } from './next-visit.ts';

/** Of so many licenses each is looked at; of more, an operator's search says which have such a key. */
const lookedAt = 50;

/** The ids of the licenses that may have it. */
const licensesToLookAt = async (
  client: Client,
  named: string,
): Promise<Answer<readonly string[]>> => {
  const page = await client.licenses({ limit: lookedAt });
  if (!page.ok) return page;
  if (page.value.nextCursor === null) return ok(page.value.items.map(({ id }) => id));
  const found = await client.search(named);
  if (found.ok) {
    const hits = found.value.items.filter(({ kind }) => kind === 'offline-key');
    return ok([...new Set(hits.flatMap(({ license }) => (license ? [license.id] : [])))]);
  }
  return mapOk(await allPages((query) => client.licenses(query)), (value) =>
    value.map(({ id }) => id),
  );
};

/** Of several keys for one machine, the newest that is in use. */
const onLicense = async (
  client: Client,
  licenseId: string,
  named: string,
): Promise<Answer<OfflineKey | undefined>> => {
  const all = await allPages((query) => client.offlineKeys(licenseId, query));
  if (!all.ok) return all;
  const fitting = all.value.filter(
    ({ id, hostname }) => id === named || hostname.toLowerCase() === named.toLowerCase(),
  );
  return ok(fitting.findLast(isHeld) ?? fitting.at(-1));
};

/**
 * The key that is named by id or hostname, of the license that is named, else of any. Where several
 * licenses have one for that machine, the one that is in use; of two in use the license must be named.
 */
export const findOfflineKey = async (
  client: Client,
  license: string | undefined,
  named: string,
): Promise<Answer<OfflineKey>> => {
  const licenses =
    license === undefined
      ? await licensesToLookAt(client, named)
      : await findLicense(client, license).then((one) => (one.ok ? ok([one.value.id]) : one));
  if (!licenses.ok) return licenses;
  const found: OfflineKey[] = [];
  for (const id of licenses.value) {
    const key = await onLicense(client, id, named);
    if (!key.ok) return key;
    if (key.value) found.push(key.value);
  }
  const held = found.filter(isHeld);
  const [key, another] = held.length > 0 ? held : found;
  if (key && !another) return ok(key);
  return key
    ? refused(
        `Several licenses have an offline key for “${named}”.`,
        `Give the id of one: ${(held.length > 0 ? held : found).map(({ id }) => id).join(', ')}.`,
      )
    : refused(
        `There is no offline key “${named}” on ${license === undefined ? 'your licenses' : 'this license'}.`,
        'See them all with: licet offline-key list.',
      );
};
