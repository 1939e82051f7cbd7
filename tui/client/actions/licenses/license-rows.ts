/** Licenses as rows of a table: CSV and JSON, out of licet and into it. */
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import type { ImportFault } from '../../../../shared/api/import.ts';
import type { License } from '../../../../shared/api/licenses.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { firstMessage, wholeNumber } from '../fields.ts';
import { EntitlementList, entitlementText, Expiry, Resets, Seats } from './terms.ts';

const Yes = z.enum(['yes', 'no', 'true', 'false'], 'must be yes or no');

/** What a cell of each column is read by; policy members go into `policy`. */
const columns = {
  ownerEmail: z.string(),
  ownerName: z.string(),
  name: z.string(),
  product: z.string(),
  type: z.string().toLowerCase(),
  maxActivations: Seats,
  expiresAt: Expiry,
  graceDays: wholeNumber(0, 365),
  entitlements: EntitlementList,
  floating: Yes.transform((typed) => typed === 'yes' || typed === 'true'),
  leaseHours: wholeNumber(1, 8760),
  checkInMinutes: wholeNumber(1, 525_600),
  resetsPerYear: Resets,
  offlineDays: wholeNumber(1, 3650),
} as const;
type Column = keyof typeof columns;
const names = Object.keys(columns) as Column[];
const policyColumns: ReadonlySet<string> = new Set([
  'floating',
  'leaseHours',
  'checkInMinutes',
  'resetsPerYear',
  'offlineDays',
]);
/** What an export says beside: of no use for a new license. */
const ignored: ReadonlySet<string> = new Set(['id', 'status', 'used']);

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z]/gu, '');

export interface Rows {
  /** What is sent, in order, but for the cells that can't be read. */
  readonly rows: readonly unknown[];
  /** What can't be read. Rows count from 1. */
  readonly faults: readonly ImportFault[];
}

const cellOf = (row: number, field: Column, cell: string): Result<unknown, ImportFault> => {
  const parsed = columns[field].safeParse(cell);
  return parsed.success
    ? ok(parsed.data)
    : fail({ row, field, message: firstMessage(parsed.error) });
};

/** One row of cells; empty ones are left to the product's template. */
const rowOf = (cells: Readonly<Record<string, string>>, row: number) => {
  const content: Record<string, unknown> = {};
  const policy: Record<string, unknown> = {};
  const faults: ImportFault[] = [];
  for (const [name, text] of Object.entries(cells)) {
    // A spreadsheet's guard against formulas, as an export writes it.
    const cell = text.trim().replace(/^'(?=[=+\-@＝＋－＠])/u, '');
    const field = names.find((one) => one === name);
    if (field === undefined || cell === '') continue;
    const value = cellOf(row, field, cell);
    if (!value.ok) faults.push(value.error);
    else if (policyColumns.has(field)) policy[field] = value.value;
    else content[field] = value.value;
  }
  if (Object.keys(policy).length > 0) content['policy'] = policy;
  return { content, faults };
};

const fromCsv = (text: string): Result<Rows, string> => {
  let records: Record<string, string>[];
  const strangers: string[] = [];
  try {
    records = parse(text, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      delimiter: [',', ';', '\t'],
      columns: (header: string[]) =>
        header.map((title) => {
          const known = names.find((name) => plain(name) === plain(title));
          if (known === undefined && !ignored.has(plain(title))) strangers.push(title);
          return known ?? title;
        }),
    });
  } catch (error) {
    return fail(
      `This is not CSV that can be read: ${error instanceof Error ? error.message : ''}.`,
    );
  }
  if (strangers.length > 0) {
    return fail(
      `There is no column “${strangers.join('”, “')}”. Columns are: ${names.join(', ')}.`,
    );
  }
  const rows = records.map((cells, index) => rowOf(cells, index + 1));
  return ok({
    rows: rows.map(({ content }) => content),
    faults: rows.flatMap(({ faults }) => faults),
  });
};

const Json = z.union([z.array(z.unknown()), z.object({ items: z.array(z.unknown()) })]);

const fromJson = (text: string): Result<Rows, string> => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return fail(
      `This is not JSON that can be read: ${error instanceof Error ? error.message : ''}.`,
    );
  }
  const list = Json.safeParse(json);
  if (!list.success) return fail('This JSON is no list of licenses: it must be [{...}, ...].');
  const items = Array.isArray(list.data) ? list.data : list.data.items;
  return ok({ rows: items, faults: [] });
};

/** Reads a list of licenses: JSON where it begins as such, else CSV. The error is a sentence. */
export const readRows = (text: string): Result<Rows, string> =>
  /^\ufeff?\s*[[{]/u.test(text) ? fromJson(text.replace(/^\ufeff/u, '')) : fromCsv(text);

/** A license as importing takes it, with what an export says beside. */
export const toRow = (license: License) => ({
  id: license.id,
  ownerEmail: license.owner.email,
  ownerName: license.owner.name,
  name: license.name,
  product: license.product,
  type: license.type,
  maxActivations: license.maxActivations,
  expiresAt: license.expiresAt,
  graceDays: license.graceDays,
  entitlements: license.entitlements,
  policy: license.policy,
  status: license.status,
  used: license.counter,
});

/** The cells of a row. */
const toCells = (license: License) => {
  const { policy, ...row } = toRow(license);
  return {
    ...row,
    ...policy,
    maxActivations: row.maxActivations ?? 'unlimited',
    expiresAt: row.expiresAt ?? 'never',
    entitlements: entitlementText(row.entitlements),
    floating: policy.floating ? 'yes' : 'no',
    resetsPerYear: policy.resetsPerYear ?? 'unlimited',
  };
};

/** Licenses as CSV, guarded against formulas of spreadsheets. */
export const toCsv = (licenses: readonly License[]): string =>
  stringify(licenses.map(toCells), {
    header: true,
    columns: ['id', ...names, 'status', 'used'],
    escape_formulas: true,
  });
