/** Trials: starting one, being taken to it, and turning it into a license that was bought. */
import type { z } from 'zod';
import type { TrialEntry } from '../../../../shared/api/trials.ts';
import { fail, mapOk, ok } from '../../../../shared/result.ts';
import type { Client } from '../../api/client.ts';
import type { Answer } from '../../api/failure.ts';
import { action } from '../action.ts';
import { counted, time, type Block } from '../done.ts';
import { choice, Named, optional, text } from '../fields.ts';
import { contactOf } from '../find.ts';
import { licenseFacts } from './licenses.ts';
import { entitlementsField, Expiry, given, seatsField } from './terms.ts';

export const listTrials = action({
  id: 'trials.list',
  title: 'List trials',
  description: 'Show which products you can try, for how long, and what a trial leaves out.',
  who: 'signed-in',
  reads: true,
  fields: {},
  run: async (client) => {
    const all = await client.trials();
    if (!all.ok) return all;
    return ok({
      message: 'Trials.',
      data: all.value,
      blocks: [
        {
          kind: 'table',
          columns: ['Product', 'Id', 'Days', 'At once', 'Left out', 'Your trial', 'Until'],
          rows: all.value.items.map((one) => [
            one.productName,
            one.product,
            one.days,
            one.online,
            one.restrictions.join(', '),
            one.trial?.purchased === true ? 'bought' : (one.trial?.status ?? null),
            time(one.trial?.expiresAt ?? null),
          ]),
          empty: 'No product offers a trial here. Ask the operator of this server.',
        },
      ],
    });
  },
});

/** The trial that is meant: of the named product, or of the only one there is. */
const findTrial = async (
  client: Client,
  named: string | undefined,
): Promise<Answer<TrialEntry>> => {
  const all = await client.trials();
  if (!all.ok) return all;
  const { items } = all.value;
  const fitting = items.filter(
    ({ product, productName, trial }) =>
      named === undefined || [product, productName, trial?.licenseId].includes(named),
  );
  const [first] = fitting;
  if (first && fitting.length === 1) return ok(first);
  const contact = await contactOf(client);
  return fail({
    kind: 'refused',
    what: first ? 'Several products can be tried.' : 'There is no trial of this.',
    next:
      items.length === 0
        ? `No product offers a trial here: ask ${contact}.`
        : `Name one of: ${items.map(({ product }) => product).join(', ')}.`,
  });
};

const productField = optional(
  text(Named, {
    label: 'Product',
    hint: 'Its id; not needed where only one can be tried.',
    refers: 'product',
  }),
);

interface Way {
  readonly url: string;
  readonly shortUrl: string;
  readonly until: string;
}

/** Both ways to the instance: whoever shows them opens the first, or draws the second. */
const wayBlocks = ({ shortUrl, until }: Way): readonly Block[] => [
  { kind: 'verbatim', title: 'Try it here', text: shortUrl, fileName: 'trial.txt', qr: true },
  { kind: 'facts', rows: [['Works once, until', time(until)]] },
];

export const startTrial = action({
  id: 'trials.start',
  title: 'Start a trial',
  description: 'Try a product: for a limited time, with some things left out.',
  who: 'signed-in',
  opensUrl: true,
  fields: { product: productField },
  run: async (client, { product }) => {
    const found = await findTrial(client, product);
    if (!found.ok) return found;
    const started = await client.startTrial({ product: found.value.product });
    if (!started.ok) return started;
    const { license, restrictions, url, shortUrl, urlExpiresAt } = started.value;
    const way =
      url !== undefined && shortUrl !== undefined && urlExpiresAt !== undefined
        ? { url, shortUrl, until: urlExpiresAt }
        : undefined;
    return ok({
      message: `Your trial of ${found.value.productName} runs for ${counted(found.value.days, 'day')}. ${restrictions.join(', ')}.`,
      data: started.value,
      blocks: [licenseFacts(license), ...(way ? wayBlocks(way) : [])],
      next: `Download it with: licet release download ${found.value.product}. It activates with your e-mail and password. When you buy a license, what is activated stays so.`,
    });
  },
});

export const openTrial = action({
  id: 'trials.open',
  title: 'Open a trial',
  description: 'Be taken to your trial, signed in.',
  who: 'signed-in',
  opensUrl: true,
  fields: { product: productField },
  run: async (client, { product }) => {
    const found = await findTrial(client, product);
    if (!found.ok) return found;
    const { trial, productName } = found.value;
    if (!trial)
      return fail({
        kind: 'refused',
        what: `You have not started a trial of ${productName}.`,
        next: `Start it with: licet trial start ${found.value.product}.`,
      });
    return mapOk(await client.openTrial(trial.licenseId), (value) => ({
      message: `${productName} takes you in within a minute, once.`,
      data: value,
      blocks: wayBlocks({ ...value, until: value.expiresAt }),
    }));
  },
});

export const purchaseTrial = action({
  id: 'trials.purchase',
  title: 'Turn a trial into a license',
  description:
    'Make a trial a license that was bought, by its product’s template; what is activated stays so.',
  who: 'operator',
  fields: {
    license: text(Named, { label: 'License', hint: 'The id of the trial.', refers: 'license' }),
    type: choice(
      [
        { value: 'subscription', label: 'Subscription' },
        { value: 'perpetual', label: 'Perpetual' },
      ],
      { label: 'Type', initial: 'subscription' },
    ),
    name: optional(text(Named, { label: 'Name' })),
    maxActivations: optional(seatsField),
    expiresAt: optional(
      text(Expiry as z.ZodType<string | null, string>, {
        label: 'Expires',
        hint: 'A date such as 2027-12-31; by the template if empty.',
      }),
    ),
    entitlements: entitlementsField,
  },
  run: async (client, { license, ...patch }) => {
    const before = await client.license(license);
    if (!before.ok) return before;
    if (before.value.type !== 'trial')
      return fail({
        kind: 'refused',
        what: `${before.value.name} is no trial.`,
        next: 'Change it with: licet license edit, renew or seats.',
      });
    return mapOk(await client.changeLicense(license, given(patch)), (value) => ({
      message: `${value.name} of ${value.owner.email} is a license now; its machines run on.`,
      data: value,
      blocks: [licenseFacts(value)],
    }));
  },
});
