/** Offline keys of one license or of all, those first whose machines need the next visit. */
import type { License } from '../../../../shared/api/licenses.ts';
import type { OfflineKey } from '../../../../shared/api/offline-keys.ts';
import { mapOk, ok } from '../../../../shared/result.ts';
import type { Client } from '../../api/client.ts';
import type { Answer } from '../../api/failure.ts';
import { action } from '../action.ts';
import { time, type Shown } from '../done.ts';
import { licenseField } from '../fields.ts';
import { allPages, findLicense } from '../find.ts';
import { byNextVisit, isHeld, nextVisit } from './next-visit.ts';

/** Of so many licenses all keys are listed together; of more, one must be named. */
const listedLicenses = 50;

/** The named license, or all that are not too many. */
export const licensesToList = async (
  client: Client,
  named: string | undefined,
): Promise<Answer<readonly License[]>> => {
  if (named === undefined) {
    const page = await client.licenses({ limit: listedLicenses });
    if (!page.ok) return page;
    if (page.value.items.length > 0 && page.value.nextCursor === null) return ok(page.value.items);
  }
  return mapOk(await findLicense(client, named), (value) => [value]);
};

const visitText = (key: OfflineKey): Shown =>
  isHeld(key) ? new Date(nextVisit(key)).toISOString().slice(0, 10) : null;

export const listOfflineKeys = action({
  id: 'offline-keys.list',
  title: 'List offline keys',
  description: 'Show offline keys, those first that need the next visit; of one license or of all.',
  who: 'signed-in',
  reads: true,
  fields: { license: licenseField() },
  run: async (client, { license }) => {
    const found = await licensesToList(client, license);
    if (!found.ok) return found;
    const items: OfflineKey[] = [];
    for (const { id } of found.value) {
      const all = await allPages((query) => client.offlineKeys(id, query));
      if (!all.ok) return all;
      items.push(...all.value);
    }
    items.sort(byNextVisit);
    const names = new Map(found.value.map(({ id, name }) => [id, name]));
    return ok({
      message: `Offline keys of ${names.size > 3 ? `${names.size} licenses` : [...names.values()].join(', ')}.`,
      data: { license: found.value.length === 1 ? found.value[0]?.id : null, items },
      blocks: [
        {
          kind: 'table',
          columns: ['Machine', 'License', 'Next visit', 'Ends', 'Status', 'Given back', 'By', 'Id'],
          rows: items.map((key) => [
            key.hostname,
            names.get(key.licenseId) ?? '',
            visitText(key),
            time(key.expiresAt),
            key.status,
            key.giveBacks,
            key.issuedBy,
            key.id,
          ]),
          empty: 'No offline keys. Make a request on the machine: licet offline-key request.',
        },
      ],
    });
  },
});
