/** Reading licenses: My License. */
import type { License } from '../../../../shared/api/licenses.ts';
import { ok } from '../../../../shared/result.ts';
import { action } from '../action.ts';
import { counterText, entitlementWords, time, type Block } from '../done.ts';
import { allPages, foundLicense } from '../find.ts';

/** What is shown of a license. */
export const licenseFacts = (license: License): Block => ({
  kind: 'facts',
  rows: [
    ['License', license.name],
    ['Id', license.id],
    ['Product', license.productName],
    ['Activations', counterText(license.counter, license.maxActivations)],
    ['Of these offline', license.offline],
    ['Offline keys given back', license.giveBacks],
    ['Type', license.type],
    ['Status', license.status],
    ...(license.reason === null ? [] : [['Reason', license.reason] as const]),
    ['Expires', time(license.expiresAt)],
    ...(license.graceEndsAt === null ? [] : [['Grace ends', time(license.graceEndsAt)] as const]),
    ...(license.warning === null ? [] : [['Note', license.warning] as const]),
    ['Entitlements', entitlementWords(license.entitlements)],
    ['Owner', `${license.owner.name} <${license.owner.email}>`],
    ['You are its', license.relation],
  ],
});

export const listLicenses = action({
  id: 'license.list',
  title: 'List licenses',
  description: 'Show the licenses that you own or use; an operator sees all.',
  who: 'signed-in',
  reads: true,
  fields: {},
  run: async (client) => {
    const all = await allPages((query) => client.licenses(query));
    if (!all.ok) return all;
    return ok({
      message: 'Licenses.',
      data: { items: all.value },
      blocks: [
        {
          kind: 'table',
          columns: [
            'License',
            'Product',
            'Activations',
            'Type',
            'Status',
            'Expires',
            'Owner',
            'Id',
          ],
          rows: all.value.map((license) => [
            license.name,
            license.productName,
            counterText(license.counter, license.maxActivations),
            license.type,
            license.status,
            time(license.expiresAt),
            license.owner.email,
            license.id,
          ]),
          empty: 'You have no license here yet. Ask the operator of this server for one.',
        },
      ],
    });
  },
});

export const showLicense = action({
  id: 'license.show',
  title: 'Show a license',
  description: 'Show one license: activations used, type, expiration, status, entitlements.',
  who: 'signed-in',
  reads: true,
  fields: { license: foundLicense() },
  run: async (_, { license }) =>
    ok({
      message: `License ${license.name}.`,
      data: license,
      blocks: [licenseFacts(license)],
    }),
});
