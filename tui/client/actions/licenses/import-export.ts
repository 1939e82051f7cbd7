/** Many licenses at once: in from a list, out to one. */
import { z } from 'zod';
import {
  mostImportRows,
  type ImportFault,
  type LicenseImported,
} from '../../../../shared/api/import.ts';
import { fail, mapOk, ok } from '../../../../shared/result.ts';
import type { Client } from '../../api/client.ts';
import type { Answer } from '../../api/failure.ts';
import { action } from '../action.ts';
import { counted } from '../done.ts';
import { block, choice, toggle } from '../fields.ts';
import { allPages } from '../find.ts';
import { readRows, toCsv, toRow, type Rows } from './license-rows.ts';

const faultsShown = 20;

const faultText = ({ row, field, message }: ImportFault): string =>
  `Row ${row}${field === '' ? '' : `, ${field}`}: ${message}.`;

const refuse = (faults: readonly ImportFault[]): Answer<never> => {
  const sorted = [...faults].sort((a, b) => a.row - b.row);
  const more = sorted.length - faultsShown;
  const lines = sorted.slice(0, faultsShown).map(faultText);
  return fail({
    kind: 'refused',
    what: [...lines, ...(more > 0 ? [`And ${more} more.`] : [])].join('\n'),
    next: 'Nothing was imported. Correct these rows, which count from 1 without the heading, and import again.',
  });
};

interface Wish {
  readonly list: string;
  readonly createOwners: boolean;
}

const read = ({ list }: Wish): Answer<Rows> => {
  const rows = readRows(list);
  if (!rows.ok)
    return fail({ kind: 'refused', what: rows.error, next: 'Correct the list and import again.' });
  const count = rows.value.rows.length;
  if (count === 0 || count > mostImportRows)
    return fail({
      kind: 'refused',
      what: count === 0 ? 'The list has no row.' : `The list has ${count} rows.`,
      next: `Give between 1 and ${mostImportRows} licenses at once.`,
    });
  return rows;
};

/** Asks the server for what is wrong, and joins it with what could not even be read. */
const checkRows = async (client: Client, wish: Wish): Promise<Answer<Rows>> => {
  const rows = read(wish);
  if (!rows.ok) return rows;
  const { createOwners } = wish;
  const checked = await client.importLicenses({
    rows: [...rows.value.rows],
    createOwners,
    dryRun: true,
  });
  if (!checked.ok) return checked;
  const all = [...rows.value.faults, ...checked.value.faults];
  return all.length > 0 ? refuse(all) : rows;
};

const importedTable = ({ created, owners }: LicenseImported) => [
  {
    kind: 'table' as const,
    columns: ['Row', 'License', 'Owner', 'License key', 'Id'],
    rows: created.map(({ row, license, licenseKey }) => [
      row,
      license.name,
      license.owner.email,
      licenseKey,
      license.id,
    ]),
    empty: 'No license was created.',
  },
  ...(owners.length === 0
    ? []
    : [
        {
          kind: 'table' as const,
          columns: ['New owner', 'Name', 'One-time code'],
          rows: owners.map(({ email, name, setPasswordCode }) => [email, name, setPasswordCode]),
          empty: '',
        },
      ]),
];

export const importLicenses = action({
  id: 'licenses.import',
  title: 'Import licenses',
  description: 'Create licenses from CSV or JSON, all or none; each bad row is named.',
  who: 'operator',
  fields: {
    list: block(z.string().min(1, 'is needed'), {
      label: 'List',
      hint: 'CSV with the columns ownerEmail, name, product and those of an export, or JSON.',
    }),
    createOwners: toggle({
      label: 'Create owners',
      hint: 'Make accounts for owners who have none; their one-time codes are shown.',
    }),
  },
  danger: {
    confirm: 'Import them',
    preview: async (client, wish) => {
      const rows = await checkRows(client, wish);
      return rows.ok
        ? ok({
            sentences: [
              `${counted(rows.value.rows.length, 'license')} would be created; no row is wrong.`,
            ],
            gentler: [],
            data: { rows: rows.value.rows.length, faults: [] },
          })
        : rows;
    },
  },
  run: async (client, wish) => {
    const rows = await checkRows(client, wish);
    if (!rows.ok) return rows;
    return mapOk(
      await client.importLicenses({
        rows: [...rows.value.rows],
        createOwners: wish.createOwners,
      }),
      (value) => ({
        message: `${counted(value.created.length, 'license')} created.`,
        data: value,
        once: true,
        blocks: importedTable(value),
        next: 'Keep the keys and codes that you need: they are shown only now.',
      }),
    );
  },
});

export const exportLicenses = action({
  id: 'licenses.export',
  title: 'Export licenses',
  description: 'Give all licenses as CSV or JSON, as importing takes them.',
  who: 'operator',
  shows: true,
  fields: {
    format: choice(
      [
        { value: 'csv', label: 'CSV' },
        { value: 'json', label: 'JSON' },
      ],
      { label: 'Format', initial: 'csv' },
    ),
  },
  run: async (client, { format }) => {
    const all = await allPages((query) => client.licenses(query));
    if (!all.ok) return all;
    const rows = all.value.map(toRow);
    const text = format === 'csv' ? toCsv(all.value).trimEnd() : JSON.stringify(rows, null, 2);
    return ok({
      message: `${counted(rows.length, 'license')}.`,
      data: { items: rows },
      blocks: [{ kind: 'verbatim', title: 'Licenses', text, fileName: `licenses.${format}` }],
    });
  },
});
