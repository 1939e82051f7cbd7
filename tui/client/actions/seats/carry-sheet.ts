/** A page to print and carry to a machine: its offline key to type, when the next visit is due, what to do. */
import {
  inspectOfflineKey,
  type OfflineKeySummary,
} from '../../../../shared/statements/typed/offline-key.ts';
import type { OfflineKeyWithKey } from '../../../../shared/api/offline-keys.ts';
import { nextVisit } from './next-visit.ts';

const width = 72;

/** Printers and old terminals know ASCII only: letters lose their marks, other characters become `?`. */
const ascii = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^ -~]/gu, '?');

const noShortKey = 'This key is too large to be typed: carry its file.';

const rule = (mark: string): string => mark.repeat(width);
const row = (label: string, value: string): string =>
  `  ${label.padEnd(16)}${ascii(value).slice(0, width - 18)}`;
const date = (at: number): string => new Date(at).toISOString().slice(0, 10);

const typedLines = (shortKey: string | null): string[] =>
  (shortKey ?? noShortKey)
    .split('\n')
    .map((line, index) => `  ${String(index + 1).padStart(2)}.  ${line}`);

const facts = (key: OfflineKeyWithKey, read: OfflineKeySummary | undefined): string[] => {
  const end = Date.parse(key.expiresAt);
  const issued = Date.parse(key.issuedAt);
  return [
    row('Machine', key.hostname),
    row('Fingerprint', key.fingerprint.slice(0, 32)),
    row('', key.fingerprint.slice(32)),
    row('License', read?.license.name ?? key.licenseId),
    row('Product', read?.product ?? ''),
    row('Key', key.id),
    row('Made', `${date(issued)} by ${key.issuedBy}`),
    row('Works until', date(end)),
    row('NEXT VISIT DUE', date(nextVisit(key))),
  ];
};

/** The sheet: ASCII, 72 columns, one page. */
export const carrySheet = (key: OfflineKeyWithKey): string => {
  const read = inspectOfflineKey(key.key);
  const steps = [
    '  On the machine:   licet offline-key enter',
    '  Type the lines below. Each is checked at once; case and spaces do not',
    '  matter. The first time, and after the signing key of the server was',
    '  rotated, give its trust file too. Where the server is reached:',
    '                    licet offline-key trust --out trust.json',
    '  On the machine:',
    '                    licet offline-key enter --root trust.json',
    '  Then:             licet offline-key verify',
  ];
  return [
    rule('='),
    '  OFFLINE KEY - carry to the machine',
    rule('='),
    '',
    ...facts(key, read.ok ? read.value : undefined),
    '',
    rule('-'),
    ...steps,
    rule('-'),
    '',
    ...typedLines(key.shortKey),
    '',
    rule('-'),
    '  Entered on ____________________    by ______________________________',
    '',
  ].join('\n');
};
