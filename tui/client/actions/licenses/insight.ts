/** How licenses are used, and finding anything. */
import { z } from 'zod';
import { ok } from '../../../../shared/result.ts';
import { action } from '../action.ts';
import { Named, optional, text, toggle } from '../fields.ts';
import { foundLicense } from '../find.ts';

const Day = z
  .string()
  .trim()
  .regex(/^\d{4}-\d{2}-\d{2}$/u, 'must be a date such as 2026-11-24');
const barCells = 30;

const bar = (value: number, most: number): string =>
  '#'.repeat(most === 0 ? 0 : Math.round((value / most) * barCells));

export const showUsage = action({
  id: 'license.usage',
  title: 'Show usage',
  description: 'Show seats used, the peak and refusals of each day.',
  who: 'signed-in',
  shows: true,
  fields: {
    license: foundLicense(),
    from: optional(text(Day, { label: 'From', hint: 'A date; thirty days ago if empty.' })),
    to: optional(text(Day, { label: 'To', hint: 'A date; today if empty.' })),
    csv: toggle({ label: 'CSV', hint: 'As CSV, for a spreadsheet.' }),
  },
  run: async (client, { license, from, to, csv }) => {
    const usage = await client.usage(license.id, {
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    });
    if (!usage.ok) return usage;
    const { days, maxActivations, name } = usage.value;
    const most = Math.max(maxActivations ?? 0, ...days.map(({ peak }) => peak));
    const lines = days.map(({ day, used, peak, refused }) =>
      [day, used, peak, refused, maxActivations ?? ''].join(','),
    );
    return ok({
      message: `Usage of ${name}.`,
      data: usage.value,
      blocks: [
        csv
          ? {
              kind: 'verbatim',
              title: name,
              text: ['day,used,peak,refused,maxActivations', ...lines].join('\n'),
              fileName: 'usage.csv',
            }
          : {
              kind: 'table',
              columns: ['Day', 'Used', 'Peak', 'Refused', `Peak of ${most}`],
              rows: days.map(({ day, used, peak, refused }) => [
                day,
                used,
                peak,
                refused,
                bar(peak, most),
              ]),
              empty: 'There is no day in this span.',
            },
      ],
    });
  },
});

export const searchAll = action({
  id: 'search',
  title: 'Search',
  description: 'Find anything by a part of its name: a hostname finds its license and owner.',
  who: 'operator',
  screen: 'search',
  shows: true,
  fields: {
    text: text(Named, { label: 'Search for', hint: 'A part of a name, e-mail, hostname or id.' }),
  },
  run: async (client, { text }) => {
    const found = await client.search(text);
    if (!found.ok) return found;
    return ok({
      message: found.value.more ? 'There is more: say more of what you look for.' : 'Found.',
      data: found.value,
      blocks: [
        {
          kind: 'table',
          columns: ['Kind', 'Name', 'About', 'License', 'Owner', 'Id'],
          rows: found.value.items.map((hit) => [
            hit.kind,
            hit.title,
            hit.detail,
            hit.license?.name ?? null,
            hit.owner?.email ?? null,
            hit.id,
          ]),
          empty: `Nothing has “${text}” in its name.`,
        },
      ],
    });
  },
});
